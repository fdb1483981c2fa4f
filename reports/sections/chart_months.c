#include "reports/sections/charts.h"
#include "reports/sections/periods.h"

#define YEAR 12

static const char *text_of(struct draft *draft, const struct period *period, int64_t value)
{
    if (!period->known)
        return draft_message(draft, MESSAGE_NO_DATA);
    return language_number(draft->language, draft->phrases, value);
}

static int64_t sum_of(const struct figures *figures, const struct period *period)
{
    int64_t sum = 0;

    for (size_t i = 0; i < period->count; i++)
        sum += figures->months[period->first + i].infections;
    return sum;
}

static void add_columns(struct draft *draft, struct chart *chart, const struct periods *periods)
{
    struct chart_value *values = draft_add_series(draft, chart, NULL);

    for (size_t i = 0; values != NULL && i < periods->count; i++) {
        const struct period *period = &periods->list[i];

        values[i].value = sum_of(draft->figures, period);
        values[i].text = text_of(draft, period, values[i].value);
        values[i].mark = !period->known ? CHART_MARK_MISSING
                         : period->open ? CHART_MARK_OPEN
                                        : CHART_MARK_PLAIN;
    }
}

/* Of a period a year earlier; -1 when one of its months was not complete. */
static int64_t sum_before(const struct figures *figures, const struct period *period)
{
    int64_t sum = 0;

    for (size_t i = 0; i < period->count; i++) {
        const struct month_figures *before =
            figures_month(figures, figures->months[period->first + i].month - YEAR);

        if (before == NULL || before->state != MONTH_COMPLETE)
            return -1;
        sum += before->infections;
    }
    return sum;
}

static bool has_before(const struct figures *figures, const struct periods *periods)
{
    for (size_t i = 0; i < periods->count; i++)
        if (sum_before(figures, &periods->list[i]) >= 0)
            return true;
    return false;
}

static void add_line(struct draft *draft, struct chart *chart, const struct periods *periods)
{
    struct chart_value *values =
        draft_add_series(draft, chart, periods_say(draft, periods, MESSAGE_YEAR_BEFORE));

    for (size_t i = 0; values != NULL && i < periods->count; i++) {
        int64_t sum = sum_before(draft->figures, &periods->list[i]);

        values[i].value = sum < 0 ? 0 : sum;
        values[i].mark = sum < 0 ? CHART_MARK_MISSING : CHART_MARK_PLAIN;
    }
    chart->series[0].name = draft->document->window;
}

void charts_add_months(struct draft *draft)
{
    struct periods periods;

    periods_make(draft, &periods);

    struct chart *chart =
        draft_add_chart(draft, CHART_COLUMNS, "monthly",
                        periods_title(draft, &periods, draft_message(draft, MESSAGE_CHART_MONTHS)));

    for (size_t i = 0; i < periods.count; i++)
        draft_add_point(draft, chart, &periods.list[i].point);
    chart->heading = draft_message(draft, MESSAGE_PERIOD);
    chart->open = periods_say(draft, &periods, MESSAGE_CHART_OPEN);
    add_columns(draft, chart, &periods);
    chart->column = COLUMN_INFECTIONS;
    if (!draft->phrases->failed && has_before(draft->figures, &periods))
        add_line(draft, chart, &periods);
}
