/* Reads what infections of the window, and of what it is compared with, are counted by. */
#ifndef KANSEN_STATS_DIMENSION_LOAD_H
#define KANSEN_STATS_DIMENSION_LOAD_H

#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"

/* Of figures whose months, history and comparisons are there: fills the dimension, which says which
 * one it is; of countries also figures->total and ->machines, and the sums of comparisons when the
 * report is unique. STATUS_RETRY: months of it are still being counted. STATUS_FATAL for counts
 * that can't be. */
enum status dimension_load(struct db *db, size_t top, struct figures *figures,
                           struct dimension_figures *dimension, struct error *error) MUST_CHECK;

#endif
