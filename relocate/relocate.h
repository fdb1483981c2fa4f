/* Looks the addresses of stored detections up again in another MaxMind DB, and moves infections and
 * counts along, while workers go on ingesting.
 *
 * A chunk of detections at a time, in one transaction: each commit leaves detections, infections
 * and counts in agreement, and what is done says so itself (detection.geoip_id). So whoever is
 * interrupted goes on where it was by doing the same again (docs/reliability.md). */
#ifndef KANSEN_RELOCATE_RELOCATE_H
#define KANSEN_RELOCATE_RELOCATE_H

#include <signal.h>
#include <stdint.h>

#include "ingest/geoip/geo.h"
#include "kansen/status.h"
#include "relocate/tally.h"
#include "sql/db.h"

struct relocate_progress {
    int64_t done_s; /* of the time that the months take */
    int64_t total_s;
    const char *month;  /* at present, "YYYY-MM" */
    int64_t detections; /* looked up again so far */
};

typedef void relocate_show(void *context, const struct relocate_progress *progress);

struct relocate_settings {
    const char *from; /* "YYYY-MM" */
    const char *to;
    const char *country; /* only what is there now; NULL: everything that was looked up */
    struct geo *geo;
    relocate_show *show; /* may be NULL */
    void *context;
    const volatile sig_atomic_t *stop; /* becomes true: end behind the chunk under way */
    volatile sig_atomic_t *busy;       /* true: a chunk is being stored, which is not interrupted */
};

struct relocate_result {
    int months; /* in which there was something to do, done */
    int64_t detections;
    int64_t unlocated; /* of these: the MaxMind DB has no country for their addresses */
    struct tally moved;
    int64_t left_alone; /* that have a country of which nobody knows whether it was looked up */
    int64_t active; /* machines that stay where their heartbeats were: no address is kept of them */
    int64_t late;   /* that workers stored meanwhile, by another MaxMind DB or none */
};

/* Needs the rights of kansen_owner; another relocate is waited for. STATUS_RETRY: PostgreSQL went
 * away, or it was told to stop; the same call goes on. *result is filled in any case; the caller
 * clears result->moved. */
enum status relocate_run(struct db *db, const struct relocate_settings *settings,
                         struct relocate_result *result, struct error *error) MUST_CHECK;

#endif
