/* The kinds of charts, one file each; reports/charts/chart.c has their table. Each writes an SVG.
 */
#ifndef KANSEN_REPORTS_CHARTS_KINDS_H
#define KANSEN_REPORTS_CHARTS_KINDS_H

#include "reports/charts/frame.h"

/* Columns side by side; the second series is a line of steps over them. */
void kind_columns(const struct drawing *drawing);

/* Columns of series that lie upon each other, the first below. */
void kind_stacks(const struct drawing *drawing);

/* Bars below each other; of changes, to both sides of a zero. */
void kind_bars(const struct drawing *drawing);

/* Countries in the shade of their step. */
void kind_map(const struct drawing *drawing);

#endif
