/* Reads what can be said of each month of a window, and which Kafka partitions hold one back. */
#ifndef KANSEN_STATS_COMPLETENESS_LOAD_H
#define KANSEN_STATS_COMPLETENESS_LOAD_H

#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"

/* Of figures whose window, months, time zone and completeness.judged are set. */
enum status completeness_load(struct db *db, struct figures *figures,
                              struct error *error) MUST_CHECK;

#endif
