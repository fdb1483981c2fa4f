#include "reports/sections/sections.h"

#include <stdio.h>
#include <string.h>

/* A period that is compared. */
struct period {
    month_t from;
    month_t to;
    int64_t infections; /* as the report counts */
    int64_t cumulative; /* a machine once a month */
    int64_t detections;
};

static const char *code_of(struct draft *draft, const struct period *period)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    char text[2 * MONTH_TEXT_SIZE];
    int length = snprintf(text, sizeof(text), "%s/%s", month_format(period->from, from),
                          month_format(period->to, to));

    return phrases_copy(draft->phrases, text, (size_t)length);
}

static struct table_row row_of(struct draft *draft, const char *line, const struct period *period)
{
    struct table_row row = {.kind = ROW_ALONE, .line = line, .code = code_of(draft, period)};

    row.cells[COLUMN_NAME] = draft_name(draft_period(draft, period->from, period->to));
    row.cells[COLUMN_INFECTIONS] = draft_count(draft, period->infections);
    row.cells[COLUMN_CUMULATIVE] = draft_count(draft, period->cumulative);
    row.cells[COLUMN_DETECTIONS] = draft_count(draft, period->detections);
    if (period->infections > 0)
        row.cells[COLUMN_PER_MACHINE] =
            draft_share(draft, figures_per_machine(period->detections, period->infections));
    return row;
}

static void add_base(struct draft *draft, enum base base, const struct period *now,
                     const struct period *before)
{
    struct table_row row = row_of(draft, base_name(base), before);

    row.cells[COLUMN_CHANGE] = draft_change(draft, now->infections - before->infections);
    if (before->infections > 0)
        row.cells[COLUMN_CHANGE_PERCENT] =
            draft_percent(draft, before->infections, now->infections);
    draft_add_row(draft, &row);
}

static void add_columns(struct draft *draft)
{
    bool unique = draft->figures->unique;

    draft_add_column(draft, COLUMN_NAME, MESSAGE_PERIOD);
    draft_add_column(draft, COLUMN_INFECTIONS, unique ? MESSAGE_MACHINES : MESSAGE_INFECTIONS);
    draft_add_column(draft, COLUMN_CHANGE, MESSAGE_CHANGE_SINCE);
    draft_add_column(draft, COLUMN_CHANGE_PERCENT, MESSAGE_CHANGE_PERCENT);
    if (unique)
        draft_add_column(draft, COLUMN_CUMULATIVE, MESSAGE_INFECTIONS);
    draft_add_column(draft, COLUMN_DETECTIONS, MESSAGE_DETECTIONS);
    draft_add_column(draft, COLUMN_PER_MACHINE, MESSAGE_PER_MACHINE);
}

/* Months of the window alone can be compared where they stand. */
static bool is_wanted(const struct figures *figures)
{
    for (enum base base = 0; base < BASES; base++)
        if (figures->comparisons[base].known && figures->comparisons[base].from < figures->from)
            return true;
    return false;
}

void section_comparison(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    struct period said = {.from = -1};

    if (!is_wanted(figures))
        return;
    add_columns(draft);
    draft->section->table.caption = draft_message(draft, MESSAGE_TABLE_COMPARISON);
    draft->section->table.subject = "period";

    for (size_t i = 0; i < BASES; i++) {
        /* The window's own comparisons first, its last month behind them. */
        enum base base = (enum base)((i + 1) % BASES);
        const struct comparison_figures *both = &figures->comparisons[base];
        struct period now = {both->now_from, both->now_to, both->now, both->now_cumulative,
                             both->now_detections};
        struct period before = {both->from, both->to, both->before, both->before_cumulative,
                                both->before_detections};

        if (!both->known)
            continue;
        if (now.from != said.from || now.to != said.to) {
            struct table_row row = row_of(
                draft, now.from == figures->from && now.to == figures->to ? "window" : "month",
                &now);

            draft_add_row(draft, &row);
        }
        said = now;
        add_base(draft, base, &now, &before);
    }
}
