/* Looks after a writer that waits for PostgreSQL: says that it does, and cuts the connection when
 * one call takes too long, so that it is tried anew on another. */
#ifndef KANSEN_INGEST_STORE_WRITER_WATCH_H
#define KANSEN_INGEST_STORE_WRITER_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/store/writer.h"
#include "kansen/log.h"

/* When one call to PostgreSQL takes so long, a line in the log says what is waited for. */
#define WRITER_SAY_AFTER_MS 10000

/* The longest that one call may take: a task is a few statements, each with a lock timeout; a
 * statement of a batch may have work to do. The server that does not answer by then has frozen. */
#define WRITER_TASK_MS 30000
#define WRITER_BATCH_MS 300000

/* Of the writer's calling thread. `said` is false before the first use. */
struct writer_watch {
    struct writer *writer;
    const struct logger *logger;
    struct health *health; /* NULL: nobody watches */
    bool said;             /* that one call takes long */
};

/* To be called now and then. Says once that PostgreSQL does not answer, and once that it does
 * again. */
void writer_watch_look(struct writer_watch *watch);

/* What was waited for is not wanted any more (writer_discard). */
void writer_watch_forget(struct writer_watch *watch);

/* Waits until the writer is not busy, at most timeout_ms, and looks meanwhile. False: it still is.
 */
bool writer_watch_wait(struct writer_watch *watch, int64_t timeout_ms);

#endif
