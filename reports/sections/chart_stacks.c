#include "reports/sections/charts.h"
#include "reports/sections/periods.h"

/* As many values as can be told apart; the rest lie upon them. */
#define LINES_MAX (CHART_SERIES_MAX - 1)

/* The first of the lines whose months may be seen; returns how many. */
static size_t choose_lines(const struct dimension_figures *dimension,
                           const struct line_figures *chosen[LINES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < dimension->ranked && count < LINES_MAX; i++)
        if (dimension->lines[i].months != NULL && dimension->lines[i].months_shown)
            chosen[count++] = &dimension->lines[i];
    return count;
}

static int64_t total_of(const struct figures *figures, const struct period *period)
{
    int64_t sum = 0;

    for (size_t i = 0; i < period->count; i++)
        sum += figures->months[period->first + i].infections;
    return sum;
}

static enum chart_mark mark_of(const struct period *period)
{
    if (!period->known)
        return CHART_MARK_MISSING;
    return period->open ? CHART_MARK_OPEN : CHART_MARK_PLAIN;
}

static void add_points(struct draft *draft, struct chart *chart, struct periods *periods)
{
    for (size_t i = 0; i < periods->count; i++) {
        struct period *period = &periods->list[i];

        period->point.total = period->known ? language_number(draft->language, draft->phrases,
                                                              total_of(draft->figures, period))
                                            : draft_message(draft, MESSAGE_NO_DATA);
        draft_add_point(draft, chart, &period->point);
    }
}

/* What the chosen lines leave. */
static void add_rest(struct draft *draft, struct chart *chart, const struct periods *periods,
                     size_t lines)
{
    struct chart_value *rest =
        draft_add_series(draft, chart, draft_message(draft, MESSAGE_REST_OF_LINES));

    if (rest == NULL)
        return;
    chart->series[lines].rest = true;
    for (size_t i = 0; i < periods->count; i++) {
        rest[i] = (struct chart_value){.value = total_of(draft->figures, &periods->list[i]),
                                       .mark = mark_of(&periods->list[i])};
        for (size_t j = 0; j < lines; j++)
            rest[i].value -= chart->series[j].values[i].value;
    }
}

void charts_add_stacks(struct draft *draft)
{
    const struct line_figures *lines[LINES_MAX];
    size_t count = choose_lines(draft_dimension(draft), lines);
    struct periods periods;

    if (count == 0 || draft->figures->month_count < 2)
        return;
    periods_make(draft, &periods);

    struct chart *chart = draft_add_chart(
        draft, CHART_STACKS, draft_chart_name(draft, "stacked"),
        periods_title(draft, &periods, draft_say_dimension(draft, MESSAGE_CHART_STACKS)));

    chart->heading = draft_message(draft, MESSAGE_PERIOD);
    chart->open = periods_say(draft, &periods, MESSAGE_CHART_OPEN);
    add_points(draft, chart, &periods);
    for (size_t i = 0; i < count; i++) {
        struct chart_value *values =
            draft_add_series(draft, chart, draft_value(draft, draft->dimension, lines[i]->value));

        for (size_t j = 0; values != NULL && j < periods.count; j++)
            values[j] =
                (struct chart_value){.value = periods_sum(&periods.list[j], lines[i]->months),
                                     .mark = mark_of(&periods.list[j])};
    }
    add_rest(draft, chart, &periods, count);
}
