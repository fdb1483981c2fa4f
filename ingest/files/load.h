/* Files through the same pipeline as Kafka's messages: a backfill that is safe to repeat, because
 * an event counts once and a rejected line is kept once. */
#ifndef KANSEN_INGEST_FILES_LOAD_H
#define KANSEN_INGEST_FILES_LOAD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/files/file_kind.h"
#include "ingest/pipeline.h"
#include "ingest/store/rejected.h"
#include "kansen/status.h"

struct load_progress {
    int64_t lines;       /* and elements of arrays */
    int64_t bytes;       /* of the files as they are on disk, read so far */
    int64_t bytes_total; /* 0: unknown */
};

enum load_outcome {
    LOAD_WHOLE,      /* every line is stored or kept */
    LOAD_MISSING,    /* it can't be opened */
    LOAD_UNREADABLE, /* it can't be read on: the system says why */
    LOAD_DAMAGED,    /* the same, for what it holds; all in front of the named place is stored */
    LOAD_FOREIGN,    /* none of its first lines is an event: nothing of it was stored or kept */
};

/* What became of one file. */
struct load_file {
    const char *path;  /* as it was given */
    const char *topic; /* what its rejected lines are kept under; NULL: it was not read */
    enum load_outcome outcome;
    const char *message; /* one sentence that names the file and the place; "" for LOAD_WHOLE */
    const struct file_kind *kind; /* of LOAD_FOREIGN: what it looks like */
    const char *packing;          /* "gzip" …, or NULL */
    int64_t lines;                /* that were read */
    bool changed;                 /* while it was read */
    struct rejected rejected;     /* its lines that were */
};

struct load_settings {
    enum event_kind kind;     /* what the files are of */
    const char *const *paths; /* "-" is standard input */
    size_t count;
    /* Called now and then from the loading thread; may be NULL. */
    void (*show)(void *context, const struct load_progress *progress);
    /* Called once for each file that was not cut short by a stop or by PostgreSQL: for those that
     * can't be opened at the start, before the others are read. */
    void (*done)(void *context, const struct load_file *file);
    /* First day of the month (since 1970) that a file is the export of, when its events were
     * dropped; 0: of none. May be NULL. */
    int32_t (*restores)(void *context, const char *path);
    void *context;
    const volatile sig_atomic_t *stop; /* becomes true: store what was read, then return */
};

/* Loads the files in order and waits until everything is stored, however long PostgreSQL is away. A
 * file that is not as it should be does not stop the next one. Lines of blanks are skipped. Before
 * anything of a file is stored, one event is looked for in its first lines.
 *
 * STATUS_DENIED, STATUS_FATAL: PostgreSQL refuses, or memory is short. STATUS_RETRY: it was told to
 * stop while PostgreSQL was away. */
enum status load_files(struct pipeline *pipeline, const struct load_settings *settings,
                       struct load_progress *progress, struct error *error) MUST_CHECK;

#endif
