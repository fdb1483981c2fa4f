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

#include "kansen/status.h"
#include "reports/formats/writers.h"
#include "reports/languages/language.h"
#include "reports/sections/document.h"

struct template;

/* Reads and checks all of it. STATUS_REJECT: a mistake, with its file and line; STATUS_FATAL: it
 * can't be read. The caller frees *out. */
enum status template_read(const char *folder, struct template **out,
                          struct error *error) MUST_CHECK;

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

#endif
