/* A folder by which somebody makes reports their own: colours and type, a logo, words, and which
 * sections pages show in which order.
 *
 *     style.css      rules behind those of the page
 *     logo.svg       or logo.png, over the title
 *     logo.txt       what the logo says, for who can't see it
 *     CODE.messages  words of a language, as in reports/languages: only those that differ
 *     sections.txt   ids of sections, one a line
 *
 * Each may be missing. A file of another name is a mistake, so that none is passed over for its
 * name; README files and those that begin with a dot are nobody's business. */
#ifndef KANSEN_REPORTS_TEMPLATE_TEMPLATE_H
#define KANSEN_REPORTS_TEMPLATE_TEMPLATE_H

#include <stddef.h>

#include "kansen/status.h"
#include "reports/formats/writers.h"
#include "reports/languages/language.h"
#include "reports/sections/document.h"

struct figures;

struct template;

/* Reads and checks all of it. STATUS_REJECT: a mistake, with its file and line; STATUS_FATAL: it
 * can't be read. The caller frees *out. */
enum status template_read(const char *folder, struct template **out,
                          struct error *error) MUST_CHECK;

/* A file of a template, as it lies in its folder. */
struct template_part {
    const char *name;
    const char *bytes;
    size_t length;
};

/* Those that there can be: five, and the words of each language. */
#define TEMPLATE_FILES_MAX (5 + LANGUAGES)

/* The same of files that were kept somewhere else, which `origin` names. STATUS_REJECT also for a
 * file that no template of this version has. */
enum status template_recall(const char *origin, const struct template_part *recalled, size_t count,
                            struct template **out, struct error *error) MUST_CHECK;

/* Its files, to be kept: borrowed, in an order of their own. How many there are; 0 for NULL. */
size_t template_parts(const struct template *template,
                      struct template_part out[TEMPLATE_FILES_MAX]);

/* NULL is allowed. */
void template_free(struct template *template);

/* All below take NULL for no template: a report as kansen has it. What they return is borrowed. */

/* NULL: pages look as they do without. */
const struct page_dress *template_dress(const struct template *template);

/* NULL: all sections, in their own order. */
const struct section_order *template_order(const struct template *template);

/* The language in the template's words. */
enum status template_open_language(const struct template *template, const char *code,
                                   struct language **out, struct error *error) MUST_CHECK;

/* A report in one language, in the template's words and order. Zeroed: none. */
struct composed {
    struct language *language;
    struct document *document; /* of the language and the figures, which must outlive it */
};

/* The caller clears *out, after an error too. */
enum status template_compose(const struct template *template, const char *code,
                             const struct figures *figures, struct composed *out,
                             struct error *error) MUST_CHECK;

void composed_clear(struct composed *composed);

#endif
