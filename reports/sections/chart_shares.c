#include "reports/sections/charts.h"

static const char *percent(struct draft *draft, int64_t hundredths)
{
    return language_percent(draft->language, draft->phrases,
                            language_share(draft->language, draft->phrases, hundredths));
}

static void set_share(struct draft *draft, struct chart_value *value, int64_t share,
                      enum chart_mark mark)
{
    bool known = !figures_know_nothing(draft->figures);

    value->value = share;
    value->text = known ? percent(draft, share) : draft_message(draft, MESSAGE_NO_DATA);
    value->mark = known ? mark : CHART_MARK_MISSING;
}

/* What the first lines and "other" leave to be joined with it: shares that are printed add up. */
static int64_t rest_from(const struct dimension_figures *dimension, size_t first)
{
    int64_t rest = dimension->other.share;

    for (size_t i = first; i < dimension->ranked; i++)
        rest += dimension->lines[i].share;
    return rest;
}

static void add_points(struct draft *draft, struct chart *chart,
                       const struct dimension_figures *dimension, size_t shown)
{
    bool all = shown == dimension->ranked;

    for (size_t i = 0; i < shown; i++)
        draft_add_point(draft, chart,
                        &(struct chart_point){.label = draft_value(draft, draft->dimension,
                                                                   dimension->lines[i].value)});
    draft_add_point(draft, chart,
                    &(struct chart_point){.label = draft_message(
                                              draft, all ? MESSAGE_OTHER : MESSAGE_REST_OF_LINES)});
}

void charts_add_shares(struct draft *draft)
{
    const struct dimension_figures *dimension = draft_dimension(draft);
    size_t shown = dimension->ranked < CHARTS_BARS_MAX ? dimension->ranked : CHARTS_BARS_MAX;
    bool country = draft->dimension == DIMENSION_COUNTRY;
    struct chart *chart;
    struct chart_value *values;

    /* Without a value, "other" is all there is. */
    if (shown == 0 && !country)
        return;
    chart = draft_add_chart(draft, CHART_BARS,
                            country ? "countries" : draft_chart_name(draft, "shares"),
                            draft_first_of(draft, draft_say_dimension(draft, MESSAGE_CHART_SHARES),
                                           shown, dimension->ranked));
    chart->heading = draft_say_dimension(draft, MESSAGE_VALUE);
    add_points(draft, chart, dimension, shown);
    values = draft_add_series(draft, chart, NULL);
    if (values == NULL)
        return;
    for (size_t i = 0; i < shown; i++)
        set_share(draft, &values[i], dimension->lines[i].share, CHART_MARK_PLAIN);
    set_share(draft, &values[shown], rest_from(dimension, shown), CHART_MARK_OTHER);
    chart->column = COLUMN_SHARE;
}
