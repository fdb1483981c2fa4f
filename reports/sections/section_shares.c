#include "reports/sections/charts.h"
#include "reports/sections/sections.h"

/* Beside a bar there is no heading that says what a share is counted in. */
static void set_share(struct draft *draft, struct table_row *row, int64_t share)
{
    row->cells[COLUMN_SHARE] = draft_share(draft, share);
    row->bar = language_percent(draft->language, draft->phrases, table_text(row, COLUMN_SHARE));
}

static void add_country(struct draft *draft, size_t index)
{
    const struct line_figures *country = &figures_countries(draft->figures)->lines[index];
    const char *name = language_country(draft->language, draft->phrases, country->value);
    struct table_row row = {.kind = ROW_BODY, .line = "country", .code = country->value};

    row.cells[COLUMN_RANK] = draft_count(draft, (int64_t)index + 1);
    row.cells[COLUMN_NAME] = draft_name(name);
    row.cells[COLUMN_INFECTIONS] = draft_count(draft, country->infections);
    set_share(draft, &row, country->share);
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
        row.cells[COLUMN_INFECTIONS].text = draft_message(draft, MESSAGE_NO_DATA);
        row.cells[COLUMN_SHARE].text = draft_message(draft, MESSAGE_NO_DATA);
        row.bar = row.cells[COLUMN_SHARE].text;
    }
    draft_add_row(draft, &row);
}

static void add_rests(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    const struct other_figures *other = &figures_countries(figures)->other;

    add_rest(draft, (struct table_row){.kind = ROW_OTHER, .line = "other"}, MESSAGE_OTHER,
             other->infections, other->share);
    add_rest(draft,
             (struct table_row){.kind = ROW_PART, .line = "unknown", .code = COUNTRY_UNKNOWN},
             MESSAGE_UNKNOWN, other->unknown, other->unknown_share);
    add_rest(draft, (struct table_row){.kind = ROW_TOTAL, .line = "total"}, MESSAGE_TOTAL,
             figures->total, figures->total > 0 ? SHARE_WHOLE : 0);
}

void section_shares(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    struct section *section = draft->section;
    bool unique = figures->unique;

    section->table.caption =
        draft_message(draft, unique ? MESSAGE_TABLE_SHARES_UNIQUE : MESSAGE_TABLE_SHARES);
    section->table.subject = "country";
    draft_add_column(draft, COLUMN_RANK, MESSAGE_RANK);
    draft_add_column(draft, COLUMN_NAME, MESSAGE_COUNTRY);
    draft_add_column(draft, COLUMN_INFECTIONS, unique ? MESSAGE_MACHINES : MESSAGE_INFECTIONS);
    draft_add_column(draft, COLUMN_SHARE, MESSAGE_SHARE);
    for (size_t i = 0; i < figures_countries(figures)->ranked; i++)
        add_country(draft, i);
    add_rests(draft);
    charts_add_shares(draft);
    charts_add_map(draft);
    /* Where months have a table of their own, the chart stands beside that. */
    if (!section_dimension_months_is_shown(draft))
        charts_add_stacks(draft);
}
