/* Defines and removes threats, and counts what was stored before a threat was defined, while
 * workers go on ingesting.
 *
 * How no detection is counted twice or forgotten: month by month, workers begin to count there
 * under a lock that no batch shares, and the snapshot to recount is taken under the same lock. What
 * is in the snapshot is counted here, what comes after it by the workers (docs/threats.md). A
 * threat that is defined again gets a new id; the old one is read until the new one has been
 * counted, and its infections are deleted when nobody sees them any more. */
#ifndef KANSEN_THREATS_RECOUNT_H
#define KANSEN_THREATS_RECOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "kansen/status.h"

/* Threats, and patterns of all of them together. Each name that workers have not met yet is
 * compared with each pattern: 0.13 us. A name may belong to all threats, and a batch counts in
 * each. */
#define RECOUNT_THREATS_MAX 1000
#define RECOUNT_PATTERNS_MAX 10000

/* What a threat is called in reports of one language. */
struct threat_name {
    const char *language; /* not terminated */
    size_t language_length;
    const char *name;
};

struct threat_definition {
    const char *name;
    const struct threat_name *names; /* of different languages */
    size_t name_count;
    const char *const *patterns;
    size_t pattern_count;
};

struct recount_progress {
    int months_done;
    int months;
    const char *month;  /* being counted, "YYYY-MM" */
    int64_t detections; /* counted so far, that month included */
};

typedef void recount_show(void *context, const struct recount_progress *progress);

/* Defines a threat, or defines it again, and returns when it is counted. When that is interrupted,
 * the same call goes on with the months that are left. show may be NULL. STATUS_REJECT when there
 * are too many threats or patterns. Needs the rights of the role kansen_owner. */
enum status recount_define(const char *conninfo, const struct threat_definition *definition,
                           recount_show *show, void *context, int64_t *detections,
                           struct error *error) MUST_CHECK;

/* Removes a threat and its counts. STATUS_REJECT when there is none of that name. */
enum status recount_remove(const char *conninfo, const char *name, struct error *error) MUST_CHECK;

/* Deletes what an interrupted recount_define or recount_remove left of definitions that are gone.
 * Does nothing while one of them runs, which does it itself. */
enum status recount_sweep(const char *conninfo, struct error *error) MUST_CHECK;

#endif
