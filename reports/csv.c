/* CSV (RFC 4180): one line a figure, every line complete in itself, so that files can be joined and
 * filtered. The column "line" says what a line counts: month, months (their sum), total, country,
 * other, unknown (a part of other). Numbers are bare; names come in the report's language. */
#include <inttypes.h>

#include "reports/writers.h"
#include "text/escape.h"

/* Columns that are the same in every line, then what the line counts. */
static const char opening_columns[] = "threat,from,to,timezone,counting,line";

static void put_opening(FILE *out, const struct figures *figures, const char *line)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    escape_csv(out, figures->threat);
    fprintf(out, ",%s,%s,", month_format(figures->from, from), month_format(figures->to, to));
    escape_csv(out, figures->timezone);
    fprintf(out, ",%s,%s", figures->unique ? "unique" : "monthly", line);
}

static void put_name(FILE *out, const struct table_row *row)
{
    fprintf(out, ",%s,", row->code == NULL ? "" : row->code);
    escape_csv(out, row->alone == NULL ? table_text(row, COLUMN_NAME) : row->alone);
}

static void put_value(FILE *out, const struct table_row *row, enum column_role role)
{
    const struct table_cell *cell = &row->cells[role];

    fputc(',', out);
    if (cell->text == NULL)
        return;
    if (column_traits[role].hundredths)
        fprintf(out, "%" PRId64 ".%02" PRId64, cell->value / 100, cell->value % 100);
    else
        fprintf(out, "%" PRId64, cell->value);
}

static void put_row(FILE *out, const struct figures *figures, const struct table_row *row)
{
    put_opening(out, figures, row->line);
    for (enum column_role role = 0; role < COLUMN_ROLES; role++) {
        if (role == COLUMN_NAME)
            put_name(out, row);
        else
            put_value(out, row, role);
    }
    fputs("\r\n", out);
}

bool write_csv(FILE *out, const struct report *report)
{
    const struct document *document = report->document;

    fputs(opening_columns, out);
    for (enum column_role role = 0; role < COLUMN_ROLES; role++)
        fprintf(out, role == COLUMN_NAME ? ",code,%s" : ",%s", column_traits[role].key);
    fputs("\r\n", out);
    for (size_t i = 0; i < document->section_count; i++) {
        const struct table *table = &document->sections[i].table;

        for (size_t row = 0; row < table->row_count; row++)
            if (table->rows[row].line != NULL)
                put_row(out, document->figures, &table->rows[row]);
    }
    return true;
}
