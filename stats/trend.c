#include "stats/trend.h"

/* NULL when it is not complete or not known. */
static const struct month_figures *complete_month(const struct figures *figures, month_t month)
{
    const struct month_figures *found = figures_month(figures, month);

    return found != NULL && found->state == MONTH_COMPLETE ? found : NULL;
}

/* How many months in a row, up to the trend's, each had more (sign 1) or fewer (-1) than the one
 * before. */
static int32_t count_row(const struct figures *figures, int sign)
{
    int32_t row = 0;

    for (month_t month = figures->trend.month; month > figures->trend.since; month--) {
        int64_t now = figures_month(figures, month)->infections;
        int64_t before = figures_month(figures, month - 1)->infections;

        if (sign > 0 ? now <= before : now >= before)
            break;
        row++;
    }
    return row;
}

void trend_find(struct figures *figures)
{
    struct trend_figures *trend = &figures->trend;
    month_t month = figures->to;

    *trend = (struct trend_figures){.month = -1, .since = -1, .as_high = -1, .as_low = -1};
    while (month >= figures->from && complete_month(figures, month) == NULL)
        month--;
    if (month < figures->from)
        return;
    trend->month = month;
    trend->infections = figures_month(figures, month)->infections;
    for (trend->since = month; complete_month(figures, trend->since - 1) != NULL;)
        trend->since--;
    trend->whole = trend->since == figures->completeness.first_month;
    for (month_t earlier = trend->since; earlier < month; earlier++) {
        int64_t infections = figures_month(figures, earlier)->infections;

        if (infections >= trend->infections)
            trend->as_high = earlier;
        if (infections <= trend->infections)
            trend->as_low = earlier;
    }
    trend->rises = count_row(figures, 1);
    trend->falls = count_row(figures, -1);
}
