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
static int64_t rest_from(const struct dimension_figures *countries, size_t first)
{
    int64_t rest = countries->other.share;

    for (size_t i = first; i < countries->ranked; i++)
        rest += countries->lines[i].share;
    return rest;
}

static const char *title_of(struct draft *draft, size_t shown, size_t ranked)
{
    const char *title = draft_message(draft, draft->figures->unique ? MESSAGE_CHART_SHARES_UNIQUE
                                                                    : MESSAGE_CHART_SHARES);

    if (shown == ranked)
        return title;
    return language_say(draft->language, draft->phrases, MESSAGE_CHART_FIRST,
                        MESSAGE_ARGUMENTS(language_text("title", title),
                                          language_count(draft->language, draft->phrases, "count",
                                                         (int64_t)shown)));
}

void charts_add_shares(struct draft *draft)
{
    const struct dimension_figures *countries = figures_countries(draft->figures);
    size_t shown = countries->ranked < CHARTS_BARS_MAX ? countries->ranked : CHARTS_BARS_MAX;
    bool all = shown == countries->ranked;
    struct chart *chart =
        draft_add_chart(draft, CHART_BARS, "countries", title_of(draft, shown, countries->ranked));
    struct chart_value *values;

    for (size_t i = 0; i < shown; i++)
        draft_add_point(
            draft, chart,
            &(struct chart_point){.label = language_country(draft->language, draft->phrases,
                                                            countries->lines[i].value)});
    draft_add_point(draft, chart,
                    &(struct chart_point){.label = draft_message(
                                              draft, all ? MESSAGE_OTHER : MESSAGE_REST_OF_LINES)});
    values = draft_add_series(draft, chart, NULL);
    if (values == NULL)
        return;
    for (size_t i = 0; i < shown; i++)
        set_share(draft, &values[i], countries->lines[i].share, CHART_MARK_PLAIN);
    set_share(draft, &values[shown], rest_from(countries, shown), CHART_MARK_OTHER);
    chart->column = COLUMN_SHARE;
}
