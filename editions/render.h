/* The files of an edition: made when it is published, and had again later.
 *
 * What was published comes from the database, bit by bit. Languages and formats that were not
 * published then are made of the edition's stored figures: they say what it says, whatever has
 * arrived since, in the template that it was made with, and else in the words and looks of this
 * version of the program. */
#ifndef KANSEN_EDITIONS_RENDER_H
#define KANSEN_EDITIONS_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "editions/catalogue.h"
#include "kansen/status.h"
#include "reports/render.h"
#include "reports/template/template.h"
#include "stats/figures.h"

/* Languages by their codes, formats of report_writers; none twice. */
struct edition_wish {
    const char *const *languages;
    size_t language_count;
    const char *const *formats;
    size_t format_count;
    bool bom;                        /* of CSV that is made */
    const struct template *template; /* of what is made; NULL: none */
    struct progress *progress;       /* NULL: nobody looks */
    bool every_format;               /* none was named: those that can't be had here are left out */
};

/* Adds the files of figures in each language and format. What is left out is said in left_out,
 * whose message is else empty. */
enum status edition_make(const struct figures *figures, const struct edition_wish *wish,
                         struct rendering *out, struct error *left_out,
                         struct error *error) MUST_CHECK;

/* Adds the files of an edition whose edition_files are there. Of the wish, no languages or no
 * formats are those that were published, and its template is not looked at. *made is how many were
 * not. STATUS_REJECT: a file or the figures are damaged, and nothing was made. */
enum status edition_render(struct db *db, const struct edition *edition,
                           const struct edition_wish *wish, struct rendering *out, size_t *made,
                           struct error *error) MUST_CHECK;

#endif
