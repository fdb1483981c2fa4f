/* Which threat a report is about: its name, what it is called in each language, its patterns. */
#ifndef KANSEN_STATS_THREAT_LOAD_H
#define KANSEN_STATS_THREAT_LOAD_H

#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"

/* Only whether it can be reported: its name, which the caller frees; on an error as threat_load. */
enum status threat_find(struct db *db, const char *wanted, char **out,
                        struct error *error) MUST_CHECK;

/* wanted is NULL for the only one that is defined. STATUS_REJECT: no such threat, or more than one
 * to choose from. STATUS_RETRY: it is still being counted. */
enum status threat_load(struct db *db, const char *wanted, struct figures *figures,
                        struct error *error) MUST_CHECK;

#endif
