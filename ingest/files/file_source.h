/* Events of a file as text, one after the other: its lines, or the elements of a JSON array, on
 * one line or over many, however long it is.
 *
 * A line is taken for an array when [ stands at its front and { or ] comes next; any other line is
 * one record. What is wrong with an array costs the rest of a line that holds all of it; an array
 * over several lines ends the file there. */
#ifndef KANSEN_INGEST_FILES_FILE_SOURCE_H
#define KANSEN_INGEST_FILES_FILE_SOURCE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "ingest/files/input.h"
#include "kansen/event.h"
#include "kansen/status.h"

/* What is kept of a line or an element. An event has at most 64 KiB; the envelope around it and
 * what is rejected whole may be longer. */
#define FILE_SOURCE_RECORD_MAX (8 * 1024 * 1024)

/* Bytes that file_source_peek shows, at least, unless the file is shorter. */
#define FILE_SOURCE_PEEK 512

/* As many of them are enough to guess what a file is. */
#define FILE_SOURCE_HEAD 4096

struct file_record {
    struct slice text;  /* at most FILE_SOURCE_RECORD_MAX of it; data NULL at the end of the file */
    int64_t length;     /* of the whole */
    int64_t line;       /* where it begins, from 1 */
    uint32_t element;   /* of an array, from 1; 0: it is a line */
    const char *damage; /* what is wrong with the array that it is a piece of; NULL: nothing */
};

struct file_source;

/* Reads nothing. path "-" is standard input. STATUS_REJECT: it can't be opened, with its name and
 * why. The caller closes *out. */
enum status file_source_open(const char *path, struct file_source **out,
                             struct error *error) MUST_CHECK;
/* Once *stop is set the file is over, in the middle of a record if need be: one that never ends
 * must not keep a load from being stopped. What comes then is no record. */
void file_source_stop_by(struct file_source *source, const volatile sig_atomic_t *stop);
/* NULL is allowed. */
void file_source_close(struct file_source *source);

/* The next record, borrowed until the next call. A line comes without its end ("\n" or "\r\n"), and
 * a byte order mark in front of the first one is left out. STATUS_REJECT: the file can't be read
 * on, with its name and the line. */
enum status file_source_next(struct file_source *source, struct file_record *out,
                             struct error *error) MUST_CHECK;

/* The first bytes, before anything else is asked for. Of a file that begins like JSON as many as
 * there are at hand; else FILE_SOURCE_PEEK, or the whole file. */
enum status file_source_peek(struct file_source *source, struct slice *out,
                             struct error *error) MUST_CHECK;

/* Where the bytes come from. */
const struct input *file_source_input(const struct file_source *source);
/* "gzip", "zstd" …; NULL for a file that is not compressed. */
const char *file_source_packing(const struct file_source *source);
/* Was the last failure one of reading, rather than of what was read? */
bool file_source_has_read_error(const struct file_source *source);

#endif
