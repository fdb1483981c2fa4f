/* The rows of kafka_offset: whose is a partition, and how far is it stored?
 *
 * Every function runs on the connection it is given. offsets_advance belongs into the transaction
 * of the rows that the offsets stand for; the others are statements of their own. The protocol is
 * in docs/reliability.md. */
#ifndef KANSEN_INGEST_STORE_OFFSETS_H
#define KANSEN_INGEST_STORE_OFFSETS_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/store/batch.h"
#include "kansen/log.h"
#include "kansen/status.h"
#include "sql/array.h"
#include "sql/db.h"

/* slot, epoch, stored, next_offset, last_offset, fingerprint, place, read_until, newest_event,
 * end_offset */
#define OFFSETS_ARRAYS 10

/* Zeroed before its first use; offsets_clear frees what it holds. */
struct offsets {
    struct array arrays[OFFSETS_ARRAYS];
    char backend_pid[16]; /* of the connection in use, by which another worker can end it */
    char backend_start[64];
};

/* Whose position in a topic: the first three are the key of its rows. */
struct offsets_reader {
    const char *cluster;
    const char *group;
    const char *topic;
    enum event_kind kind; /* what is read from it */
    const char *owner;    /* HOST:PID, for people */
};

/* What the row of a partition says when it is taken. */
struct offsets_position {
    int64_t next_offset;
    int64_t last_offset;                   /* -1 when no message has been stored yet */
    uint8_t fingerprint[FINGERPRINT_SIZE]; /* of the message at last_offset */
    int tries;            /* see ingest/kafka/crash_guard.h; without the present one */
    int64_t tried_ago_ms; /* since the last of them */
};

/* A partition that is to be ours. */
struct offsets_claim {
    struct origin *origin;
    int64_t first_offset; /* where it starts when nobody ever had it */
    bool is_taken;        /* it is, and what its row said is: */
    struct offsets_position position;
};

/* How many tries a partition makes by now. */
struct offsets_tries {
    const struct origin *origin;
    int tries;
};

/* What became of the rows of a batch. */
enum offsets_answer {
    OFFSETS_MOVED,
    OFFSETS_LOST,      /* one of them is no longer ours */
    OFFSETS_MISPLACED, /* or it lies elsewhere than we knew: ask again, in a new transaction */
};

/* Where the rows stand when nobody knows whether a batch was committed. */
enum offsets_place {
    OFFSETS_BEFORE_BATCH, /* it was not */
    OFFSETS_BEHIND_BATCH, /* it was */
    OFFSETS_ELSEWHERE,    /* another owner, or a database that went back in time */
};

/* Once for each new connection: which backend is ours? */
enum status offsets_connected(struct offsets *offsets, struct db *db,
                              struct error *error) MUST_CHECK;
void offsets_clear(struct offsets *offsets);

/* Takes partitions: their rows are ours from now on, whoever had them before. Fills slot, epoch and
 * stored of the origins. Those that are locked are left for the next call, but for the first of
 * them: it waits for the former owner's open transaction, and ends its connection when that takes
 * longer than a few seconds. The number of statements does not depend on that of partitions.
 * STATUS_REJECT: the topic is read as something of another kind, by this group or another one. */
enum status offsets_take(struct offsets *offsets, struct db *db,
                         const struct offsets_reader *reader, struct offsets_claim *claims,
                         int count, const struct logger *logger, struct error *error) MUST_CHECK;

/* Notes in the rows of partitions of ours how many tries they make by now. */
enum status offsets_note_tries(struct offsets *offsets, struct db *db,
                               const struct offsets_tries *tries, int count,
                               struct error *error) MUST_CHECK;

/* Moves the rows of all partitions of the batch from exactly where we left them to behind it.
 * Unless they were moved, the transaction must be rolled back. */
enum status offsets_advance(struct offsets *offsets, struct db *db, const struct batch *batch,
                            enum offsets_answer *answer, struct error *error) MUST_CHECK;
/* The transaction was committed: that is where they are. */
void offsets_advanced(const struct batch *batch);

/* On a new connection: what became of the batch? Takes its partitions under a new epoch. */
enum status offsets_retake(struct offsets *offsets, struct db *db, const struct batch *batch,
                           enum offsets_place *place, struct error *error) MUST_CHECK;

/* Between batches: are these partitions still ours, and stored as far as we know? The database may
 * have gone back in time (a standby took over), or the group have given them to somebody else.
 * STATUS_FATAL: somebody has migrated it to what this program doesn't know. */
enum status offsets_are_ours(struct offsets *offsets, struct db *db,
                             const struct origin *const *origins, int count, bool *ours,
                             struct error *error) MUST_CHECK;

/* Are all partitions of the topic stored up to these offsets, by whichever worker of the group? */
enum status offsets_have_reached(struct offsets *offsets, struct db *db,
                                 const struct offsets_reader *reader, const int64_t *wanted,
                                 int32_t partitions, bool *reached, struct error *error) MUST_CHECK;

#endif
