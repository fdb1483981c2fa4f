/* A folder that files are written into, and what makes them lie on the disk. */
#ifndef KANSEN_PROCESS_FOLDER_H
#define KANSEN_PROCESS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/status.h"

/* Makes it unless it is there; not the folders above it. STATUS_FATAL names it. */
enum status folder_make(const char *folder, struct error *error) MUST_CHECK;

/* Room for the path of a temporary folder, with the names of files in it. */
#define FOLDER_PATH_SIZE 4096
#define FOLDER_NAME_SIZE 64

/* Makes "kansen-PURPOSE-…" in TMPDIR, which only its user may look into, and notes it as a leftover
 * with the names of `files` (process/leftovers). STATUS_FATAL says why not. */
enum status folder_make_temporary(const char *purpose, const char *const *files,
                                  char out[FOLDER_PATH_SIZE], struct error *error) MUST_CHECK;

/* Its names are on the disk then. STATUS_FATAL names it. */
enum status folder_sync(const char *folder, struct error *error) MUST_CHECK;

/* Writes all of it to an open file; false with errno set. */
bool folder_write(int file, const char *bytes, size_t length) MUST_CHECK;

#endif
