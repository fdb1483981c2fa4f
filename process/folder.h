/* A folder that files are written into, and what makes them lie on the disk. */
#ifndef KANSEN_PROCESS_FOLDER_H
#define KANSEN_PROCESS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/status.h"

/* Makes it unless it is there; not the folders above it. STATUS_FATAL names it. */
enum status folder_make(const char *folder, struct error *error) MUST_CHECK;

/* Its names are on the disk then. STATUS_FATAL names it. */
enum status folder_sync(const char *folder, struct error *error) MUST_CHECK;

/* Writes all of it to an open file; false with errno set. */
bool folder_write(int file, const char *bytes, size_t length) MUST_CHECK;

#endif
