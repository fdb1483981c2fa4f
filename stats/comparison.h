/* The window against what was before: which periods may be compared, and how each value stood in
 * them. */
#ifndef KANSEN_STATS_COMPARISON_H
#define KANSEN_STATS_COMPARISON_H

#include "kansen/status.h"
#include "stats/figures.h"

/* Fills figures->comparisons from the window, figures->history and figures->trend: periods, sums
 * over months, and whether both sides are complete. */
void comparison_choose(struct figures *figures);

/* Of both sides of a comparison, what is known: counts of known values, and how many there are. */
struct comparison_sides {
    int64_t infections[2]; /* now, before */
    size_t values[2];
};

/* Of a dimension whose lines are all there, in any order, with against[base].now and .before: fills
 * ranks, shares, listed[base] and left[base]. Nothing when the comparison is not known.
 * STATUS_FATAL when memory is short. */
enum status comparison_rank(const struct figures *figures, struct dimension_figures *dimension,
                            enum base base, size_t top, struct comparison_sides *out,
                            struct error *error) MUST_CHECK;

/* Once the dimension is ranked: says of each line and base whether it is shown, and drops from left
 * what is not. With a minimum size, a small side hides a row, and so many rows go with it that what
 * is hidden is two values of the side at least, which add up to the minimum at least. */
void comparison_show(const struct figures *figures, struct dimension_figures *dimension,
                     const struct comparison_sides sides[BASES]);

/* By how much `after` is more than `before`, in hundredths of a percent or in whole percent, each
 * rounded to the nearest (halves away from zero); negative when it is less. before is not 0. */
int64_t comparison_hundredths(int64_t before, int64_t after);
int64_t comparison_percent(int64_t before, int64_t after);

#endif
