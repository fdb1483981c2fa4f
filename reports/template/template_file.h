/* A file of a template's folder, read whole, with its bound. */
#ifndef KANSEN_REPORTS_TEMPLATE_TEMPLATE_FILE_H
#define KANSEN_REPORTS_TEMPLATE_TEMPLATE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/status.h"

/* A folder and a name in it. */
#define TEMPLATE_PATH_SIZE 4096

struct template_file {
    char path[TEMPLATE_PATH_SIZE]; /* what mistakes call it */
    char *bytes;                   /* owned; terminated; NULL: there is no such file */
    size_t length;
};

/* No such file is no mistake. STATUS_REJECT: it has more than `bytes_max`, or is no file.
 * STATUS_FATAL: it can't be read. */
enum status template_file_read(const char *folder, const char *name, size_t bytes_max,
                               struct template_file *out, struct error *error) MUST_CHECK;

/* The same of bytes that were read before: `folder` is only what mistakes call it. */
enum status template_file_take(const char *folder, const char *name, const char *bytes,
                               size_t length, size_t bytes_max, struct template_file *out,
                               struct error *error) MUST_CHECK;

/* A copy that may be worn down. Of a text, which is UTF-8 without zeros, a byte order mark in front
 * is left out; STATUS_REJECT: it is none. No file gives none. */
enum status template_file_copy(const struct template_file *file, bool is_text,
                               struct template_file *out, struct error *error) MUST_CHECK;

void template_file_clear(struct template_file *file);

/* The line of a place in a text, from 1. */
int template_file_line(const char *text, const char *place);

#endif
