/* `kansen report` without options: the last complete month of each threat, on a terminal. */
#ifndef KANSEN_CLI_REPORT_GLANCE_H
#define KANSEN_CLI_REPORT_GLANCE_H

#include <stdbool.h>

#include "cli/command.h"

/* Whether nothing is asked for that needs files, a format, or a window. */
bool report_glance_is_meant(const struct options *options);

/* EX_OK, or the code to end with. */
int report_glance(const struct options *options, struct error *error);

#endif
