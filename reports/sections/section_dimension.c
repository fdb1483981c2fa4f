#include "reports/sections/charts.h"
#include "reports/sections/sections.h"

#include <string.h>

/* Beside a bar there is no heading that says what a share is counted in. */
static void set_share(struct draft *draft, struct table_row *row, int64_t share)
{
    row->cells[COLUMN_SHARE] = draft_share(draft, share);
    row->bar = language_percent(draft->language, draft->phrases, table_text(row, COLUMN_SHARE));
}

static void add_line(struct draft *draft, const struct line_figures *line, size_t rank)
{
    struct table_row row = {.kind = ROW_BODY,
                            .line = dimension_name(draft->dimension),
                            .code = line->value,
                            .alone = line->value};

    row.cells[COLUMN_RANK] = draft_count(draft, (int64_t)rank);
    row.cells[COLUMN_NAME] = draft_name(draft_value(draft, draft->dimension, line->value));
    row.cells[COLUMN_INFECTIONS] = draft_count(draft, line->infections);
    row.cells[COLUMN_CUMULATIVE] = draft_count(draft, line->cumulative);
    set_share(draft, &row, line->share);
    draft_add_row(draft, &row);
}

/* What has no rank. */
static void add_rest(struct draft *draft, struct table_row row, enum message name,
                     int64_t infections, int64_t share)
{
    row.cells[COLUMN_NAME] = draft_name(draft_message(draft, name));
    row.cells[COLUMN_INFECTIONS] = draft_count(draft, infections);
    set_share(draft, &row, share);
    if (figures_know_nothing(draft->figures)) {
        row.cells[COLUMN_INFECTIONS] = draft_blank(draft_message(draft, MESSAGE_NO_DATA));
        row.cells[COLUMN_SHARE] = row.cells[COLUMN_INFECTIONS];
        row.bar = row.cells[COLUMN_SHARE].text;
    }
    draft_add_row(draft, &row);
}

static void add_rests(struct draft *draft, const struct dimension_figures *dimension)
{
    const struct other_figures *other = &dimension->other;

    add_rest(draft, (struct table_row){.kind = ROW_OTHER, .line = "other"}, MESSAGE_OTHER,
             other->infections, other->share);
    add_rest(draft, (struct table_row){.kind = ROW_PART, .line = "unknown"}, MESSAGE_UNKNOWN,
             other->unknown, other->unknown_share);
    if (other->beyond > 0)
        add_rest(draft, (struct table_row){.kind = ROW_PART, .line = "beyond"}, MESSAGE_BEYOND,
                 other->beyond, other->beyond_share);
    add_rest(draft, (struct table_row){.kind = ROW_TOTAL, .line = "total"}, MESSAGE_TOTAL,
             dimension->total, dimension->total > 0 ? SHARE_WHOLE : 0);
}

void section_dimension(struct draft *draft)
{
    const struct dimension_figures *dimension = draft_dimension(draft);
    struct section *section = draft->section;
    bool unique = draft->figures->unique;

    if (dimension == NULL || !dimension->asked)
        return;
    section->table.caption = draft_say_dimension(draft, MESSAGE_TABLE_DIMENSION);
    draft_add_column(draft, COLUMN_RANK, MESSAGE_RANK);
    table_add_column(&section->table, COLUMN_NAME, draft_say_dimension(draft, MESSAGE_VALUE));
    draft_add_column(draft, COLUMN_INFECTIONS, unique ? MESSAGE_MACHINES : MESSAGE_INFECTIONS);
    if (unique)
        draft_add_column(draft, COLUMN_CUMULATIVE, MESSAGE_INFECTIONS);
    draft_add_column(draft, COLUMN_SHARE, MESSAGE_SHARE);
    for (size_t i = 0; i < dimension->ranked; i++)
        add_line(draft, &dimension->lines[i], i + 1);
    add_rests(draft, dimension);
    charts_add_shares(draft);
}
