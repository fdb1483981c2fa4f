/* Shares of a dimension's values: who is ranked, what is "other", and percentages that add up to
 * 100.00.
 *
 * The only place where percentages of a total are computed. Largest remainder, on integers: each
 * line gets its share rounded down to a hundredth of a percent, and the hundredths that are left
 * go to the lines that lost most; of equal ones, to the earlier line. */
#ifndef KANSEN_STATS_SHARES_H
#define KANSEN_STATS_SHARES_H

#include "kansen/status.h"
#include "stats/figures.h"

/* The ranked lines and "other". */
#define SHARES_LINES_MAX (FIGURES_TOP_MAX + 1)

/* shares[i] becomes the share of parts[i] in their sum. They add up to SHARE_WHOLE, or are all zero
 * when the parts are. Parts are not negative, their sum fits 64 bits, count <= SHARES_LINES_MAX. */
void shares_split(const int64_t *parts, size_t count, int32_t *shares);

/* A part's share rounded to the nearest hundredth; 0 of nothing. Shares of several parts need not
 * add up. */
int32_t shares_nearest(int64_t part, int64_t total);

/* False of the values that never rank: the unknown one and the one beyond the bound. */
bool shares_is_known(enum dimension dimension, const char *value);

/* How many of these counts, the largest first, are listed: `top` at most, none below `minimum`.
 * When one is below, what may not be listed by any `top` is two counts at least that add up to
 * `minimum` at least, so that none of them can be had by subtraction; counts that are equal then go
 * together. */
size_t shares_cut(const int64_t *counts, size_t count, size_t top, int64_t minimum);

/* Takes the dimension's lines in any order, the unknown value and the one beyond the bound among
 * them, no value twice, and ranks: most infections first, equal ones by value in C order, as many
 * as shares_cut lists. Fills total, lines (known ones with infections that may be seen,
 * FIGURES_TOP_MAX at most), ranked, tie and other. STATUS_FATAL for a count that can't be. */
enum status shares_rank(struct dimension_figures *dimension, size_t top, int64_t minimum,
                        struct error *error) MUST_CHECK;

/* Whether part is more than `percent` hundredths of total, exactly. */
bool shares_exceeds(int64_t part, int64_t total, int percent);

#endif
