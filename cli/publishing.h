/* One edition as the options of `kansen publish` have it: made, or refused with what to do instead;
 * said, and its files named. */
#ifndef KANSEN_CLI_PUBLISHING_H
#define KANSEN_CLI_PUBLISHING_H

#include "cli/command.h"
#include "reports/template/template.h"
#include "sql/db.h"
#include "stats/load.h"

/* Is the template that of --template, and not that of the edition before? With --restate, what the
 * environment or a file says for all commands doesn't count, as with all other options. */
bool publishing_brings_template(const struct options *options);

/* Publishes the threat and window, when it is our turn (edition_turn). `given` is the template of
 * publishing_brings_template, NULL for none. With --due an edition that somebody else has made
 * meanwhile is all right. EX_OK, or the code to end with. */
int publishing_window(struct db *db, const struct options *options, const struct template *given,
                      const struct stats_request *window, struct error *error);

#endif
