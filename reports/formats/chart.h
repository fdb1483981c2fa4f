/* The charts of a report, drawn by gnuplot as SVG or PNG.
 *
 * gnuplot runs backticks, pipes and more out of a script (RELIABILITY 18), so the scripts are
 * constant and everything that varies, titles and names included, goes in as data files. It runs in
 * a private temporary folder, without a shell, for at most CHART_SECONDS_MAX. */
#ifndef KANSEN_REPORTS_FORMATS_CHART_H
#define KANSEN_REPORTS_FORMATS_CHART_H

#include <stddef.h>

#include "kansen/status.h"
#include "reports/sections/document.h"

enum chart_format { CHART_SVG, CHART_PNG, CHART_FORMATS };

/* Drawing takes well below a second; past this, something is wrong with the machine. */
#define CHART_SECONDS_MAX 60

struct chart_image {
    char *bytes; /* owned */
    size_t length;
};

/* Draws the chart of the section, which has one. STATUS_FATAL: gnuplot is missing or failed; the
 * message holds its own words. The same document gives the same bytes. */
enum status chart_draw(const struct document *document, const struct section *section,
                       enum chart_format format, struct chart_image *out,
                       struct error *error) MUST_CHECK;

void chart_image_clear(struct chart_image *image);

/* "svg", "png". */
const char *chart_format_name(enum chart_format format);

#endif
