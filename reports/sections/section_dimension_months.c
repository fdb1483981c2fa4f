#include "reports/sections/charts.h"
#include "reports/sections/sections.h"

#include <stdio.h>
#include <string.h>

#define QUARTER 3
#define YEAR 12

/* Months of the window that stand in one column. */
struct period {
    size_t first;
    size_t end;
    month_t begin; /* of the whole quarter or year */
    bool provisional;
    bool known; /* something is known of one of them */
};

struct periods {
    struct period list[TABLE_PERIODS_MAX];
    size_t count;
    int months; /* of each: 1, QUARTER or YEAR */
};

static month_t begin_of(month_t month, int months)
{
    return month - (month_of_year(month) - 1) % months;
}

static int count_periods(const struct figures *figures, int months)
{
    return (begin_of(figures->to, months) - begin_of(figures->from, months)) / months + 1;
}

_Static_assert(FIGURES_MONTHS_MAX / YEAR + 1 <= TABLE_PERIODS_MAX, "years have room");

static void choose_periods(const struct figures *figures, struct periods *out)
{
    int months = 1;

    if (count_periods(figures, months) > TABLE_PERIODS_MAX)
        months = QUARTER;
    if (count_periods(figures, months) > TABLE_PERIODS_MAX)
        months = YEAR;
    *out = (struct periods){.months = months};
    for (size_t i = 0; i < figures->month_count; i++) {
        const struct month_figures *month = &figures->months[i];
        month_t begin = begin_of(month->month, months);

        if (out->count == 0 || out->list[out->count - 1].begin != begin)
            out->list[out->count++] = (struct period){.first = i, .begin = begin};

        struct period *period = &out->list[out->count - 1];

        period->end = i + 1;
        period->provisional |= month->state == MONTH_PROVISIONAL;
        period->known |= month->state != MONTH_NO_DATA;
    }
}

/* What programs know the period by. */
static const char *code_of(struct draft *draft, const struct period *period, int months)
{
    char month[MONTH_TEXT_SIZE];
    char text[2 * MONTH_TEXT_SIZE];
    int length;

    month_format(period->begin, month);
    if (months == 1)
        length = snprintf(text, sizeof(text), "%s", month);
    else if (months == YEAR)
        length = snprintf(text, sizeof(text), "%.4s", month);
    else
        length = snprintf(text, sizeof(text), "%.4s-Q%d", month,
                          (month_of_year(period->begin) - 1) / QUARTER + 1);
    return phrases_copy(draft->phrases, text, (size_t)length);
}

static const char *heading_of(struct draft *draft, const struct period *period, int months)
{
    char year[MONTH_TEXT_SIZE];
    char quarter[2] = {(char)('1' + (month_of_year(period->begin) - 1) / QUARTER), '\0'};
    const char *heading;

    if (months == 1)
        return draft_month(draft, &draft->figures->months[period->first]);
    month_format(period->begin, year);
    year[4] = '\0';
    heading = language_say(draft->language, draft->phrases,
                           months == YEAR ? MESSAGE_YEAR : MESSAGE_QUARTER_AND_YEAR,
                           months == YEAR ? MESSAGE_ARGUMENTS(language_text("year", year))
                                          : MESSAGE_ARGUMENTS(language_text("quarter", quarter),
                                                              language_text("year", year)));
    if (!period->provisional)
        return heading;
    return language_say(draft->language, draft->phrases, MESSAGE_MARKED,
                        MESSAGE_ARGUMENTS(language_text("name", heading)));
}

static void add_columns(struct draft *draft, const struct periods *periods)
{
    struct table *table = &draft->section->table;

    table_add_column(table, COLUMN_NAME, draft_say_dimension(draft, MESSAGE_VALUE));
    for (size_t i = 0; i < periods->count; i++)
        table_add_period(table, code_of(draft, &periods->list[i], periods->months),
                         heading_of(draft, &periods->list[i], periods->months));
    draft_add_column(draft, COLUMN_INFECTIONS, MESSAGE_TOTAL);
}

/* months has a value for each month of the window. */
static void add_row(struct draft *draft, const struct periods *periods, struct table_row row,
                    const char *name, const int64_t *months)
{
    int64_t total = 0;

    row.cells[COLUMN_NAME] = draft_name(name);
    for (size_t i = 0; i < periods->count; i++) {
        const struct period *period = &periods->list[i];
        int64_t sum = 0;

        for (size_t month = period->first; month < period->end; month++)
            sum += months[month];
        row.cells[COLUMN_PERIOD + i] = period->known
                                           ? draft_count(draft, sum)
                                           : draft_blank(draft_message(draft, MESSAGE_NO_DATA));
        total += sum;
    }
    row.cells[COLUMN_INFECTIONS] = figures_know_nothing(draft->figures)
                                       ? draft_blank(draft_message(draft, MESSAGE_NO_DATA))
                                       : draft_count(draft, total);
    draft_add_row(draft, &row);
}

static void add_total(struct draft *draft, const struct periods *periods)
{
    int64_t months[FIGURES_MONTHS_MAX];

    for (size_t i = 0; i < draft->figures->month_count; i++)
        months[i] = draft->figures->months[i].infections;
    add_row(draft, periods, (struct table_row){.kind = ROW_TOTAL, .line = "total"},
            draft_message(draft, MESSAGE_TOTAL), months);
}

static bool shows_any(const struct dimension_figures *dimension)
{
    for (size_t i = 0; i < dimension->ranked; i++)
        if (dimension->lines[i].months_shown)
            return true;
    return false;
}

bool section_dimension_months_joins(const struct figures *figures)
{
    return count_periods(figures, 1) > TABLE_PERIODS_MAX;
}

bool section_dimension_months_is_shown(const struct draft *draft)
{
    const struct dimension_figures *dimension = draft_dimension(draft);

    return dimension != NULL && dimension->asked && dimension->other_months != NULL &&
           draft->figures->month_count > 1 && shows_any(dimension);
}

void section_dimension_months(struct draft *draft)
{
    const struct dimension_figures *dimension = draft_dimension(draft);
    struct periods periods;
    bool country = draft->dimension == DIMENSION_COUNTRY;

    if (!section_dimension_months_is_shown(draft))
        return;
    choose_periods(draft->figures, &periods);
    draft->section->table.caption = draft_say_dimension(draft, MESSAGE_TABLE_DIMENSION_AND_MONTH);
    add_columns(draft, &periods);
    for (size_t i = 0; i < dimension->ranked; i++) {
        const struct line_figures *line = &dimension->lines[i];
        struct table_row row = {.kind = ROW_BODY,
                                .line = dimension_name(draft->dimension),
                                .code = line->value,
                                .alone = country ? NULL : line->value};

        if (line->months_shown)
            add_row(draft, &periods, row, draft_value(draft, draft->dimension, line->value),
                    line->months);
    }
    add_row(draft, &periods, (struct table_row){.kind = ROW_OTHER, .line = "other"},
            draft_message(draft, MESSAGE_OTHER), dimension->other_months);
    add_total(draft, &periods);
    charts_add_stacks(draft);
}
