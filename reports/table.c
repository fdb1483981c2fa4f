#include "reports/table.h"

#include <stdarg.h>
#include <stdlib.h>

#include "text/escape.h"

/* Spaces between two columns. */
#define GAP 2

bool table_init(struct table *table, const char *caption, size_t row_capacity)
{
    *table = (struct table){.caption = caption, .row_capacity = row_capacity};
    table->rows = calloc(row_capacity, sizeof(*table->rows));
    return table->rows != NULL;
}

void table_clear(struct table *table)
{
    free(table->rows);
    *table = (struct table){0};
}

void table_add_column(struct table *table, const char *name, enum table_align align)
{
    table->columns[table->column_count++] = (struct table_column){name, align};
}

void table_add_row(struct table *table, enum table_part part, ...)
{
    struct table_row *row = &table->rows[table->row_count++];
    va_list cells;

    row->part = part;
    va_start(cells, part);
    for (size_t i = 0; i < table->column_count; i++)
        row->cells[i] = va_arg(cells, const char *);
    va_end(cells);
}

static void put_times(FILE *out, char character, size_t times)
{
    while (times-- > 0)
        fputc(character, out);
}

static void write_cell(FILE *out, const struct table *table, size_t column, const char *cell,
                       size_t width)
{
    size_t padding = width - escape_width(cell);
    bool last = column + 1 == table->column_count;

    if (last && *cell == '\0')
        return; /* no blanks at the end of a line */
    if (column > 0)
        put_times(out, ' ', GAP);
    if (table->columns[column].align == TABLE_RIGHT)
        put_times(out, ' ', padding);
    escape_plain(out, cell);
    if (table->columns[column].align == TABLE_LEFT && !last)
        put_times(out, ' ', padding);
}

static void write_rule(FILE *out, const struct table *table, const size_t *widths)
{
    for (size_t i = 0; i < table->column_count; i++) {
        put_times(out, ' ', i > 0 ? GAP : 0);
        put_times(out, '-', widths[i]);
    }
    fputc('\n', out);
}

static void measure(const struct table *table, size_t *widths)
{
    for (size_t i = 0; i < table->column_count; i++) {
        widths[i] = escape_width(table->columns[i].name);
        for (size_t row = 0; row < table->row_count; row++) {
            size_t width = escape_width(table->rows[row].cells[i]);

            if (width > widths[i])
                widths[i] = width;
        }
    }
}

void table_write_plain(FILE *out, const struct table *table)
{
    size_t widths[TABLE_COLUMNS_MAX];
    enum table_part part = TABLE_BODY;

    measure(table, widths);
    escape_plain(out, table->caption);
    fputs("\n\n", out);
    for (size_t i = 0; i < table->column_count; i++)
        write_cell(out, table, i, table->columns[i].name, widths[i]);
    fputc('\n', out);
    write_rule(out, table, widths);
    for (size_t row = 0; row < table->row_count; row++) {
        if (table->rows[row].part != part)
            write_rule(out, table, widths);
        part = table->rows[row].part;
        for (size_t i = 0; i < table->column_count; i++)
            write_cell(out, table, i, table->rows[row].cells[i], widths[i]);
        fputc('\n', out);
    }
}
