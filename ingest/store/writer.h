/* The thread that talks to PostgreSQL: the only one of a worker that does, so that nobody else ever
 * waits for a database that is slow, away or frozen.
 *
 * It stores batches, so that the next one is built while PostgreSQL works on the last. Two batches
 * exist: one is filled by the caller, one is with the thread. While the thread is busy the caller
 * can't hand over another, which is the whole back-pressure: a slow PostgreSQL makes batches
 * fuller, a stopped one makes the source pause. Between batches it performs tasks: whose is a
 * partition, how far is it stored. All functions belong to one calling thread. */
#ifndef KANSEN_INGEST_STORE_WRITER_H
#define KANSEN_INGEST_STORE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/store/batch.h"
#include "ingest/store/store.h"
#include "kansen/log.h"
#include "kansen/status.h"
#include "watch/watch.h"

struct writer;

enum writer_state {
    WRITER_IDLE,   /* ready for the next batch or task */
    WRITER_BUSY,   /* connecting, storing, performing, or waiting for PostgreSQL to come back */
    WRITER_LOST,   /* a partition is not ours any more; nothing of the batch was stored */
    WRITER_FAILED, /* halt: writer_failure says why */
};

/* Starts the thread, which connects first: WRITER_BUSY until that is done. It opens the store with
 * infection_cache_mib. The logger is borrowed, and so is the watch, which may be NULL. The caller
 * ends it with writer_stop. */
enum status writer_start(const char *conninfo, size_t infection_cache_mib,
                         const struct logger *logger, struct watch *watch, struct writer **out,
                         struct error *error) MUST_CHECK;
/* Drops what is not stored and ends the thread, as writer_discard does. NULL is allowed. */
void writer_stop(struct writer *writer);

/* The batch to fill. It changes with writer_submit. */
struct batch *writer_batch(struct writer *writer);

enum writer_state writer_state(struct writer *writer);
/* Why the state is WRITER_FAILED, as the caller's own failure. */
enum status writer_failure(struct writer *writer, struct error *error) MUST_CHECK;

/* Hands the filled batch to the thread; the state must be WRITER_IDLE. */
void writer_submit(struct writer *writer);
/* Is a batch with the thread? */
bool writer_is_storing(struct writer *writer);

/* Hands a task to the thread; the state must be WRITER_IDLE. context is borrowed until the state is
 * WRITER_IDLE again. A task is tried once: what it returned is writer_answer's. */
void writer_perform(struct writer *writer, store_task *task, void *context);
/* What the last task returned, when it has ended since the last call and was not dropped; else
 * false. */
bool writer_answer(struct writer *writer, enum status *status, struct error *error);

/* Waits until the thread is not busy, at most timeout_ms. False: still busy. */
bool writer_wait(struct writer *writer, int timeout_ms);

/* How long the thread has waited for PostgreSQL in its present call, in milliseconds; 0: it is in
 * none. Pauses between two attempts do not count. */
int64_t writer_waited_ms(struct writer *writer);
/* Cuts the connection, so that the present call ends at once and is tried anew on another. Safe at
 * any time: what a commit became is asked of the offset rows. */
void writer_cut(struct writer *writer);

/* Drops the batch or task under way and the batch being filled: the partitions are given up. Cuts
 * the connection, so it returns soon; the state is then WRITER_IDLE, unless it is WRITER_FAILED.
 * What the thread may have committed at this moment is found in the offset row by whoever takes the
 * partition next. */
void writer_discard(struct writer *writer);

/* Has the connection been lost? The state must not be WRITER_BUSY. */
bool writer_is_disconnected(const struct writer *writer);

/* Since writer_start. */
struct store_totals writer_totals(struct writer *writer);

/* Before the first batch: are there months of which nothing is stored any more? */
bool writer_has_closed_months(struct writer *writer);
/* What was rejected since it was asked for last. */
void writer_take_rejected(struct writer *writer, struct rejected *out);

#endif
