/* Files of a report: whole or not there at all.
 *
 * Each is written under a temporary name in the folder where it belongs, synced, and then renamed
 * over what was there; at the end the folder is synced. Readers see the old file or the new one. */
#ifndef KANSEN_REPORTS_PUBLISH_H
#define KANSEN_REPORTS_PUBLISH_H

#include <stdio.h>

#include "kansen/status.h"
#include "reports/render.h"

struct publish_request {
    const char *folder; /* made when it is missing, but not the folders above it */
    struct render_request render;
};

/* Called with the path of each file that has got its name, and what it is. */
typedef void publish_done(void *context, const char *path, const struct rendered_file *file);

/* Writes the document in each format. STATUS_FATAL names the file and what went wrong; files that
 * were finished before stay, nothing half-written does. STATUS_REJECT, STATUS_RETRY: as
 * report_writer_run says them of one format; all others are written. */
enum status publish_report(const struct document *document, const struct publish_request *request,
                           publish_done *done, void *context, struct error *error) MUST_CHECK;

/* Writes the one format of the request to a stream instead, charts inside where the format holds
 * them. */
enum status publish_stream(const struct document *document, const struct publish_request *request,
                           FILE *out, struct error *error) MUST_CHECK;

#endif
