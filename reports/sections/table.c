#include "reports/sections/table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "kansen/month.h"
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
    [COLUMN_CUMULATIVE] = {.key = "cumulative", .right = true},
    [COLUMN_BEFORE] = {.key = "before", .right = true},
    [COLUMN_CHANGE] = {.key = "change", .right = true},
    [COLUMN_CHANGE_PERCENT] = {.key = "change_percent", .right = true, .hundredths = true},
    [COLUMN_POINTS] = {.key = "points", .right = true, .hundredths = true},
    [COLUMN_RANK_BEFORE] = {.key = "rank_before", .right = true},
    [COLUMN_PER_MACHINE] = {.key = "detections_per_machine", .right = true, .hundredths = true},
    [COLUMN_MONTH] = {.key = "month", .month = true},
    [COLUMN_ARRIVED] = {.key = "arrived", .right = true},
    [COLUMN_RELOCATED] = {.key = "relocated", .right = true},
    [COLUMN_REPLAYED] = {.key = "replayed", .right = true},
    [COLUMN_REDEFINED] = {.key = "redefined", .right = true},
    [COLUMN_DETECTIONS_BEFORE] = {.key = "detections_before", .right = true},
    [COLUMN_ACTIVE] = {.key = "active", .right = true},
    [COLUMN_RATE] = {.key = "per_1000", .right = true, .hundredths = true},
    [COLUMN_COVERAGE] = {.key = "coverage", .right = true, .hundredths = true},
    [COLUMN_PERIOD... COLUMN_PERIOD_LAST] = {.key = "period", .right = true},
};

void table_clear(struct table *table)
{
    free(table->rows);
    *table = (struct table){0};
}

void table_add_column(struct table *table, enum column_role role, const char *heading)
{
    table->columns[table->column_count++] = (struct table_column){role, heading, NULL};
}

void table_add_period(struct table *table, const char *code, const char *heading)
{
    enum column_role role = COLUMN_PERIOD;

    while (table_find_column(table, role) != NULL)
        role++;
    table->columns[table->column_count++] = (struct table_column){role, heading, code};
}

const struct table_column *table_find_column(const struct table *table, enum column_role role)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].role == role)
            return &table->columns[i];
    return NULL;
}

bool column_is_period(enum column_role role)
{
    return role >= COLUMN_PERIOD && role <= COLUMN_PERIOD_LAST;
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
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    if (column_traits[role].month)
        month_format((month_t)value, text);
    else if (column_traits[role].hundredths)
        snprintf(text, TABLE_VALUE_SIZE, "%s%" PRIu64 ".%02" PRIu64, value < 0 ? "-" : "",
                 size / 100, size % 100);
    else
        snprintf(text, TABLE_VALUE_SIZE, "%" PRId64, value);
    return text;
}

const char *table_value(const struct table_row *row, enum column_role role,
                        char text[TABLE_VALUE_SIZE])
{
    const struct table_cell *cell = &row->cells[role];

    return cell->text == NULL || cell->blank ? NULL : table_format(role, cell->value, text);
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

/* Columns that stand side by side: those up to the name, which are said again in each part, and
 * some of those behind them. */
struct part {
    const struct table *table;
    const size_t *widths; /* of all columns of the table */
    size_t heads;
    size_t first;
    size_t end;
};

/* The next column of the part; part->end behind the last. */
static size_t next_column(const struct part *part, size_t column)
{
    column++;
    return column == part->heads && column < part->first ? part->first : column;
}

static void write_cell(FILE *out, const struct part *part, size_t column, const char *cell)
{
    size_t padding = part->widths[column] - escape_width(cell);
    bool right = column_traits[part->table->columns[column].role].right;
    bool last = next_column(part, column) == part->end;

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

static void write_rule(FILE *out, const struct part *part)
{
    for (size_t i = 0; i < part->end; i = next_column(part, i)) {
        put_times(out, ' ', i > 0 ? GAP : 0);
        put_times(out, '-', part->widths[i]);
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

static void write_row(FILE *out, const struct part *part, const struct table_row *row)
{
    for (size_t i = 0; i < part->end; i = next_column(part, i))
        write_cell(out, part, i, table_text(row, part->table->columns[i].role));
    fputc('\n', out);
}

static void write_part(FILE *out, const struct part *part)
{
    const struct table *table = part->table;
    bool foot = false;

    for (size_t i = 0; i < part->end; i = next_column(part, i))
        write_cell(out, part, i, table->columns[i].heading);
    fputc('\n', out);
    write_rule(out, part);
    for (size_t row = table_next_shown(table, 0); row < table->row_count;
         row = table_next_shown(table, row + 1)) {
        if (!foot && table->rows[row].kind == ROW_TOTAL) {
            write_rule(out, part);
            foot = true;
        }
        write_row(out, part, &table->rows[row]);
    }
}

/* Takes as many columns as have room, one at least. */
static void fill_part(struct part *part)
{
    size_t width = 0;

    for (size_t i = 0; i < part->heads; i++)
        width += part->widths[i] + GAP;
    for (part->end = part->first; part->end < part->table->column_count; part->end++) {
        width += part->widths[part->end] + GAP;
        if (part->end > part->first && width > TABLE_PLAIN_COLUMNS + GAP)
            break;
    }
}

void table_write_plain(FILE *out, const struct table *table)
{
    size_t widths[COLUMN_ROLES];
    struct part part = {.table = table, .widths = widths};

    for (size_t i = 0; i < table->column_count; i++)
        widths[i] = measure(table, &table->columns[i]);
    while (part.heads < table->column_count && table->columns[part.heads++].role != COLUMN_NAME)
        ;
    part.first = part.heads;
    escape_plain(out, table->numbered != NULL ? table->numbered : table->caption);
    fputs("\n\n", out);
    for (;;) {
        fill_part(&part);
        write_part(out, &part);
        if (part.end == table->column_count)
            break;
        fputc('\n', out);
        part.first = part.end;
    }
}
