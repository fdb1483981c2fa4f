/* One function a format: the bytes of a finished report.
 *
 * A writer computes nothing and opens nothing. It leaves a failed write in the stream's error flag,
 * which the caller looks at once, before the file gets its name; false means that memory was short
 * and something is missing. */
#ifndef KANSEN_REPORTS_FORMATS_WRITERS_H
#define KANSEN_REPORTS_FORMATS_WRITERS_H

#include <stdbool.h>
#include <stdio.h>

#include "kansen/status.h"
#include "reports/formats/chart.h"
#include "reports/sections/document.h"

/* A chart as it is to be shown. */
struct report_chart {
    const struct chart_image *svg; /* inside the report; NULL: not */
    const char *image_name;        /* file beside the report; NULL: none */
};

struct report {
    const struct document *document;
    const struct report_chart *charts; /* one for each section; NULL: no charts */
    bool bom; /* CSV begins with a byte order mark, by which Excel knows that it is UTF-8 */
};

/* How a format shows charts. */
enum report_charts {
    CHARTS_NONE,
    CHARTS_BESIDE, /* files beside it that it refers to */
    CHARTS_INSIDE  /* in it; their files stand beside it all the same */
};

struct report_writer {
    const char *format; /* as the user asks for it */
    const char *suffix; /* of the file's name */
    enum report_charts charts;
    bool (*write)(FILE *out, const struct report *report);
};

/* The formats of `kansen report`, in the order in which they are listed. */
#define REPORT_WRITERS 5
extern const struct report_writer report_writers[REPORT_WRITERS];

/* The one of a format; NULL: there is none. */
const struct report_writer *report_writer_find(const char *format);

/* The formats of `kansen stats`: the figures without findings and notes. */
#define STATS_WRITERS 3
extern const struct report_writer stats_writers[STATS_WRITERS];

bool write_tables(FILE *out, const struct report *report) MUST_CHECK;
bool write_text(FILE *out, const struct report *report) MUST_CHECK;
bool write_markdown(FILE *out, const struct report *report) MUST_CHECK;
bool write_html(FILE *out, const struct report *report) MUST_CHECK;
bool write_csv(FILE *out, const struct report *report) MUST_CHECK;
bool write_figures_json(FILE *out, const struct report *report) MUST_CHECK;
bool write_json(FILE *out, const struct report *report) MUST_CHECK;

#endif
