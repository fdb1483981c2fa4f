/* Which whole numbers an option can be: for the commands that take it, and for `kansen config`,
 * which only looks. */
#ifndef KANSEN_CLI_OPTION_BOUNDS_H
#define KANSEN_CLI_OPTION_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/options.h"
#include "kansen/status.h"

/* Days that --max-age and --max-ahead can be, at most: 100 years. */
#define OPTION_DAYS_MAX 36525

/* --max-age of workers, in days, unless they are told otherwise. */
#define OPTION_MAX_AGE_DAYS 400

/* Is the option a whole number? */
bool option_has_bounds(const char *name);

/* The value of such an option; *out keeps its value when it was given nowhere. STATUS_REJECT: it is
 * no number, or not one between its bounds, which the message names. */
enum status option_bounded(const struct options *options, const char *name, int64_t *out,
                           struct error *error) MUST_CHECK;

#endif
