/* The charts that sections have: figures become plain data of charts, one function a chart.
 *
 * Each adds its chart to the section when there is something to show, and leaves it out
 * otherwise. */
#ifndef KANSEN_REPORTS_SECTIONS_CHARTS_H
#define KANSEN_REPORTS_SECTIONS_CHARTS_H

#include "reports/sections/draft.h"

/* More bars than these and the rest are too many for a page. */
#define CHARTS_BARS_MAX 40

/* Infections of each month; the year before as a line, where it is complete. */
void charts_add_months(struct draft *draft);

/* Those below are about the values of draft->dimension; nothing of one that was not asked for. */

/* Shares of the values that are ranked, and of the rest. */
void charts_add_shares(struct draft *draft);

/* The same on a map, also of countries that are not ranked. */
void charts_add_map(struct draft *draft);

/* The section's table of rates: of countries on a map, of other values as bars. */
void charts_add_rates(struct draft *draft);
void charts_add_rates_map(struct draft *draft);

/* The first values of each month upon each other, and the rest. */
void charts_add_stacks(struct draft *draft);

/* What values gained and lost against draft->base, when that is the first of the bases that is
 * known: one such chart is enough. */
void charts_add_changes(struct draft *draft);

#endif
