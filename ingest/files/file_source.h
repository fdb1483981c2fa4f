/* Lines of a file: plain, gzip or zstd, told by their first bytes; or of standard input. */
#ifndef KANSEN_INGEST_FILES_FILE_SOURCE_H
#define KANSEN_INGEST_FILES_FILE_SOURCE_H

#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"

/* The longest line. An event has at most 64 KiB; the envelope around it and what is rejected whole
 * may be longer. A file with longer lines is no file of events. */
#define FILE_SOURCE_LINE_MAX (8 * 1024 * 1024)

struct file_source;

/* Can the file be opened, and how large is it (0 when unknown)? Reads nothing: what is taken from a
 * pipe is gone. STATUS_REJECT as below. */
enum status file_source_look(const char *path, int64_t *size, struct error *error) MUST_CHECK;

/* path "-" is standard input. STATUS_REJECT names the file and why. The caller closes *out. */
enum status file_source_open(const char *path, struct file_source **out,
                             struct error *error) MUST_CHECK;
/* NULL is allowed. */
void file_source_close(struct file_source *source);

/* The next line without its end ("\n" or "\r\n"), borrowed until the next call; *number counts from
 * 1. line->data is NULL at the end of the file. STATUS_REJECT: the file can't be read on (broken
 * compression, a line too long), with its name and the line. */
enum status file_source_line(struct file_source *source, struct slice *line, int64_t *number,
                             struct error *error) MUST_CHECK;

/* Bytes of the file as it is on disk, read so far. */
int64_t file_source_position(const struct file_source *source);

#endif
