/* One function a format: the bytes of a finished report.
 *
 * A writer computes nothing. Most open nothing either (`write`): they leave a failed write in the
 * stream's error flag, which the caller looks at once, before the file gets its name; false means
 * that memory was short and something is missing. What a library or another program puts together
 * in a file of its own (`make`) can fail in more ways and says how. */
#ifndef KANSEN_REPORTS_FORMATS_WRITERS_H
#define KANSEN_REPORTS_FORMATS_WRITERS_H

#include <stdbool.h>
#include <stdio.h>

#include "kansen/status.h"
#include "reports/charts/chart.h"
#include "reports/sections/document.h"

/* A chart as it is to be shown. */
struct report_chart {
    const struct chart_image *svg; /* inside the report; NULL: not */
    const char *image_name;        /* file beside the report; NULL: none */
};

/* What a template adds to pages (reports/template): checked before, and written as it is. */
struct page_dress {
    const char *style; /* rules behind kansen's own; NULL: none */
    const char *logo;  /* a picture's bytes; NULL: none */
    size_t logo_length;
    const char *logo_type; /* "image/png" */
    const char *logo_text; /* in place of the picture */
};

struct report {
    const struct document *document;
    const struct report_chart *charts; /* one for each of the document; NULL: none */
    const struct page_dress *dress;    /* NULL: as kansen has it */
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
    bool binary; /* no text: nothing for a terminal */
    bool (*write)(FILE *out, const struct report *report);
    enum status (*make)(FILE *out, const struct report *report, struct error *error);
};

/* Writes the report in one format, by whichever of its two functions it has. A failed write is left
 * in the stream's error flag. STATUS_REJECT: this format can't be had here, whatever the report,
 * and the message says what is missing. STATUS_RETRY: the program that makes it failed. Neither
 * says anything about other formats. STATUS_FATAL: nothing can be written. */
enum status report_writer_run(const struct report_writer *writer, FILE *out,
                              const struct report *report, struct error *error) MUST_CHECK;

/* The formats of `kansen report`, in the order in which they are listed. */
#define REPORT_WRITERS 7
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
enum status make_xlsx(FILE *out, const struct report *report, struct error *error) MUST_CHECK;
enum status make_pdf(FILE *out, const struct report *report, struct error *error) MUST_CHECK;

#endif
