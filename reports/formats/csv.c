/* CSV: one line a figure, every line complete in itself, so that files can be joined and filtered.
 * The column "line" says what a line counts: month, months (their sum), total, country, other,
 * unknown (a part of other); "state", whether a month is complete, provisional or no-data. "table"
 * and "adds" are for pivot tables: of each table, the lines that are a "detail" add up to its
 * "total"; a "part" is in a detail already, and lines of tables that add up to nothing have an
 * empty one. Columns behind "adds" are there when a table has them; of one with a column for each
 * period, each number is a line with its "period". Numbers are bare; names come in the report's
 * language. */
#include "reports/formats/writers.h"
#include "text/csv_writer.h"

/* In front of the columns that table roles have; "code" stands in front of the name. */
static const char *const opening_columns[] = {"threat",   "from",     "to",
                                              "timezone", "counting", "line"};

/* Behind them. */
static const char *const closing_columns[] = {"table", "adds"};

static const char *const adds[] = {[ROW_BODY] = "detail",
                                   [ROW_OTHER] = "detail",
                                   [ROW_PART] = "part",
                                   [ROW_TOTAL] = "total",
                                   [ROW_ALONE] = NULL};

/* Columns of some tables only, those behind "adds". */
struct extras {
    bool roles[COLUMN_ROLES];
    bool period;
};

static bool is_extra(enum column_role role)
{
    return role > COLUMN_SHARE && !column_is_period(role);
}

static struct extras find_extras(const struct document *document)
{
    struct extras extras = {{false}, false};

    for (size_t i = 0; i < document->section_count; i++)
        for (enum column_role role = 0; role < COLUMN_ROLES; role++)
            if (table_find_column(&document->sections[i].table, role) != NULL)
                extras.roles[role] = true;
    extras.period = extras.roles[COLUMN_PERIOD];
    return extras;
}

static void put_head(struct csv_writer *writer, const struct extras *extras)
{
    for (size_t i = 0; i < sizeof(opening_columns) / sizeof(*opening_columns); i++)
        csv_writer_field(writer, opening_columns[i]);
    for (enum column_role role = 0; role <= COLUMN_SHARE; role++) {
        if (role == COLUMN_NAME)
            csv_writer_field(writer, "code");
        csv_writer_field(writer, column_traits[role].key);
    }
    csv_writer_field(writer, "state");
    for (size_t i = 0; i < sizeof(closing_columns) / sizeof(*closing_columns); i++)
        csv_writer_field(writer, closing_columns[i]);
    for (enum column_role role = 0; role < COLUMN_ROLES; role++)
        if (is_extra(role) && extras->roles[role])
            csv_writer_field(writer, column_traits[role].key);
    if (extras->period)
        csv_writer_field(writer, column_traits[COLUMN_PERIOD].key);
    csv_writer_end(writer);
}

static void put_opening(struct csv_writer *writer, const struct figures *figures)
{
    char text[MONTH_TEXT_SIZE];

    csv_writer_field(writer, figures->threat);
    csv_writer_field(writer, month_format(figures->from, text));
    csv_writer_field(writer, month_format(figures->to, text));
    csv_writer_field(writer, figures->timezone);
    csv_writer_field(writer, figures->unique ? "unique" : "monthly");
}

static void put_cell(struct csv_writer *writer, const struct table_row *row, enum column_role role)
{
    char text[TABLE_VALUE_SIZE];

    if (role == COLUMN_NAME) {
        csv_writer_field(writer, row->code);
        csv_writer_field(writer, row->alone == NULL ? table_text(row, role) : row->alone);
    } else {
        csv_writer_number(writer, table_value(row, role, text));
    }
}

/* What one line is about, besides its row. */
struct line {
    const struct figures *figures;
    const struct section *section;
    const struct extras *extras;
    const char *adds;
    const struct table_column *period; /* NULL: the row's own columns */
};

static void put_line(struct csv_writer *writer, const struct line *line,
                     const struct table_row *row)
{
    char text[TABLE_VALUE_SIZE];

    put_opening(writer, line->figures);
    csv_writer_field(writer, row->line);
    for (enum column_role role = 0; role <= COLUMN_SHARE; role++)
        if (role == COLUMN_INFECTIONS && line->period != NULL)
            csv_writer_number(writer, table_value(row, line->period->role, text));
        else
            put_cell(writer, row, role);
    csv_writer_field(writer, row->state);
    csv_writer_field(writer, line->section->id);
    csv_writer_field(writer, line->adds);
    for (enum column_role role = 0; role < COLUMN_ROLES; role++)
        if (is_extra(role) && line->extras->roles[role])
            put_cell(writer, row, role);
    if (line->extras->period)
        csv_writer_field(writer, line->period == NULL ? NULL : line->period->code);
    csv_writer_end(writer);
}

static void put_row(struct csv_writer *writer, const struct document *document,
                    const struct section *section, const struct extras *extras,
                    const struct table_row *row)
{
    const struct table *table = &section->table;
    bool by_period = table_find_column(table, COLUMN_PERIOD) != NULL;
    struct line line = {document->figures, section, extras, adds[row->kind], NULL};

    if (!by_period || row->kind == ROW_TOTAL)
        put_line(writer, &line, row);
    if (row->kind == ROW_TOTAL)
        line.adds = adds[ROW_PART];
    for (size_t i = 0; i < table->column_count; i++) {
        line.period = &table->columns[i];
        if (column_is_period(line.period->role))
            put_line(writer, &line, row);
    }
}

bool write_csv(FILE *out, const struct report *report)
{
    const struct document *document = report->document;
    struct extras extras = find_extras(document);
    struct csv_writer writer;

    if (report->bom)
        fputs("\xEF\xBB\xBF", out);
    csv_writer_init(&writer, out);
    put_head(&writer, &extras);
    for (size_t i = 0; i < document->section_count; i++) {
        const struct table *table = &document->sections[i].table;

        for (size_t row = 0; row < table->row_count; row++)
            if (table->rows[row].line != NULL)
                put_row(&writer, document, &document->sections[i], &extras, &table->rows[row]);
    }
    return true;
}
