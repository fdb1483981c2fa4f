/* What may be said of records and of months in a row: see struct trend_figures. */
#ifndef KANSEN_STATS_TREND_H
#define KANSEN_STATS_TREND_H

#include "stats/figures.h"

/* Fills figures->trend from the window and figures->history. */
void trend_find(struct figures *figures);

#endif
