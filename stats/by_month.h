/* A dimension's values month by month, and which of them may be seen. */
#ifndef KANSEN_STATS_BY_MONTH_H
#define KANSEN_STATS_BY_MONTH_H

#include "kansen/status.h"
#include "stats/figures.h"

/* Of a ranked dimension whose lines have their months: fills months_shown and other_months. With a
 * minimum size, a line with a smaller month is hidden as a whole; while only one value is hidden,
 * or all that is hidden in a month is smaller than that, the last line that is shown goes too.
 * STATUS_FATAL when memory is short. */
enum status by_month_show(const struct figures *figures, struct dimension_figures *dimension,
                          struct error *error) MUST_CHECK;

#endif
