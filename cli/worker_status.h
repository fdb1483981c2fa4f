/* `kansen status --worker`: asks one worker how it is, as a health check does. */
#ifndef KANSEN_CLI_WORKER_STATUS_H
#define KANSEN_CLI_WORKER_STATUS_H

#include "config/options.h"
#include "kansen/status.h"

/* Prints what the worker at --worker says. EX_OK: it is ready; EX_UNAVAILABLE: it is not, or nobody
 * answers there. */
int worker_status_print(const struct options *options, struct error *error);

#endif
