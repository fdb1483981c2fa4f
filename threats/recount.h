/* Counts what was stored before a threat was defined, while workers go on ingesting.
 *
 * How no detection is counted twice or forgotten: workers count the threat from its definition on,
 * and so add the infections of what they store. Month by month, the infections of what was stored
 * before are added beside them, where the earliest detection wins whoever brings it; then, in one
 * snapshot, all that is there is counted, and of that what workers have counted is taken off. Each
 * step can be done again (docs/threats.md). */
#ifndef KANSEN_THREATS_RECOUNT_H
#define KANSEN_THREATS_RECOUNT_H

#include <stdint.h>

#include "sql/db.h"

struct recount;

struct recount_progress {
    int months_done;
    int months;
    const char *month;  /* being counted, "YYYY-MM" */
    int parts_done;     /* of its machines, in turn; in the end it is counted */
    int parts;          /* 0: its detections are still being read */
    int64_t detections; /* counted so far, months that are done */
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
