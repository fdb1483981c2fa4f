/* Files of a report: whole or not there at all.
 *
 * Each is written under a temporary name in the folder where it belongs, synced, and then renamed
 * over what was there; at the end the folder is synced. Readers see the old file or the new one. */
#ifndef KANSEN_REPORTS_PUBLISH_H
#define KANSEN_REPORTS_PUBLISH_H

#include <stdbool.h>

#include "kansen/status.h"
#include "reports/sections/document.h"

/* "bitcoin-miner-2013-09-2013-11.en", and what a suffix adds. */
#define PUBLISH_NAME_MAX 255

struct publish_request {
    const char *folder;         /* made when it is missing, but not the folders above it */
    const char *const *formats; /* of report_writers, none twice; those with charts bring them */
    size_t format_count;
    bool bom; /* begin CSV with a byte order mark */
};

/* Called with the path of each file that has got its name. */
typedef void publish_done(void *context, const char *path);

/* Writes the document in each format. STATUS_FATAL names the file and what went wrong; files that
 * were finished before stay, nothing half-written does. */
enum status publish_report(const struct document *document, const struct publish_request *request,
                           publish_done *done, void *context, struct error *error) MUST_CHECK;

/* Writes the one format of the request to a stream instead, charts inside where the format holds
 * them. */
enum status publish_stream(const struct document *document, const struct publish_request *request,
                           FILE *out, struct error *error) MUST_CHECK;

#endif
