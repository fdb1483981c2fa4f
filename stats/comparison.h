/* The window against what was before: which periods may be compared, and how each value stood in
 * them. */
#ifndef KANSEN_STATS_COMPARISON_H
#define KANSEN_STATS_COMPARISON_H

#include "kansen/status.h"
#include "stats/figures.h"

/* Fills figures->comparisons from the window, figures->history and figures->trend: periods, sums
 * over months, and whether both sides are complete. */
void comparison_choose(struct figures *figures);

/* Of what counts are known in a comparison. When two months are compared, the other months of the
 * window are left: whoever knows the window and these two knows their sum. */
enum comparison_side { SIDE_NOW, SIDE_BEFORE, SIDE_REST, SIDES };

/* All known values of each side, whether they are listed or not. */
struct comparison_sides {
    int64_t infections[SIDES];
    size_t values[SIDES]; /* that are there */
    size_t small[SIDES];  /* that are there, and below the minimum size */
};

/* Of a dimension whose lines are all there, in any order, with against[base].now and .before: fills
 * ranks, shares, listed[base] and left[base]. Nothing when the comparison is not known.
 * STATUS_FATAL when memory is short. */
enum status comparison_rank(const struct figures *figures, struct dimension_figures *dimension,
                            enum base base, size_t top, struct comparison_sides *out,
                            struct error *error) MUST_CHECK;

/* What the line has in the months of the window that the comparison of two months leaves out; 0 of
 * another comparison. */
int64_t comparison_rest(const struct figures *figures, const struct line_figures *line,
                        enum base base);

/* Once the dimension is ranked, and by_month knows which months are shown: says of each line and
 * base whether it is shown, and drops from left what is not. With a minimum size, a row with a
 * small side is hidden, and so many go with it that what is hidden on each side is two values at
 * least, which add up to the minimum at least. Hidden is what no table shows: a row of the window
 * must be one that the ranking may list, and what stands month by month is known here, too. */
void comparison_show(const struct figures *figures, struct dimension_figures *dimension,
                     const struct comparison_sides sides[BASES]);

/* By how much `after` is more than `before`, in hundredths of a percent or in whole percent, each
 * rounded to the nearest (halves away from zero); negative when it is less. before is not 0. */
int64_t comparison_hundredths(int64_t before, int64_t after);
int64_t comparison_percent(int64_t before, int64_t after);

#endif
