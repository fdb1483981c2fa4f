/* Infections per 1,000 active machines: what a fleet's heartbeats add to the figures.
 *
 * A rate is a whole number of hundredths, rounded to the nearest: 14713 is 147.13 per 1,000. That
 * of the window sets the sum of the months' infections against the sum of their active machines, so
 * that a machine counts once a month on both sides, also where the report counts it once. */
#ifndef KANSEN_STATS_RATES_H
#define KANSEN_STATS_RATES_H

#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"

/* Values with fewer active machines a month are not ranked by rate, unless it is said otherwise:
 * one infection more would be a large step. */
#define RATE_MINIMUM_DEFAULT 100

/* Hundredths of an infection per 1,000 active machines; -1 without any. */
int64_t rates_of(int64_t infections, int64_t active);

/* Fills what figures.h says of rates: active machines of months and lines, ranks, coverage. Behind
 * the dimensions, whose lines must be loaded. Without heartbeats nothing is filled. */
enum status rates_load(struct db *db, int64_t minimum, struct figures *figures,
                       struct error *error) MUST_CHECK;

/* Are the active machines of any month of the window known? */
bool rates_has_months(const struct figures *figures);

/* Ranks the lines by rate, those that have `minimum` active machines a month, and no fewer than may
 * be shown (suppress_below) in all; equal rates by value. */
void rates_rank(struct dimension_figures *dimension, int64_t minimum, size_t months,
                int64_t suppress_below);

/* Lines whose active machines are known and too few to be ranked; without those that have too few
 * to be shown. */
size_t rates_below(const struct dimension_figures *dimension, int64_t suppress_below);

#endif
