/* Files of `key = value` lines under `[section]` headings: kansen's configuration and scenarios.
 *
 * UTF-8, with or without a byte order mark; blank lines and lines that start with # are skipped;
 * blanks around keys and values are cut; nothing is quoted or escaped, so a value may hold any
 * character but a newline; a line of 1 MiB or more is a mistake. */
#ifndef KANSEN_CONFIG_KEYFILE_H
#define KANSEN_CONFIG_KEYFILE_H

#include "kansen/status.h"

/* One line of the file. section is "" before the first heading. Returning anything but STATUS_OK
 * stops the reading; keyfile_read puts "FILE:LINE: " in front of the message. */
typedef enum status keyfile_line(void *context, const char *section, const char *key,
                                 const char *value, struct error *error);

/* The same for whoever wants to know where: `number` is that of the line, from 1. */
typedef enum status keyfile_numbered_line(void *context, unsigned long number, const char *section,
                                          const char *key, const char *value, struct error *error);

/* Calls `line` for each key in order. STATUS_REJECT with FILE:LINE for text that is no such line;
 * STATUS_FATAL when the file can't be read. */
enum status keyfile_read(const char *path, keyfile_line *line, void *context,
                         struct error *error) MUST_CHECK;
enum status keyfile_read_numbered(const char *path, keyfile_numbered_line *line, void *context,
                                  struct error *error) MUST_CHECK;

/* The last value of a key in front of the first section, whatever else is wrong with the file. The
 * caller frees it; NULL when there is none, or when `path` is no regular file: what can be read
 * only once is not. */
char *keyfile_peek(const char *path, const char *key);

/* The same for a text in memory, which mistakes call by `name`. */
enum status keyfile_read_text(const char *text, const char *name, keyfile_line *line, void *context,
                              struct error *error) MUST_CHECK;

#endif
