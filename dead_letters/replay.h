/* Dead letters through the pipeline once more, after what rejected them was mended: a new version,
 * a wider time policy, another constraint.
 *
 * Each batch is one transaction of events, counts and marks: a dead letter is marked as replayed if
 * and only if its event is stored, whatever dies. Age is measured by the time at which Kafka
 * took the message (of a file: at which it was rejected), not by the present, so that a replay
 * decides as ingest would have decided then. */
#ifndef KANSEN_DEAD_LETTERS_REPLAY_H
#define KANSEN_DEAD_LETTERS_REPLAY_H

#include <signal.h>
#include <stdint.h>

#include "ingest/pipeline.h"
#include "kansen/status.h"

/* Which dead letters; NULL: any. Times are RFC 3339; heartbeats is for replays alone. */
struct dead_letter_filter {
    const char *topics; /* an array of PostgreSQL: all names of one topic or file */
    const char *reason;
    const char *since;
    const char *until;
    const char *heartbeats; /* "true" or "false": whether they were read as heartbeats */
};

struct replay_progress {
    int64_t dead_letters; /* read so far */
    int64_t total;
};

struct replay_settings {
    const char *conninfo;
    struct dead_letter_filter filter;
    const struct logger *logger;
    /* Called now and then; may be NULL. */
    void (*show)(void *context, const struct replay_progress *progress);
    void *context;
    const volatile sig_atomic_t *stop; /* becomes true: store what was read, then return */
};

/* Tries every dead letter that was not replayed before and was there at the start, and waits until
 * what is accepted is stored, however long PostgreSQL is away. Those still rejected keep the reason
 * of today. STATUS_RETRY: it was told to stop while PostgreSQL was away. */
enum status replay_dead_letters(struct pipeline *pipeline, const struct replay_settings *settings,
                                struct error *error) MUST_CHECK;

#endif
