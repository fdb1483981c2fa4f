/* Log lines and the progress line of long commands, both on stderr.
 *
 * Log lines are logfmt or JSON, one event a line, values escaped. The progress line is drawn only
 * on a terminal and is wiped before a log line is written. */
#ifndef KANSEN_CLI_LOG_H
#define KANSEN_CLI_LOG_H

#include <stdint.h>

#include "config/options.h"
#include "kansen/log.h"
#include "kansen/status.h"

/* Reads --log-format. The logger lives as long as the program. */
enum status log_open(const struct options *options, const struct logger **out,
                     struct error *error) MUST_CHECK;

/* Redraws the progress line, at most ten times a second; does nothing when stderr is no terminal.
 * done of total (0: unknown, then no bar is drawn), with a text of what was done. */
void log_progress(int64_t done, int64_t total, const char *text);
/* Wipes it. */
void log_progress_end(void);

#endif
