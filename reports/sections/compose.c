#include "reports/sections/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/languages/period.h"
#include "reports/sections/draft.h"
#include "reports/sections/sections.h"

struct section_builder {
    const char *id;
    enum message heading;
    void (*build)(struct draft *draft);
    enum dimension dimension; /* of sections that are about one */
    enum base base;           /* what they compare with */
};

/* What a dimension has: its values, but for countries, which have a section of their own. */
#define VALUES(word, dimension)                                                                    \
    {                                                                                              \
        "by_" word, MESSAGE_BY_DIMENSION, section_dimension, dimension, 0                          \
    }

/* Values by month, and against what was before. */
#define VALUES_OVER_TIME(word, dimension)                                                          \
    {"by_" word "_months", MESSAGE_BY_DIMENSION_AND_MONTH, section_dimension_months, dimension,    \
     0},                                                                                           \
        {"by_" word "_previous_window", MESSAGE_CHANGES_BY_DIMENSION, section_changes, dimension,  \
         BASE_PREVIOUS_WINDOW},                                                                    \
        {"by_" word "_year_ago", MESSAGE_CHANGES_BY_DIMENSION, section_changes, dimension,         \
         BASE_YEAR_AGO},                                                                           \
    {                                                                                              \
        "by_" word "_previous_month", MESSAGE_CHANGES_BY_DIMENSION, section_changes, dimension,    \
            BASE_PREVIOUS_MONTH                                                                    \
    }

/* Of an edition that replaces another. */
#define RESTATED(word, dimension)                                                                  \
    {                                                                                              \
        "restated_" word, MESSAGE_RESTATED_BY_DIMENSION, section_restated_values, dimension, 0     \
    }

/* The values with the highest rates. */
#define RATES(word, dimension)                                                                     \
    {                                                                                              \
        "by_" word "_rates", MESSAGE_RATES_BY, section_rates_by, dimension, 0                      \
    }

/* The report's sections, in order; those that have nothing to say are left out. */
static const struct section_builder builders[] = {
    {"findings", MESSAGE_FINDINGS, section_findings, 0, 0},
    {"restatement", MESSAGE_RESTATEMENT, section_restatement, 0, 0},
    {"months", MESSAGE_MONTHS, section_months, 0, 0},
    {"comparison", MESSAGE_COMPARISON, section_comparison, 0, 0},
    {"countries", MESSAGE_COUNTRIES, section_shares, DIMENSION_COUNTRY, 0},
    VALUES_OVER_TIME("country", DIMENSION_COUNTRY),
    VALUES("name", DIMENSION_NAME),
    VALUES_OVER_TIME("name", DIMENSION_NAME),
    VALUES("product", DIMENSION_PRODUCT),
    VALUES_OVER_TIME("product", DIMENSION_PRODUCT),
    VALUES("version", DIMENSION_VERSION),
    VALUES_OVER_TIME("version", DIMENSION_VERSION),
    VALUES("os", DIMENSION_OS),
    VALUES_OVER_TIME("os", DIMENSION_OS),
    VALUES("segment", DIMENSION_SEGMENT),
    VALUES_OVER_TIME("segment", DIMENSION_SEGMENT),
    {"rates", MESSAGE_RATES, section_rates, 0, 0},
    RATES("country", DIMENSION_COUNTRY),
    RATES("product", DIMENSION_PRODUCT),
    RATES("version", DIMENSION_VERSION),
    RATES("os", DIMENSION_OS),
    RATES("segment", DIMENSION_SEGMENT),
    {"restated_months", MESSAGE_RESTATED_MONTHS, section_restated_months, 0, 0},
    RESTATED("country", DIMENSION_COUNTRY),
    RESTATED("name", DIMENSION_NAME),
    RESTATED("product", DIMENSION_PRODUCT),
    RESTATED("version", DIMENSION_VERSION),
    RESTATED("os", DIMENSION_OS),
    RESTATED("segment", DIMENSION_SEGMENT),
    {"notes", MESSAGE_NOTES, section_notes, 0, 0},
};

#define SECTIONS (sizeof(builders) / sizeof(*builders))

_Static_assert(SECTIONS <= LANGUAGE_LIST_MAX, "what is left out is one list");

static void set_name(struct document *document, const struct figures *figures)
{
    const char *name = figures_name(figures, document->language);

    if (name == NULL) {
        name = figures_name(figures, LANGUAGE_DEFAULT);
        document->foreign_name.language = name == NULL ? NULL : LANGUAGE_DEFAULT;
    }
    document->threat = name == NULL ? figures->threat : name;
}

/* Where the title says the name: a character that no message has takes its place for once. */
static void split_title(struct document *document, const struct draft *draft)
{
    static const char place[] = "\x01";
    struct foreign_name *name = &document->foreign_name;
    const char *title = language_say(draft->language, draft->phrases, MESSAGE_TITLE,
                                     MESSAGE_ARGUMENTS(language_text("threat", place)));
    const char *found = strstr(title, place);

    if (name->language == NULL)
        return;
    if (found == NULL || strstr(found + 1, place) != NULL) {
        name->language = NULL;
        return;
    }
    name->before = phrases_copy(draft->phrases, title, (size_t)(found - title));
    name->behind = found + 1;
}

static struct period_end end_of(const struct month_figures *month)
{
    return (struct period_end){month->month, month->state == MONTH_PROVISIONAL};
}

/* The subtitle of an edition. */
static const char *say_edition(const char *subtitle, const struct draft *draft)
{
    const struct edition_figures *edition = draft->figures->edition;
    char number[16];

    snprintf(number, sizeof(number), "%d", edition->number);
    return language_say(
        draft->language, draft->phrases, MESSAGE_SUBTITLE_EDITION,
        MESSAGE_ARGUMENTS(
            language_text("subtitle", subtitle), language_text("number", number),
            language_text("published",
                          language_day(draft->language, draft->phrases, edition->published)),
            language_text("state", edition->provisional ? "provisional" : "complete")));
}

static void set_titles(struct document *document, const struct draft *draft)
{
    const struct figures *figures = draft->figures;
    const struct language *language = draft->language;
    struct phrases *phrases = draft->phrases;

    document->language = language_code(language);
    if (figures_months_of(figures, MONTH_PROVISIONAL) > 0)
        document->mark = language_message(language, MESSAGE_MARK_EXPLAINED);
    set_name(document, figures);
    document->words.skip = language_message(language, MESSAGE_SKIP);
    document->words.contents = language_message(language, MESSAGE_CONTENTS);
    document->title = language_say(language, phrases, MESSAGE_TITLE,
                                   MESSAGE_ARGUMENTS(language_text("threat", document->threat)));
    split_title(document, draft);
    document->window = period_name(language, phrases, end_of(&figures->months[0]),
                                   end_of(&figures->months[figures->month_count - 1]));
    document->subtitle =
        language_say(language, phrases, MESSAGE_SUBTITLE,
                     MESSAGE_ARGUMENTS(language_text("window", document->window),
                                       language_text("timezone", figures->timezone)));
    if (figures->edition != NULL)
        document->subtitle = say_edition(document->subtitle, draft);
}

static void set_findings(struct document *document, struct draft *draft)
{
    struct findings *findings = &draft->findings;

    findings_find(draft->language, draft->phrases, draft->figures, document->threat, findings);
    document->headline = findings->headline;
    document->subject = findings->subject;
    document->summary = findings->summary;
    document->description = findings->description;
}

/* Headings that depend on the dimension are messages with a choice, which those of others lack. */
static const char *heading_of(struct draft *draft, enum message heading)
{
    return message_specs[heading].parameters[0].name == NULL ? draft_message(draft, heading)
                                                             : draft_say_dimension(draft, heading);
}

static void build_sections(struct document *document, struct draft *draft)
{
    for (size_t i = 0; i < SECTIONS; i++) {
        struct section *section = &document->sections[document->section_count++];

        draft->section = section;
        draft->dimension = builders[i].dimension;
        draft->base = builders[i].base;
        section->id = builders[i].id;
        builders[i].build(draft);
        for (size_t j = 0; j < draft->section->chart_count; j++)
            draft_describe_chart(draft, &draft->section->charts[j]);
        if (section_is_empty(section)) {
            *section = (struct section){.id = NULL};
            document->section_count--;
        } else {
            section->heading = heading_of(draft, builders[i].heading);
        }
    }
}

static bool is_in(const struct section_order *order, const char *id)
{
    for (size_t i = 0; order != NULL && i < order->count; i++)
        if (strcmp(order->ids[i], id) == 0)
            return true;
    return order == NULL;
}

static void show(struct document *document, size_t index)
{
    const struct section *section = &document->sections[index];

    if (!section_is_empty(section))
        document->shown[document->shown_count++] = index;
}

/* What isn't shown is not drawn either. */
static void order_sections(struct document *document, const struct section_order *order)
{
    for (size_t place = 0; order != NULL && place < order->count; place++)
        for (size_t i = 0; i < document->section_count; i++)
            if (strcmp(document->sections[i].id, order->ids[place]) == 0)
                show(document, i);
    for (size_t i = 0; i < document->section_count; i++) {
        if (order == NULL)
            show(document, i);
        else if (!is_in(order, document->sections[i].id))
            section_clear_charts(&document->sections[i]);
    }
}

static const char *number(const struct draft *draft, enum message message, int64_t count,
                          const char *caption)
{
    const struct language *language = draft->language;

    return language_say(language, draft->phrases, message,
                        MESSAGE_ARGUMENTS(language_count(language, draft->phrases, "number", count),
                                          language_text("caption", caption)));
}

/* Tables and figures are counted each on their own, in the order in which they stand. */
static void number_parts(struct document *document, const struct draft *draft)
{
    int64_t tables = 0;

    for (size_t i = 0; i < document->shown_count; i++) {
        struct section *section = &document->sections[document->shown[i]];
        struct table *table = &section->table;

        if (table->column_count > 0)
            table->numbered = number(draft, MESSAGE_TABLE_NUMBERED, ++tables, table->caption);
        section->first_chart = document->chart_count;
        for (size_t j = 0; j < section->chart_count; j++)
            section->charts[j].numbered =
                number(draft, MESSAGE_FIGURE_NUMBERED, (int64_t)++document->chart_count,
                       section->charts[j].title);
    }
}

const char *compose_section_at(size_t index)
{
    return index < SECTIONS ? builders[index].id : NULL;
}

enum status compose_document(const struct language *language, const struct figures *figures,
                             const struct section_order *order, struct document **out,
                             struct error *error)
{
    struct document *document = calloc(1, sizeof(*document));

    if (document == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");

    struct draft draft = {.language = language,
                          .figures = figures,
                          .phrases = &document->phrases,
                          .document = document,
                          .order = order};

    document->figures = figures;
    phrases_init(&document->phrases);
    set_titles(document, &draft);
    set_findings(document, &draft);
    document->sections = calloc(SECTIONS, sizeof(*document->sections));
    document->shown = calloc(SECTIONS, sizeof(*document->shown));
    if (document->sections != NULL && document->shown != NULL) {
        build_sections(document, &draft);
        order_sections(document, order);
        number_parts(document, &draft);
    } else {
        document->phrases.failed = true;
    }
    if (document->phrases.failed) {
        document_free(document);
        return error_set(error, STATUS_FATAL, "the report's text could not be made: out of memory");
    }
    *out = document;
    return STATUS_OK;
}
