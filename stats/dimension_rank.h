/* Counts of a dimension's values -> its figures: shares, what was before, what is new, what may be
 * seen. */
#ifndef KANSEN_STATS_DIMENSION_RANK_H
#define KANSEN_STATS_DIMENSION_RANK_H

#include "kansen/status.h"
#include "stats/figures.h"

/* Of figures whose months, history, trend and comparisons are there, and of a dimension with all
 * its lines in any order, each with value, infections, cumulative, months, first_seen and, of each
 * base, against.now and .before. STATUS_FATAL for a count that can't be, or when memory is short.
 */
enum status dimension_rank(const struct figures *figures, struct dimension_figures *dimension,
                           size_t top, struct error *error) MUST_CHECK;

#endif
