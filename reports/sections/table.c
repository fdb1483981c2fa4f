#include "reports/sections/table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "text/escape.h"

/* Spaces between two columns. */
#define GAP 2

/* Rows that a table has room for at first. */
#define ROWS_FIRST 16

const struct column_traits column_traits[COLUMN_ROLES] = {
    [COLUMN_RANK] = {.key = "rank", .right = true},
    [COLUMN_NAME] = {.key = "name"},
    [COLUMN_INFECTIONS] = {.key = "infections", .right = true},
    [COLUMN_DETECTIONS] = {.key = "detections", .right = true},
    [COLUMN_SHARE] = {.key = "share", .right = true, .hundredths = true},
};

void table_clear(struct table *table)
{
    free(table->rows);
    *table = (struct table){0};
}

void table_add_column(struct table *table, enum column_role role, const char *heading)
{
    table->columns[table->column_count++] = (struct table_column){role, heading};
}

bool table_add_row(struct table *table, const struct table_row *row)
{
    if (table->row_count == table->row_capacity) {
        size_t capacity = table->row_capacity > 0 ? 2 * table->row_capacity : ROWS_FIRST;
        struct table_row *rows = realloc(table->rows, capacity * sizeof(*rows));

        if (rows == NULL)
            return false;
        table->rows = rows;
        table->row_capacity = capacity;
    }
    table->rows[table->row_count++] = *row;
    return true;
}

const char *table_text(const struct table_row *row, enum column_role role)
{
    return row->cells[role].text == NULL ? "" : row->cells[role].text;
}

const char *table_format(enum column_role role, int64_t value, char text[TABLE_VALUE_SIZE])
{
    if (column_traits[role].hundredths)
        snprintf(text, TABLE_VALUE_SIZE, "%" PRId64 ".%02" PRId64, value / 100, value % 100);
    else
        snprintf(text, TABLE_VALUE_SIZE, "%" PRId64, value);
    return text;
}

const char *table_value(const struct table_row *row, enum column_role role,
                        char text[TABLE_VALUE_SIZE])
{
    const struct table_cell *cell = &row->cells[role];

    return cell->text == NULL ? NULL : table_format(role, cell->value, text);
}

size_t table_next_shown(const struct table *table, size_t index)
{
    while (index < table->row_count && table->rows[index].kind == ROW_PART)
        index++;
    return index;
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
    bool right = column_traits[table->columns[column].role].right;
    bool last = column + 1 == table->column_count;

    if (last && *cell == '\0')
        return; /* no blanks at the end of a line */
    if (column > 0)
        put_times(out, ' ', GAP);
    if (right)
        put_times(out, ' ', padding);
    escape_plain(out, cell);
    if (!right && !last)
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

static size_t measure(const struct table *table, const struct table_column *column)
{
    size_t widest = escape_width(column->heading);

    for (size_t row = table_next_shown(table, 0); row < table->row_count;
         row = table_next_shown(table, row + 1)) {
        size_t width = escape_width(table_text(&table->rows[row], column->role));

        if (width > widest)
            widest = width;
    }
    return widest;
}

static void write_row(FILE *out, const struct table *table, const struct table_row *row,
                      const size_t *widths)
{
    for (size_t i = 0; i < table->column_count; i++)
        write_cell(out, table, i, table_text(row, table->columns[i].role), widths[i]);
    fputc('\n', out);
}

void table_write_plain(FILE *out, const struct table *table)
{
    size_t widths[COLUMN_ROLES];
    bool foot = false;

    for (size_t i = 0; i < table->column_count; i++)
        widths[i] = measure(table, &table->columns[i]);
    escape_plain(out, table->numbered != NULL ? table->numbered : table->caption);
    fputs("\n\n", out);
    for (size_t i = 0; i < table->column_count; i++)
        write_cell(out, table, i, table->columns[i].heading, widths[i]);
    fputc('\n', out);
    write_rule(out, table, widths);
    for (size_t row = table_next_shown(table, 0); row < table->row_count;
         row = table_next_shown(table, row + 1)) {
        if (!foot && table->rows[row].kind == ROW_TOTAL) {
            write_rule(out, table, widths);
            foot = true;
        }
        write_row(out, table, &table->rows[row], widths);
    }
}
