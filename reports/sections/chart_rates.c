#include "reports/sections/charts.h"

/* Its rows stand in the order of their rates. */
static void add_bars(struct draft *draft, const struct table *table)
{
    size_t shown = table->row_count < CHARTS_BARS_MAX ? table->row_count : CHARTS_BARS_MAX;
    const char *title = draft_say_dimension(draft, MESSAGE_CHART_RATES_BY);
    struct chart *chart = draft_add_chart(draft, CHART_BARS, draft_chart_name(draft, "rates"),
                                          draft_first_of(draft, title, shown, table->row_count));
    struct chart_value *values;

    chart->heading = draft_say_dimension(draft, MESSAGE_VALUE);
    for (size_t i = 0; i < shown; i++)
        draft_add_point(draft, chart,
                        &(struct chart_point){.label = table_text(&table->rows[i], COLUMN_NAME)});
    values = draft_add_series(draft, chart, NULL);
    for (size_t i = 0; values != NULL && i < shown; i++)
        values[i] = (struct chart_value){.value = table->rows[i].cells[COLUMN_RATE].value,
                                         .text = table_text(&table->rows[i], COLUMN_RATE)};
    chart->column = COLUMN_RATE;
}

void charts_add_rates(struct draft *draft)
{
    if (draft->dimension == DIMENSION_COUNTRY)
        charts_add_rates_map(draft);
    else if (!draft->phrases->failed)
        add_bars(draft, &draft->section->table);
}
