/* The first records of a file, kept until one of them turns out to be an event: so that a file of
 * something else leaves nothing behind. */
#ifndef KANSEN_INGEST_FILES_LOOK_AHEAD_H
#define KANSEN_INGEST_FILES_LOOK_AHEAD_H

#include <stddef.h>
#include <stdint.h>

#include "ingest/files/file_source.h"
#include "kansen/status.h"

/* When none of so many lines, or of so many bytes of lines, is an event, none is expected. */
#define LOOK_AHEAD_LINES 1000
#define LOOK_AHEAD_BYTES (64 * 1024 * 1024)

/* Zeroed is empty. */
struct look_ahead {
    struct file_record records[LOOK_AHEAD_LINES]; /* text: see look_ahead_get */
    size_t offsets[LOOK_AHEAD_LINES];             /* of their text in bytes */
    size_t count;
    char *bytes;
    size_t used;
    size_t size;
};

bool look_ahead_is_full(const struct look_ahead *ahead);
/* Keeps a copy. STATUS_FATAL when memory is short. */
enum status look_ahead_add(struct look_ahead *ahead, const struct file_record *record,
                           struct error *error) MUST_CHECK;
/* Borrowed until something is added. */
struct file_record look_ahead_get(const struct look_ahead *ahead, size_t index);
void look_ahead_clear(struct look_ahead *ahead);

#endif
