#include <string.h>

#include "reports/sections/charts.h"
#include "reports/sections/sections.h"

/* A zero of a month of which nothing is known would be read as one that was counted. */
static struct table_cell count_of(struct draft *draft, const struct month_figures *month,
                                  int64_t value)
{
    if (month->state == MONTH_NO_DATA)
        return (struct table_cell){.text = draft_message(draft, MESSAGE_NO_DATA), .value = value};
    return draft_count(draft, value);
}

static void add_month(struct draft *draft, const struct month_figures *month)
{
    const char *name = language_month(draft->language, draft->phrases, month->month);
    char code[MONTH_TEXT_SIZE];
    struct table_row row = {.kind = ROW_BODY,
                            .line = "month",
                            .alone = name,
                            .state = month_state_name(month->state),
                            .provisional = month->state == MONTH_PROVISIONAL};

    month_format(month->month, code);
    row.code = phrases_copy(draft->phrases, code, strlen(code));
    row.cells[COLUMN_NAME] = draft_name(draft_month(draft, month));
    row.cells[COLUMN_INFECTIONS] = count_of(draft, month, month->infections);
    row.cells[COLUMN_DETECTIONS] = count_of(draft, month, month->detections);
    draft_add_row(draft, &row);
}

/* Of months of which nothing is known there is no sum either. */
static struct table_cell sum_of(struct draft *draft, int64_t value)
{
    if (figures_know_nothing(draft->figures))
        return (struct table_cell){.text = draft_message(draft, MESSAGE_NO_DATA), .value = value};
    return draft_count(draft, value);
}

/* With --unique, this is not the total of the report. */
static void add_sum(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    const char *sum = draft_message(draft, MESSAGE_SUM_OF_MONTHS);
    const char *total = draft_message(draft, MESSAGE_TOTAL);
    struct table_row row = {.kind = ROW_TOTAL, .line = "months", .alone = sum};

    row.cells[COLUMN_NAME] = draft_name(figures->unique ? sum : total);
    row.cells[COLUMN_INFECTIONS] = sum_of(draft, figures->months_infections);
    row.cells[COLUMN_DETECTIONS] = sum_of(draft, figures->months_detections);
    draft_add_row(draft, &row);
}

/* For people; programs have it as the total of the countries. */
static void add_distinct(struct draft *draft)
{
    struct table_row row = {.kind = ROW_TOTAL};

    row.cells[COLUMN_NAME] = draft_name(draft_message(draft, MESSAGE_DISTINCT_MACHINES));
    row.cells[COLUMN_INFECTIONS] = sum_of(draft, draft->figures->total);
    draft_add_row(draft, &row);
}

void section_months(struct draft *draft)
{
    struct section *section = draft->section;

    section->table.caption = draft_message(draft, MESSAGE_TABLE_MONTHS);
    section->table.subject = "month";
    draft_add_column(draft, COLUMN_NAME, MESSAGE_MONTH);
    draft_add_column(draft, COLUMN_INFECTIONS, MESSAGE_INFECTIONS);
    draft_add_column(draft, COLUMN_DETECTIONS, MESSAGE_DETECTIONS);
    for (size_t i = 0; i < draft->figures->month_count; i++)
        add_month(draft, &draft->figures->months[i]);
    add_sum(draft);
    if (draft->figures->unique)
        add_distinct(draft);
    charts_add_months(draft);
}
