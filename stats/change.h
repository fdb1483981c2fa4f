/* How a change of a count is said, with no more precision than it has: in whole percent, in times,
 * or by the two counts alone. */
#ifndef KANSEN_STATS_CHANGE_H
#define KANSEN_STATS_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

/* Of fewer than so many, a single one is more than 10 %: percentages and times are not said. */
#define CHANGE_BASE_MIN 10

/* Past so many times, both counts tell more. */
#define CHANGE_TIMES_MAX 10

enum change_kind {
    CHANGE_NONE,    /* before and after are the same */
    CHANGE_COUNTS,  /* only that it rose or fell */
    CHANGE_PERCENT, /* by `amount` percent of before, 1 to 99, rounded to the nearest */
    CHANGE_TIMES,   /* it rose to `amount` times before, 2 to CHANGE_TIMES_MAX */
    CHANGE_HALF     /* it fell to exactly a half */
};

enum change_degree {
    CHANGE_EXACTLY,
    CHANGE_MORE_THAN, /* and less than amount + 1 times */
    CHANGE_ALMOST     /* to twice, rounded to a whole percent, and less */
};

struct change {
    enum change_kind kind;
    bool rose;
    int64_t amount;
    enum change_degree degree; /* of CHANGE_TIMES */
};

/* Neither is negative. */
struct change change_of(int64_t before, int64_t after);

#endif
