/* The files of a report, as bytes in memory: what reports/publish puts into a folder, and what
 * an edition keeps.
 *
 * The same document gives the same bytes. */
#ifndef KANSEN_REPORTS_RENDER_H
#define KANSEN_REPORTS_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/progress.h"
#include "kansen/status.h"
#include "reports/formats/writers.h"
#include "reports/sections/document.h"

/* "bitcoin-miner-2013-09-2013-11.en", and what a suffix adds. */
#define RENDER_NAME_MAX 255

struct render_request {
    const char *const *formats; /* of report_writers, none twice; those with charts bring them */
    size_t format_count;
    bool bom;                       /* begin CSV with a byte order mark */
    const struct page_dress *dress; /* of a template; NULL: none */
    struct progress *progress;      /* NULL: nobody looks */
};

struct rendered_file {
    char name[RENDER_NAME_MAX + 1];
    const char *format;   /* of report_writers, or of a chart: "svg", "chart-pdf"; borrowed */
    const char *language; /* its code; borrowed */
    char *bytes;          /* owned */
    size_t length;
};

/* Zeroed: no files. */
struct rendering {
    struct rendered_file *files; /* owned */
    size_t count;
};

void rendering_clear(struct rendering *rendering);

/* Adds a file and takes its bytes over, also when it fails. STATUS_FATAL: memory is short. */
enum status rendering_add(struct rendering *rendering, const struct rendered_file *file,
                          struct error *error) MUST_CHECK;

/* How many steps render_report is, for progress_plan. */
size_t render_steps(const struct render_request *request);

/* Adds the document's files, charts before the documents that show them. STATUS_FATAL names the
 * file and what went wrong; *out may have got some of them. STATUS_REJECT,
 * STATUS_RETRY: as report_writer_run says them of one format; *out has got all others. */
enum status render_report(const struct document *document, const struct render_request *request,
                          struct rendering *out, struct error *error) MUST_CHECK;

/* The first format of the request alone, charts inside where it holds them. */
enum status render_alone(const struct document *document, const struct render_request *request,
                         struct rendering *out, struct error *error) MUST_CHECK;

#endif
