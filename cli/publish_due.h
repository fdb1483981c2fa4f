/* `kansen publish --due`: the editions that are missing, and the files of those that are there. */
#ifndef KANSEN_CLI_PUBLISH_DUE_H
#define KANSEN_CLI_PUBLISH_DUE_H

#include "config/options.h"
#include "kansen/status.h"

/* One round: each threat of the arguments, or all that are defined. What goes wrong with one is
 * said, and the others are seen to all the same. EX_OK, or the worst of their codes. */
int publish_due(const struct options *options, struct error *error);

#endif
