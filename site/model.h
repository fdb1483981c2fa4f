/* What the site's pages are made of: the editions, with what pages other than their own say of
 * them, and the threats and months that they are about. */
#ifndef KANSEN_SITE_MODEL_H
#define KANSEN_SITE_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "editions/catalogue.h"
#include "kansen/progress.h"
#include "reports/languages/language.h"
#include "reports/template/template.h"
#include "stats/figures.h"
#include "text/file_name.h"

struct site_request {
    const char *folder;
    const char *base_url; /* what the folder is in the web, ending with "/"; NULL: not known */
    const struct template *template; /* NULL: none */
    struct progress *progress;       /* NULL: nobody looks */
};

/* In one language. Texts are the model's. */
struct edition_words {
    const char *threat;
    const char *window;
    const char *subject; /* what it says in one line, the threat included */
    const char *summary;
    const char *description; /* where its headline stands nowhere else */
};

struct site_edition {
    const struct edition *edition;
    size_t threat;                         /* in model->threats */
    const struct site_edition *standing;   /* the newest of its window that isn't withdrawn; NULL:
                                              there is none. It may be itself */
    char *page;                            /* its page's path behind the language; owned */
    char *folder;                          /* its files' path, without a "/" at the end; owned */
    struct edition_words words[LANGUAGES]; /* in the order of model->languages */
    struct month_figures *months;          /* owned */
    size_t month_count;
    bool unique;          /* its total counts a machine once in the window */
    const char *patterns; /* "A*, B*" */
};

struct site_threat {
    const char *name;                  /* as commands know it; borrowed */
    char part[FILE_NAME_PART_MAX + 1]; /* of paths */
    const struct site_edition *newest; /* of those that stand, else of all: it says the names */
};

struct model {
    const struct site_request *request;
    struct language *languages[LANGUAGES]; /* owned; those in which something was published */
    size_t language_count;
    struct edition_list list;
    struct site_edition *editions; /* owned; one for each of the list: the newest first */
    struct site_threat *threats;   /* owned; by name */
    size_t threat_count;
    month_t *months; /* owned; those of editions, the latest first */
    size_t month_count;
    struct phrases phrases; /* of words */
};

/* The editions, their files and what follows from that; words, months and patterns come by
 * model_note. The caller clears *out, after an error too. */
enum status model_load(struct db *db, const struct site_request *request, struct model *out,
                       struct error *error) MUST_CHECK;

/* Keeps of an edition's figures what other pages need. */
enum status model_note(struct model *model, struct site_edition *edition,
                       const struct figures *figures, struct error *error) MUST_CHECK;

/* What stands in the edition's document of that language. */
struct document;
void model_note_words(struct model *model, struct site_edition *edition, size_t language,
                      const struct document *document);

void model_clear(struct model *model);

/* Does it stand, and no newer one of its window? */
bool model_is_current(const struct site_edition *edition);

/* Of the same threat and window? */
bool model_same_window(const struct site_edition *a, const struct site_edition *b);

/* The figures of one month of the edition; NULL: it isn't about that month. */
const struct month_figures *model_month(const struct site_edition *edition, month_t month);

#endif
