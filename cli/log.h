/* All that goes to stderr: log lines, words for whoever runs a command, the progress line.
 *
 * Log lines are logfmt or JSON, one event a line, values escaped. With JSON the words are log lines
 * too, so that each line can be parsed; else they are text. The progress line is drawn only on a
 * terminal and is wiped before anything else is written. */
#ifndef KANSEN_CLI_LOG_H
#define KANSEN_CLI_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "config/options.h"
#include "kansen/log.h"
#include "kansen/status.h"

/* Until --log-format has been read: goes by the environment and the command line as they stand, for
 * mistakes in them. */
void log_guess_format(int argc, char **argv);
/* The same when these don't say, for a mistake behind which --log-format is not read any more: goes
 * by the file that --config names, as far as it can be read. */
void log_guess_by_file(int argc, char **argv);

/* Reads --log-format; log_say goes by it from then on. The logger lives as long as the program. */
enum status log_open(const struct options *options, const struct logger **out,
                     struct error *error) MUST_CHECK;

/* Says something as printf does, without a newline at the end: a line of its own as text, or the
 * message of a log line. What acts on a terminal is escaped. `command` is that of an error, which
 * stands in front; NULL for none. */
__attribute__((format(printf, 3, 4))) void log_say(enum log_level level, const char *command,
                                                   const char *format, ...);

/* The same for text of any length. */
void log_say_text(enum log_level level, const char *command, const char *text);

bool log_is_json(void);

/* Redraws the progress line, at most ten times a second; does nothing when stderr is no terminal.
 * done of total (0: unknown, then no bar is drawn), with a text of what was done. */
void log_progress(int64_t done, int64_t total, const char *text);
/* Wipes it. */
void log_progress_end(void);

#endif
