/* Deletes what was counted of a threat. */
#ifndef KANSEN_THREATS_SWEEP_H
#define KANSEN_THREATS_SWEEP_H

#include "sql/db.h"

/* Deletes what was counted of a threat in a month ("YYYY-MM-DD", its first day), of which nobody
 * counts anything meanwhile. */
enum status sweep_month(struct db *db, const char *threat_id, const char *month,
                        struct error *error) MUST_CHECK;

/* Deletes every definition that was removed, whoever removed it. */
enum status sweep_removed(struct db *db, struct error *error) MUST_CHECK;

#endif
