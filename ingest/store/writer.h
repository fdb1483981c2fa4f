/* The thread that stores batches, so that the next one is built while PostgreSQL works on the last.
 *
 * Two batches exist: one is filled by the caller, one is with the thread. While the thread is busy
 * the caller can't hand over another, which is the whole back-pressure: a slow PostgreSQL makes
 * batches fuller, a stopped one makes the source pause. All functions belong to one calling thread.
 */
#ifndef KANSEN_INGEST_STORE_WRITER_H
#define KANSEN_INGEST_STORE_WRITER_H

#include <stdbool.h>

#include "ingest/store/batch.h"
#include "ingest/store/store.h"
#include "kansen/log.h"
#include "kansen/status.h"

struct writer;

enum writer_state {
    WRITER_IDLE,   /* ready for the next batch; the caller may use the store itself */
    WRITER_BUSY,   /* storing, or waiting for PostgreSQL to come back */
    WRITER_LOST,   /* a partition is not ours any more; nothing of the batch was stored */
    WRITER_FAILED, /* halt: writer_failure says why */
};

/* Starts the thread. store and logger are borrowed. The caller ends it with writer_stop. */
enum status writer_start(struct store *store, const struct logger *logger, struct writer **out,
                         struct error *error) MUST_CHECK;
/* Drops what is not stored and ends the thread. NULL is allowed. */
void writer_stop(struct writer *writer);

/* The batch to fill. It changes with writer_submit. */
struct batch *writer_batch(struct writer *writer);

enum writer_state writer_state(struct writer *writer);
/* Why the state is WRITER_FAILED, as the caller's own failure. */
enum status writer_failure(struct writer *writer, struct error *error) MUST_CHECK;

/* Hands the filled batch to the thread; the state must be WRITER_IDLE. */
void writer_submit(struct writer *writer);

/* Waits until the thread is not busy, at most timeout_ms. False: still busy. */
bool writer_wait(struct writer *writer, int timeout_ms);

/* Drops the batch under way and the one being filled: the partitions are given up. Cuts the
 * connection on which one is being stored, so it returns soon; the state is then WRITER_IDLE,
 * unless it is WRITER_FAILED. What the thread may have committed at this moment is found in the
 * offset row by whoever takes the partition next. */
void writer_discard(struct writer *writer);

#endif
