/* --every SECONDS: a command that does its work again and again, for whoever keeps processes and no
 * timetable.
 *
 * A round says all it has to say, as if it were the only one; what the round before has said is
 * left out, so that a log tells of what has changed. After a day all of it is said again. In
 * warnings and errors figures don't count: that a partition lags is news once, and not with each
 * minute. */
#ifndef KANSEN_CLI_ROUNDS_H
#define KANSEN_CLI_ROUNDS_H

#include "config/options.h"
#include "kansen/status.h"

/* Returns a sysexits code, with the message of one that isn't EX_OK. */
typedef int rounds_do(const struct options *options, struct error *error);

/* Does it once, or with --every until a signal; a round that failed is said, and the next one comes
 * after ten minutes at the latest. The code of the only round; of several, only that of mistakes in
 * the options (EX_USAGE), of standard output, or of a wait for PostgreSQL that was interrupted. */
int rounds_run(const struct options *options, const char *command, rounds_do *one,
               struct error *error);

#endif
