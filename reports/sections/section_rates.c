#include "reports/sections/charts.h"
#include "reports/sections/sections.h"

#include <string.h>

#include "stats/rates.h"
#include "stats/shares.h"

/* Cells of what is known of active machines, beside infections. */
static void set_rate(struct draft *draft, struct table_row *row, int64_t infections, int64_t active,
                     int64_t covered)
{
    row->cells[COLUMN_INFECTIONS] = draft_count(draft, infections);
    row->cells[COLUMN_ACTIVE] = draft_count(draft, active);
    if (active > 0)
        row->cells[COLUMN_RATE] = draft_share(draft, rates_of(infections, active));
    /* Whose machines were dropped because they are old (docs/retention.md). */
    if (covered < 0)
        row->cells[COLUMN_COVERAGE] = draft_blank(draft_message(draft, MESSAGE_NO_DATA));
    else if (infections > 0)
        row->cells[COLUMN_COVERAGE] = draft_share(draft, shares_nearest(covered, infections));
}

/* Of a month without heartbeats, or without events, there is no rate. */
static void set_nothing(struct draft *draft, struct table_row *row)
{
    static const enum column_role nothing[] = {COLUMN_INFECTIONS, COLUMN_ACTIVE, COLUMN_RATE,
                                               COLUMN_COVERAGE};

    for (size_t i = 0; i < sizeof(nothing) / sizeof(*nothing); i++)
        row->cells[nothing[i]] = draft_blank(draft_message(draft, MESSAGE_NO_DATA));
}

static void add_month(struct draft *draft, const struct month_figures *month)
{
    struct month_figures seen = *month;
    struct table_row row = {.kind = ROW_ALONE, .line = "month"};
    char code[MONTH_TEXT_SIZE];

    if (month->active_provisional && month->state == MONTH_COMPLETE)
        seen.state = MONTH_PROVISIONAL;
    month_format(month->month, code);
    row.code = phrases_copy(draft->phrases, code, strlen(code));
    row.state = month_state_name(seen.state);
    row.provisional = seen.state == MONTH_PROVISIONAL;
    row.cells[COLUMN_NAME] = draft_name(draft_month(draft, &seen));
    if (month->active < 0 || month->state == MONTH_NO_DATA)
        set_nothing(draft, &row);
    else
        set_rate(draft, &row, month->infections, month->active, month->covered);
    draft_add_row(draft, &row);
}

static void add_window(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    struct table_row row = {.kind = ROW_TOTAL, .line = "months"};

    row.cells[COLUMN_NAME] = draft_name(draft_message(draft, MESSAGE_SUM_OF_MONTHS));
    set_rate(draft, &row, figures->months_infections, figures->rates.active,
             figures->rates.covered);
    draft_add_row(draft, &row);
}

void section_rates(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    struct table *table = &draft->section->table;

    if (!rates_has_months(figures))
        return;
    table->caption = draft_message(draft, MESSAGE_TABLE_RATES);
    table->subject = "month";
    draft_add_column(draft, COLUMN_NAME, MESSAGE_MONTH);
    draft_add_column(draft, COLUMN_INFECTIONS, MESSAGE_INFECTIONS);
    draft_add_column(draft, COLUMN_ACTIVE, MESSAGE_ACTIVE);
    draft_add_column(draft, COLUMN_RATE, MESSAGE_PER_1000);
    draft_add_column(draft, COLUMN_COVERAGE, MESSAGE_COVERAGE);
    for (size_t i = 0; i < figures->month_count; i++)
        add_month(draft, &figures->months[i]);
    if (figures->rates.known && figures->month_count > 1)
        add_window(draft);
}

static const struct line_figures *line_of_rank(const struct dimension_figures *dimension,
                                               int32_t rank)
{
    for (size_t i = 0; i < dimension->line_count; i++)
        if (dimension->lines[i].rate_rank == rank)
            return &dimension->lines[i];
    return NULL;
}

static void add_line(struct draft *draft, const struct line_figures *line)
{
    struct table_row row = {.kind = ROW_ALONE,
                            .line = dimension_name(draft->dimension),
                            .code = line->value,
                            .alone = draft->dimension == DIMENSION_COUNTRY ? NULL : line->value};

    row.cells[COLUMN_RANK] = draft_count(draft, line->rate_rank);
    row.cells[COLUMN_NAME] = draft_name(draft_value(draft, draft->dimension, line->value));
    row.cells[COLUMN_INFECTIONS] = draft_count(draft, line->cumulative);
    row.cells[COLUMN_ACTIVE] = draft_count(draft, line->active);
    row.cells[COLUMN_RATE] = draft_share(draft, line->rate);
    draft_add_row(draft, &row);
}

/* As many as are ranked by infections. */
void section_rates_by(struct draft *draft)
{
    const struct dimension_figures *dimension = draft_dimension(draft);
    struct table *table = &draft->section->table;

    if (!draft->figures->rates.known || dimension == NULL || line_of_rank(dimension, 1) == NULL)
        return;
    table->caption = draft_say_dimension(draft, MESSAGE_TABLE_RATES_BY);
    table->subject = dimension_name(draft->dimension);
    draft_add_column(draft, COLUMN_RANK, MESSAGE_RANK);
    table_add_column(table, COLUMN_NAME, draft_say_dimension(draft, MESSAGE_VALUE));
    draft_add_column(draft, COLUMN_INFECTIONS, MESSAGE_INFECTIONS);
    draft_add_column(draft, COLUMN_ACTIVE, MESSAGE_ACTIVE);
    draft_add_column(draft, COLUMN_RATE, MESSAGE_PER_1000);
    for (size_t rank = 1; rank <= dimension->ranked; rank++) {
        const struct line_figures *line = line_of_rank(dimension, (int32_t)rank);

        if (line != NULL)
            add_line(draft, line);
    }
    charts_add_rates(draft);
}
