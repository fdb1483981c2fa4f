/* A report in one language, before it has a format: a list of sections, as data.
 *
 * Made by reports/sections/compose and read by every writer, so that all formats say the same.
 * Writers loop over the sections and know none of them by name. Holds names from users as they are;
 * each writer escapes for its own place. */
#ifndef KANSEN_REPORTS_SECTIONS_DOCUMENT_H
#define KANSEN_REPORTS_SECTIONS_DOCUMENT_H

#include "reports/languages/phrases.h"
#include "reports/sections/chart_data.h"
#include "reports/sections/table.h"
#include "stats/figures.h"

/* All notes that there can be, those of partitions that lag included. */
#define SECTION_ITEMS_MAX 32

/* One sentence. */
struct section_item {
    const char *text;
    bool essential; /* figures alone, as `kansen stats` prints them, would be misread without it */
    bool
        operators; /* names what only who runs kansen knows, topics and partitions: not for pages */
};

/* All charts that a section can have. */
#define SECTION_CHARTS_MAX 6

/* Each of items, table and charts may be missing. */
struct section {
    const char *id; /* the same in every language: a key of JSON, a class of HTML */
    const char *heading;
    struct section_item items[SECTION_ITEMS_MAX];
    size_t item_count;
    struct table table; /* without columns: none */
    struct chart charts[SECTION_CHARTS_MAX];
    size_t chart_count;
    size_t first_chart; /* number of its first chart among all charts of the document, from 0 */
};

/* What a page says of itself. */
struct page_words {
    const char *skip;     /* leads past what every page begins with */
    const char *contents; /* stands over the list of headings */
};

/* A threat without a name in the document's language has one of another, where the title says it.
 */
struct foreign_name {
    const char *language; /* NULL: the name is in the document's own */
    const char *before;   /* of the title */
    const char *behind;
};

/* Which sections pages show, in which order; formats for programs have them all, in their own. */
struct section_order {
    const char *const *ids; /* of compose_section_at, none twice */
    size_t count;
};

struct document {
    const struct figures *figures; /* what it was made of; borrowed */
    const char *language;          /* its code; static */
    const char *threat;            /* its display name in this language */
    struct foreign_name foreign_name;
    const char *window; /* a provisional month in it is marked */
    const char *mark;   /* what the mark means, for charts; NULL: there is none */
    const char *title;
    const char *subtitle;    /* the window and the time zone */
    const char *headline;    /* what the figures say, in one line */
    const char *subject;     /* the same behind the threat's name: for a feed, or a mail */
    const char *summary;     /* a paragraph that goes on behind the headline */
    const char *description; /* headline and summary in one paragraph */
    struct page_words words;
    struct section *sections; /* owned */
    size_t section_count;
    size_t *shown; /* owned; sections that pages show, in their order: indexes of sections */
    size_t shown_count;
    size_t chart_count;     /* of all sections */
    struct phrases phrases; /* owns the texts */
};

/* Nothing of it is to be shown. */
bool section_is_empty(const struct section *section);

/* Does a heading stand over the section shown there? Those that follow each other may share one.
 */
bool document_opens_heading(const struct document *document, size_t shown);

/* The first item from `index` on that pages show; section->item_count when there is none. */
size_t section_next_shown(const struct section *section, size_t index);

/* Frees the section's charts: it has none then. */
void section_clear_charts(struct section *section);

/* The chart that shows a column of the section's table; NULL when none does. */
const struct chart *section_table_chart(const struct section *section);

/* NULL is allowed. */
void document_free(struct document *document);

#endif
