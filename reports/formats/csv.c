/* CSV: one line a figure, every line complete in itself, so that files can be joined and filtered.
 * The column "line" says what a line counts: month, months (their sum), total, country, other,
 * unknown (a part of other); "state", whether a month is complete, provisional or no-data. "table"
 * and "adds" are for pivot tables: of each table, the lines that are a "detail" add up to its
 * "total"; a "part" is in a detail already. Numbers are bare; names come in the report's language.
 */
#include "reports/formats/writers.h"
#include "text/csv_writer.h"

/* In front of the columns that table roles have; "code" stands in front of the name. */
static const char *const opening_columns[] = {"threat",   "from",     "to",
                                              "timezone", "counting", "line"};

/* Behind them. */
static const char *const closing_columns[] = {"table", "adds"};

static const char *const adds[] = {
    [ROW_BODY] = "detail", [ROW_OTHER] = "detail", [ROW_PART] = "part", [ROW_TOTAL] = "total"};

static void put_head(struct csv_writer *writer)
{
    for (size_t i = 0; i < sizeof(opening_columns) / sizeof(*opening_columns); i++)
        csv_writer_field(writer, opening_columns[i]);
    for (enum column_role role = 0; role < COLUMN_ROLES; role++) {
        if (role == COLUMN_NAME)
            csv_writer_field(writer, "code");
        csv_writer_field(writer, column_traits[role].key);
    }
    csv_writer_field(writer, "state");
    for (size_t i = 0; i < sizeof(closing_columns) / sizeof(*closing_columns); i++)
        csv_writer_field(writer, closing_columns[i]);
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
        csv_writer_field(writer, table_value(row, role, text));
    }
}

static void put_row(struct csv_writer *writer, const struct figures *figures,
                    const struct section *section, const struct table_row *row)
{
    put_opening(writer, figures);
    csv_writer_field(writer, row->line);
    for (enum column_role role = 0; role < COLUMN_ROLES; role++)
        put_cell(writer, row, role);
    csv_writer_field(writer, row->state);
    csv_writer_field(writer, section->id);
    csv_writer_field(writer, adds[row->kind]);
    csv_writer_end(writer);
}

bool write_csv(FILE *out, const struct report *report)
{
    const struct document *document = report->document;
    struct csv_writer writer;

    if (report->bom)
        fputs("\xEF\xBB\xBF", out);
    csv_writer_init(&writer, out);
    put_head(&writer);
    for (size_t i = 0; i < document->section_count; i++) {
        const struct table *table = &document->sections[i].table;

        for (size_t row = 0; row < table->row_count; row++)
            if (table->rows[row].line != NULL)
                put_row(&writer, document->figures, &document->sections[i], &table->rows[row]);
    }
    return true;
}
