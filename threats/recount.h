/* Counts what was stored before a threat was defined, while workers go on ingesting.
 *
 * How no detection is counted twice or forgotten: month by month, workers begin to count there
 * under a lock that no batch shares, and the snapshot to recount is taken under the same lock. What
 * is in the snapshot is counted here, what comes after it by the workers (docs/threats.md). */
#ifndef KANSEN_THREATS_RECOUNT_H
#define KANSEN_THREATS_RECOUNT_H

#include <stdint.h>

#include "sql/db.h"

struct recount;

struct recount_progress {
    int months_done;
    int months;
    const char *month;  /* being counted, "YYYY-MM" */
    int64_t detections; /* counted so far, that month included */
};

typedef void recount_show(void *context, const struct recount_progress *progress);

/* Reads on a connection of its own and writes on db, which it borrows. recount_free() it, also when
 * this fails. show may be NULL. */
enum status recount_new(const char *conninfo, struct db *db, recount_show *show, void *context,
                        struct recount **recount, struct error *error) MUST_CHECK;
void recount_free(struct recount *recount);

/* Counts the months of the threat that are still to be counted. */
enum status recount_stored(struct recount *recount, const char *threat_id, int64_t *detections,
                           struct error *error) MUST_CHECK;

#endif
