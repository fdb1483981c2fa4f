/* The window's months as a chart of time shows them: each one, or quarters or years where a page
 * has no room for so many. */
#ifndef KANSEN_REPORTS_SECTIONS_PERIODS_H
#define KANSEN_REPORTS_SECTIONS_PERIODS_H

#include "reports/sections/draft.h"

/* What a page holds side by side. */
#define PERIODS_MAX 40

/* Months are joined above this: twelve are read better than forty, and three years still are. */
#define PERIODS_MONTHS_MAX 36

struct period {
    size_t first;             /* of the window's months */
    size_t count;             /* how many */
    struct chart_point point; /* what it is called */
    bool open;                /* a month is provisional, or missing from the quarter or year */
    bool known;               /* something is known of one month at least */
};

struct periods {
    struct period list[PERIODS_MAX + 2];
    size_t count;
    int months; /* in each: 1, 3 or 12 */
};

/* Periods of the window; a window of FIGURES_MONTHS_MAX fits. */
void periods_make(struct draft *draft, struct periods *out);

/* A message whose words depend on how many months a period has. */
const char *periods_say(struct draft *draft, const struct periods *periods, enum message message);

/* A chart's title that says what its columns are, when they aren't months. */
const char *periods_title(struct draft *draft, const struct periods *periods, const char *title);

/* The sum of an array that has a value for each month of the window. */
int64_t periods_sum(const struct period *period, const int64_t *months);

#endif
