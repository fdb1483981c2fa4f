/* Defines and removes threats, while workers go on ingesting. A threat that is defined again gets a
 * new id; the old one is read until the new one has been counted, and its infections are deleted
 * when nobody sees them any more. Whoever changes threats needs the rights of the role
 * kansen_owner, and they take turns. */
#ifndef KANSEN_THREATS_THREAT_H
#define KANSEN_THREATS_THREAT_H

#include <stddef.h>

#include "kansen/month.h"
#include "threats/recount.h"

/* Threats, and patterns of all of them together. Each name that workers have not met yet is
 * compared with each pattern: 0.13 us. A name may belong to all threats, and a batch counts in
 * each. */
#define THREATS_MAX 1000
#define THREAT_PATTERNS_MAX 10000

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

/* Months whose detections were dropped because they are old (docs/retention.md). */
struct threat_dropped {
    int64_t months;
    char first[MONTH_TEXT_SIZE];
    char last[MONTH_TEXT_SIZE];
};

/* Defines a threat, or defines it again, and returns when it is counted. When that is interrupted,
 * the same call goes on with the months that are left. Months in *dropped stay as the definition
 * before has counted them; a new threat has no counts there. show may be NULL. STATUS_REJECT when
 * there are too many threats or patterns. */
enum status threat_define(const char *conninfo, const struct threat_definition *definition,
                          recount_show *show, void *context, int64_t *detections,
                          struct threat_dropped *dropped, struct error *error) MUST_CHECK;

/* Removes a threat and its counts. STATUS_REJECT when there is none of that name. */
enum status threat_remove(const char *conninfo, const char *name, struct error *error) MUST_CHECK;

/* Deletes what an interrupted threat_define or threat_remove left of definitions that are gone.
 * Does nothing while one of them runs, which does it itself. */
enum status threat_sweep(const char *conninfo, struct error *error) MUST_CHECK;

#endif
