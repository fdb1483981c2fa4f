/* The events of one month as a file: our own format, an event a line, which `kansen load` reads
 * back, each event once.
 *
 * All of one snapshot, in the order of detection's key, so that the same events give the same
 * bytes. Each event carries its identity, and its country as it is counted, looked up or its own.
 */
#ifndef KANSEN_RETENTION_EXPORT_H
#define KANSEN_RETENTION_EXPORT_H

#include <stdint.h>

#include "kansen/month.h"
#include "kansen/status.h"
#include "retention/pack.h"
#include "sql/db.h"

typedef void export_show(void *context, const char *month, int64_t events, int64_t total);

struct export_result {
    int64_t events;
    struct pack_file file;
    bool file_failed; /* behind a failure: it was the file's, not PostgreSQL's */
};

/* STATUS_REJECT: no event of that month is stored. `show` may be NULL. */
enum status export_month(struct db *db, month_t month, const char *folder, export_show *show,
                         void *context, struct export_result *out, struct error *error) MUST_CHECK;

#endif
