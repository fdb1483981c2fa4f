/* All that goes to stderr: log lines, words for whoever runs a command, the progress line.
 *
 * Log lines are logfmt or JSON, one event a line, values escaped. With JSON the words are log lines
 * too, so that each line can be parsed; else they are text. Before the journal of systemd each has
 * its priority in front, for `journalctl -p`. The progress line is drawn only on a terminal and is
 * wiped before anything else is written. */
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

/* Reads --log-format and --log-level; log_say goes by it from then on. The logger lives as long as
 * the program. */
enum status log_open(const struct options *options, const struct logger **out,
                     struct error *error) MUST_CHECK;

/* Reads --log-level again, of settings that have changed. */
enum status log_set_level(const struct options *options, struct error *error) MUST_CHECK;

/* Says something as printf does, without a newline at the end: a line of its own as text, or the
 * message of a log line. What acts on a terminal is escaped. `command` is that of an error, which
 * stands in front; NULL for none. */
__attribute__((format(printf, 3, 4))) void log_say(enum log_level level, const char *command,
                                                   const char *format, ...);

/* The same for text of any length. */
void log_say_text(enum log_level level, const char *command, const char *text);

bool log_is_json(void);

/* From now on only those are said of which is_news(level, text) is true; log lines are left alone.
 */
void log_say_only(bool (*is_news)(enum log_level level, const char *text));

/* The progress line: what is done for whoever waits at a terminal, done of total (0: unknown, then
 * no bar is drawn). Who waits for less than a second sees nothing. It is drawn by a thread of its
 * own, so that it comes up and goes on while we are inside of a call that takes long: then it says
 * for how many seconds. Does nothing when stderr is no terminal. */
void log_progress(int64_t done, int64_t total, const char *text);
/* Wipes it; what is written behind this stands alone. */
void log_progress_end(void);
/* The same for a signal handler that ends the program. */
void log_progress_wipe(void);

/* Those of code below the programs are shown in this way: a struct progress with that function. */
struct progress;
void log_progress_show(const struct progress *progress);

#endif
