/* --from and --to. */
#ifndef KANSEN_CLI_MONTH_OPTION_H
#define KANSEN_CLI_MONTH_OPTION_H

#include "config/options.h"
#include "kansen/month.h"
#include "kansen/status.h"

/* Reads --NAME, a month; *out keeps its value when it is not given. STATUS_REJECT for what is none:
 * the message says what was probably meant. */
enum status month_option(const struct options *options, const char *name, month_t *out,
                         struct error *error) MUST_CHECK;

#endif
