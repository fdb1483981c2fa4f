/* Files through the same pipeline as Kafka's messages: a backfill that is safe to repeat, because
 * an event counts once and a rejected line is kept once. */
#ifndef KANSEN_INGEST_FILES_LOAD_H
#define KANSEN_INGEST_FILES_LOAD_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/pipeline.h"
#include "kansen/status.h"

struct load_progress {
    int64_t lines;
    int64_t bytes;       /* of the files as they are on disk, read so far */
    int64_t bytes_total; /* 0: unknown */
};

struct load_settings {
    const char *const *paths; /* "-" is standard input */
    size_t count;
    /* Called now and then from the loading thread; may be NULL. */
    void (*show)(void *context, const struct load_progress *progress);
    void *context;
    const volatile sig_atomic_t *stop; /* becomes true: store what was read, then return */
};

/* Loads the files in order and waits until everything is stored, however long PostgreSQL is away.
 * Lines of blanks are skipped. STATUS_REJECT: a file can't be read on; everything in front of the
 * named place is stored. STATUS_DENIED, STATUS_FATAL: PostgreSQL refuses. STATUS_RETRY: it was told
 * to stop while PostgreSQL was away. */
enum status load_files(struct pipeline *pipeline, const struct load_settings *settings,
                       struct load_progress *progress, struct error *error) MUST_CHECK;

#endif
