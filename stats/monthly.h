/* Counts by month: a row for each month of the window, and how one month compares with another. */
#ifndef KANSEN_STATS_MONTHLY_H
#define KANSEN_STATS_MONTHLY_H

#include "kansen/status.h"
#include "stats/figures.h"

/* STATUS_REJECT when from lies after to or the window is longer than FIGURES_MONTHS_MAX; the
 * message names both. */
enum status monthly_check_window(month_t from, month_t to, struct error *error) MUST_CHECK;

/* Makes figures->months from figures->from and ->to, all zero. STATUS_FATAL when memory is short.
 */
enum status monthly_init(struct figures *figures, struct error *error) MUST_CHECK;

/* Adds one month's counts to its row and to the sums. STATUS_FATAL for counts that can't be: a
 * month outside the window, a negative count, a sum beyond 64 bits. */
enum status monthly_add(struct figures *figures, const struct month_figures *counts,
                        struct error *error) MUST_CHECK;

/* How much `after` differs from `before`, in hundredths of a percent of `before`, rounded to the
 * nearest, without a sign. -1 when that says nothing: before is 0, or after is more than ten times
 * as large. */
int64_t monthly_change(int64_t before, int64_t after);

#endif
