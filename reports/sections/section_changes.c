#include "reports/sections/charts.h"
#include "reports/sections/sections.h"

static void set_ranks(struct draft *draft, struct table_row *row,
                      const struct against_figures *against)
{
    if (against->now_rank > 0)
        row->cells[COLUMN_RANK] = draft_count(draft, against->now_rank);
    if (against->before_rank > 0)
        row->cells[COLUMN_RANK_BEFORE] = draft_count(draft, against->before_rank);
}

static void set_counts(struct draft *draft, struct table_row *row,
                       const struct against_figures *against)
{
    row->cells[COLUMN_INFECTIONS] = draft_count(draft, against->now);
    row->cells[COLUMN_BEFORE] = draft_count(draft, against->before);
    row->cells[COLUMN_CHANGE] = draft_change(draft, against->now - against->before);
    row->cells[COLUMN_SHARE] = draft_share(draft, against->now_share);
    row->cells[COLUMN_POINTS] = draft_points(draft, against->now_share - against->before_share);
    if (against->before == 0)
        row->cells[COLUMN_CHANGE_PERCENT] = draft_blank(draft_message(draft, MESSAGE_IS_NEW));
    else if (against->now == 0)
        row->cells[COLUMN_CHANGE_PERCENT] = (struct table_cell){
            .text = draft_message(draft, MESSAGE_IS_GONE), .value = -SHARE_WHOLE};
    else
        row->cells[COLUMN_CHANGE_PERCENT] = draft_percent(draft, against->before, against->now);
}

static void set_hidden(struct draft *draft, struct table_row *row)
{
    static const enum column_role hidden[] = {COLUMN_INFECTIONS, COLUMN_BEFORE, COLUMN_CHANGE,
                                              COLUMN_CHANGE_PERCENT, COLUMN_POINTS};

    for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
        row->cells[hidden[i]] = draft_blank(draft_message(draft, MESSAGE_NOT_SHOWN));
}

static void add_value(struct draft *draft, const char *value, const struct against_figures *against)
{
    struct table_row row = {.kind = ROW_ALONE,
                            .line = dimension_name(draft->dimension),
                            .code = value,
                            .alone = draft->dimension == DIMENSION_COUNTRY ? NULL : value};

    row.cells[COLUMN_NAME] = draft_name(draft_value(draft, draft->dimension, value));
    if (against->shown) {
        set_ranks(draft, &row, against);
        set_counts(draft, &row, against);
    } else {
        set_hidden(draft, &row);
    }
    draft_add_row(draft, &row);
}

static const struct line_figures *line_of_rank(const struct dimension_figures *dimension,
                                               enum base base, int32_t rank)
{
    for (size_t i = 0; i < dimension->line_count; i++)
        if (dimension->lines[i].against[base].now_rank == rank)
            return &dimension->lines[i];
    return NULL;
}

static void add_values(struct draft *draft, const struct dimension_figures *dimension)
{
    enum base base = draft->base;

    for (int32_t rank = 1; rank <= dimension->listed[base]; rank++) {
        const struct line_figures *line = line_of_rank(dimension, base, rank);

        if (line != NULL)
            add_value(draft, line->value, &line->against[base]);
    }
    for (size_t i = 0; i < dimension->left_count[base]; i++)
        add_value(draft, dimension->left[base][i].value, &dimension->left[base][i].against);
}

/* Months of the window are compared with each other only for who asked for the dimension: nothing
 * is before it. */
static bool is_wanted(const struct draft *draft, const struct dimension_figures *dimension)
{
    const struct comparison_figures *both = &draft->figures->comparisons[draft->base];

    if (dimension == NULL || !both->known)
        return false;
    if (dimension->listed[draft->base] == 0 && dimension->left_count[draft->base] == 0)
        return false;
    return dimension->asked || both->from < draft->figures->from;
}

void section_changes(struct draft *draft)
{
    const struct dimension_figures *dimension = draft_dimension(draft);
    const struct comparison_figures *both = &draft->figures->comparisons[draft->base];
    struct table *table = &draft->section->table;

    if (!is_wanted(draft, dimension))
        return;
    table->caption = language_say(
        draft->language, draft->phrases, MESSAGE_TABLE_CHANGES,
        MESSAGE_ARGUMENTS(
            language_text("dimension", dimension_name(draft->dimension)),
            language_text("side", draft->base == BASE_PREVIOUS_MONTH ? "month" : "window"),
            language_text("now", draft_period(draft, both->now_from, both->now_to)),
            language_text("before", draft_period(draft, both->from, both->to))));
    table->subject = dimension_name(draft->dimension);
    draft_add_column(draft, COLUMN_RANK, MESSAGE_RANK);
    table_add_column(table, COLUMN_NAME, draft_say_dimension(draft, MESSAGE_VALUE));
    draft_add_column(draft, COLUMN_INFECTIONS, MESSAGE_NOW);
    draft_add_column(draft, COLUMN_BEFORE, MESSAGE_BEFORE);
    draft_add_column(draft, COLUMN_CHANGE, MESSAGE_CHANGE_SINCE);
    draft_add_column(draft, COLUMN_CHANGE_PERCENT, MESSAGE_CHANGE_PERCENT);
    draft_add_column(draft, COLUMN_POINTS, MESSAGE_POINTS);
    draft_add_column(draft, COLUMN_RANK_BEFORE, MESSAGE_RANK_BEFORE);
    add_values(draft, dimension);
    charts_add_changes(draft);
}
