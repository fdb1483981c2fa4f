/* Reads the months: those of the window and all before it, with their counts and what can be said
 * of each. */
#ifndef KANSEN_STATS_HISTORY_LOAD_H
#define KANSEN_STATS_HISTORY_LOAD_H

#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"

/* Of figures whose threat, window and time zone are set: fills months, their sums, history,
 * completeness.first_month and first_day. STATUS_FATAL for counts that can't be. */
enum status history_load(struct db *db, struct figures *figures, struct error *error) MUST_CHECK;

#endif
