/* Whether an edition is there after all, when the connection was lost before COMMIT was answered.
 */
#ifndef KANSEN_EDITIONS_COMMITTED_H
#define KANSEN_EDITIONS_COMMITTED_H

#include <stdbool.h>

#include "editions/catalogue.h"
#include "kansen/status.h"

/* Asks over a connection of its own, once PostgreSQL has done with the one that was lost. `edition`
 * has threat, window, number and digest of the figures. STATUS_RETRY: PostgreSQL is away for longer
 * than COMMITTED_TRIES seconds, or the user would not wait. */
#define COMMITTED_TRIES 5
enum status committed_find_out(const char *conninfo, const struct edition *edition, bool *is_there,
                               struct error *error) MUST_CHECK;

#endif
