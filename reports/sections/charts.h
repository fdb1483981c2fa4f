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

/* Shares of the countries that are ranked, and of the rest. */
void charts_add_shares(struct draft *draft);

/* The same on a map, also of countries that are not ranked. */
void charts_add_map(struct draft *draft);

/* Infections per 1,000 active machines on a map, when they are known. */
void charts_add_rates(struct draft *draft);

/* The first countries of each month upon each other, and the rest. */
void charts_add_stacks(struct draft *draft);

/* What countries gained and lost against the first of the bases that is known. */
void charts_add_changes(struct draft *draft);

#endif
