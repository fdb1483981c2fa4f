/* A chart as a picture: SVG, and PNG and PDF that rsvg-convert makes of it, so that all show the
 * same.
 *
 * rsvg-convert runs in a private temporary folder, without a shell, for at most
 * IMAGE_SECONDS_MAX, and the picture names no other file. */
#ifndef KANSEN_REPORTS_CHARTS_IMAGE_H
#define KANSEN_REPORTS_CHARTS_IMAGE_H

#include <stddef.h>
#include <time.h>

#include "kansen/status.h"

enum chart_format {
    CHART_SVG,
    CHART_PNG, /* twice the pixels, for paper and fine screens */
    CHART_PDF,
    CHART_FORMATS
};

/* Converting takes well below a second; past this, something is wrong with the machine. */
#define IMAGE_SECONDS_MAX 60

struct chart_image {
    char *bytes; /* owned; a 0 that doesn't count stands behind them */
    size_t length;
};

void chart_image_clear(struct chart_image *image);

/* "svg", "png", "pdf". */
const char *chart_format_name(enum chart_format format);

/* Makes a picture in another format of the SVG; `stamp` is the moment that a PDF carries in itself.
 * STATUS_FATAL: rsvg-convert is missing or failed; the message holds its own words. The same SVG
 * gives the same bytes. */
enum status chart_image_convert(const struct chart_image *svg, enum chart_format format,
                                time_t stamp, struct chart_image *out,
                                struct error *error) MUST_CHECK;

#endif
