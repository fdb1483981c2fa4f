#include "reports/findings/rules.h"

void rule_total(struct telling *telling)
{
    const struct figures *figures = telling->figures;
    struct message_argument total = telling_count(telling, "total", figures->total);
    struct message_argument months =
        telling_count(telling, "months", (int64_t)figures->month_count);
    const char *name = telling_period(telling, figures->from, figures->to);
    struct message_argument window = telling_text("window", name);

    if (figures->total == 0)
        tell(telling, WEIGHT_NEEDED,
             figures_know_nothing(figures) ? MESSAGE_TOTAL_NO_DATA : MESSAGE_TOTAL_NONE,
             MESSAGE_ARGUMENTS(window, months));
    else if (figures->month_count == 1)
        tell(telling, WEIGHT_NEEDED, MESSAGE_TOTAL_OF_MONTH,
             MESSAGE_ARGUMENTS(total, telling_text("month", name)));
    else
        tell(telling, WEIGHT_NEEDED, figures->unique ? MESSAGE_TOTAL_UNIQUE : MESSAGE_TOTAL_SUM,
             MESSAGE_ARGUMENTS(total, window));
}

/* Months of which nothing is known, although something is of one before: which ones, when they
 * follow each other, else how many. The table of months shows them all. */
static void tell_gaps(struct telling *telling)
{
    const struct figures *figures = telling->figures;
    size_t count = figures_months_of(figures, MONTH_NO_DATA);
    size_t first = 0;

    while (figures->months[first].state != MONTH_NO_DATA)
        first++;
    for (size_t i = first; i < first + count; i++) {
        if (figures->months[i].state == MONTH_NO_DATA)
            continue;
        tell(telling, WEIGHT_NEEDED, MESSAGE_NO_DATA_MONTHS,
             MESSAGE_ARGUMENTS(telling_words(telling, "months", (int64_t)count)));
        return;
    }
    tell(telling, WEIGHT_NEEDED, MESSAGE_NO_DATA_OF,
         MESSAGE_ARGUMENTS(
             telling_text("window", telling_period(telling, figures->months[first].month,
                                                   figures->months[first + count - 1].month)),
             telling_count(telling, "months", (int64_t)count)));
}

/* The sum is not one of all months of the window: it begins before the first event, or has gaps. */
void rule_no_data(struct telling *telling)
{
    const struct figures *figures = telling->figures;
    size_t known = 0;

    if (figures_know_nothing(figures))
        return;
    if (figures_have_gap(figures)) {
        tell_gaps(telling);
        return;
    }

    while (known < figures->month_count && figures->months[known].state == MONTH_NO_DATA)
        known++;
    if (known > 0 && known < figures->month_count)
        tell(telling, WEIGHT_NEEDED, MESSAGE_NO_DATA_BEFORE,
             MESSAGE_ARGUMENTS(
                 telling_text("month", telling_month(telling, figures->months[known].month))));
}

void rule_provisional(struct telling *telling)
{
    if (figures_months_of(telling->figures, MONTH_PROVISIONAL) > 0)
        tell(telling, WEIGHT_NEEDED, MESSAGE_PROVISIONAL, MESSAGE_NO_ARGUMENTS);
}
