#include "reports/findings/rules.h"

/* Up to this many months, each is compared with the one before it. */
#define EVERY_CHANGE_MONTHS_MAX 4

static bool is_complete(const struct figures *figures, size_t index)
{
    return figures->months[index].state == MONTH_COMPLETE;
}

/* What the months that are compared are. */
static struct message_argument scope(const struct telling *telling)
{
    const struct figures *figures = telling->figures;
    bool all = figures_months_of(figures, MONTH_COMPLETE) == figures->month_count;

    return telling_text("scope", all ? "all" : "complete");
}

/* The complete months with the highest or the lowest count; one at least is complete. */
struct extreme {
    size_t index; /* the first of them */
    size_t months;
    int64_t infections;
};

static struct extreme find_extreme(const struct figures *figures, bool highest)
{
    struct extreme found = {0, 0, 0};

    for (size_t i = 0; i < figures->month_count; i++) {
        int64_t infections = figures->months[i].infections;

        if (!is_complete(figures, i))
            continue;
        if (found.months == 0 ||
            (highest ? infections > found.infections : infections < found.infections))
            found = (struct extreme){i, 0, infections};
        found.months += infections == found.infections;
    }
    return found;
}

static const char *month_at(const struct telling *telling, size_t index)
{
    return telling_month(telling, telling->figures->months[index].month);
}

static void tell_extreme(struct telling *telling, const struct extreme *extreme, enum message alone,
                         enum message shared)
{
    struct message_argument infections = telling_count(telling, "infections", extreme->infections);

    if (extreme->months == 1)
        tell(telling, WEIGHT_NEWS, alone,
             MESSAGE_ARGUMENTS(telling_text("month", month_at(telling, extreme->index)), infections,
                               scope(telling)));
    else
        tell(telling, WEIGHT_DETAIL, shared,
             MESSAGE_ARGUMENTS(telling_words(telling, "months", (int64_t)extreme->months),
                               infections, scope(telling)));
}

/* Of two months that follow each other, how the second differs from the first says it all. */
static bool is_one_change(const struct figures *figures)
{
    size_t first = 0;

    while (!is_complete(figures, first))
        first++;
    return figures_months_of(figures, MONTH_COMPLETE) == 2 && is_complete(figures, first + 1);
}

void rule_extremes(struct telling *telling)
{
    const struct figures *figures = telling->figures;

    if (figures->total == 0 || figures_months_of(figures, MONTH_COMPLETE) < 2 ||
        is_one_change(figures))
        return;

    struct extreme peak = find_extreme(figures, true);
    struct extreme low = find_extreme(figures, false);

    if (peak.infections == low.infections) {
        tell(telling, WEIGHT_NEWS, MESSAGE_EVERY_MONTH,
             MESSAGE_ARGUMENTS(telling_count(telling, "infections", peak.infections),
                               scope(telling)));
    } else if (peak.months == 1 && low.months == 1) {
        tell(telling, WEIGHT_NEWS, MESSAGE_PEAK_AND_LOW,
             MESSAGE_ARGUMENTS(telling_text("peak_month", month_at(telling, peak.index)),
                               telling_count(telling, "peak", peak.infections),
                               telling_text("low_month", month_at(telling, low.index)),
                               telling_count(telling, "low", low.infections), scope(telling)));
    } else {
        tell_extreme(telling, &peak, MESSAGE_PEAK, MESSAGE_PEAK_SHARED);
        tell_extreme(telling, &low, MESSAGE_LOW, MESSAGE_LOW_SHARED);
    }
}

static void tell_change_at(struct telling *telling, size_t first, size_t second, enum weight weight)
{
    const struct month_figures *months = telling->figures->months;

    telling_changed(telling, weight, months[first].month, months[first].infections,
                    months[second].month, months[second].infections);
}

/* Between months that follow each other; in a long window, over all of it and at its end. */
void rule_changes(struct telling *telling)
{
    const struct figures *figures = telling->figures;
    bool each = figures->month_count <= EVERY_CHANGE_MONTHS_MAX;
    size_t first = 0;
    size_t last = figures->month_count - 1;

    if (figures->total == 0 || figures_months_of(figures, MONTH_COMPLETE) < 2)
        return;
    while (!is_complete(figures, first))
        first++;
    while (!is_complete(figures, last))
        last--;

    struct extreme peak = find_extreme(figures, true);

    if (!is_one_change(figures) && peak.infections == find_extreme(figures, false).infections)
        return; /* every month had the same count: said already */
    if (!each && last - first > 1)
        tell_change_at(telling, first, last, WEIGHT_DETAIL);
    for (size_t i = each ? first : last - 1; i < last; i++)
        if (is_complete(figures, i) && is_complete(figures, i + 1))
            tell_change_at(telling, i, i + 1, i + 1 == last ? WEIGHT_NEWS : WEIGHT_DETAIL);
}
