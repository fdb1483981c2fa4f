/* Files of dropped months among those that `kansen load` is given: their events go back to where
 * they were, uncounted, since their counts stayed (retention/restore.h). */
#ifndef KANSEN_CLI_LOAD_RESTORES_H
#define KANSEN_CLI_LOAD_RESTORES_H

#include <stdint.h>

#include "kansen/log.h"
#include "kansen/status.h"

struct load_restores;

/* NULL when memory is short. Borrows both. No connection is made before a file is looked at. */
struct load_restores *load_restores_new(const char *conninfo, const struct logger *logger);
void load_restores_free(struct load_restores *restores);

/* First day of the month that the file restores (since 1970), 0: of none. */
int32_t load_restores_of(struct load_restores *restores, const char *path);

/* Everything is stored: opens the months whose events are all there, and says of each how it is. */
void load_restores_end(struct load_restores *restores);

#endif
