/* Why a window is not complete, in a sentence for whoever asked for one that is. */
#ifndef KANSEN_STATS_COMPLETENESS_H
#define KANSEN_STATS_COMPLETENESS_H

#include "stats/figures.h"

/* Writes what is missing of the window, cut to size. False: it is complete, and nothing is written.
 * A window before the first event is not: nobody has shown that anything would be stored. Nor is
 * one with a gap. */
bool completeness_explain(const struct figures *figures, char *out, size_t size);

#endif
