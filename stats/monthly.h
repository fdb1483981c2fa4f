/* Counts by month: a row for each month of the window. */
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

#endif
