/* Reads which Kafka partitions hold a window back. */
#ifndef KANSEN_STATS_COMPLETENESS_LOAD_H
#define KANSEN_STATS_COMPLETENESS_LOAD_H

#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"

/* Of figures whose time zone and completeness.judged are set. */
enum status completeness_load(struct db *db, struct figures *figures,
                              struct error *error) MUST_CHECK;

#endif
