#include "reports/formats/terminal.h"

#include <string.h>

#include "reports/formats/text_lines.h"
#include "text/escape.h"

/* Columns between a name, its value and its bar. */
#define GAP 2

/* A bar of fewer columns tells nothing. */
#define BAR_MIN 10

#define BAR_MAX 40

/* Eighths of a column. */
#define EIGHTHS 8

static const char *const blocks[EIGHTHS + 1] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

static void put_times(FILE *out, const char *text, size_t times)
{
    while (times-- > 0)
        fputs(text, out);
}

static void put_rule(FILE *out, size_t width)
{
    put_times(out, "=", width < TEXT_COLUMNS ? width : TEXT_COLUMNS);
    fputc('\n', out);
}

/* Its length is value of largest, in whole eighths of a column; nothing that counts is invisible.
 */
static void put_bar(FILE *out, int64_t value, int64_t largest, size_t columns,
                    struct terminal_style style, bool light)
{
    double share = largest > 0 ? (double)value / (double)largest : 0;
    size_t eighths = (size_t)(share * (double)(columns * EIGHTHS) + 0.5);

    if (value > 0 && eighths == 0)
        eighths = 1;
    if (style.colour && eighths > 0)
        fputs(light ? "\x1b[2m" : "\x1b[36m", out);
    if (style.blocks) {
        put_times(out, blocks[EIGHTHS], eighths / EIGHTHS);
        fputs(blocks[eighths % EIGHTHS], out);
    } else {
        put_times(out, "#", (eighths + EIGHTHS - 1) / EIGHTHS);
    }
    if (style.colour && eighths > 0)
        fputs("\x1b[0m", out);
}

static const char *value_of(const struct table_row *row, enum column_role role)
{
    return row->bar != NULL ? row->bar : table_text(row, role);
}

/* What a chart shows: totals stand beside nothing. */
static bool has_bar(const struct table_row *row)
{
    return row->kind == ROW_BODY || row->kind == ROW_OTHER || row->kind == ROW_ALONE;
}

/* How wide a chart's names, counts and values are, and what its longest bar stands for. */
struct measure {
    size_t rows;
    size_t name;
    size_t count;
    size_t value;
    int64_t largest;
};

static size_t larger(size_t left, size_t right)
{
    return left > right ? left : right;
}

static struct measure measure(const struct section *section)
{
    enum column_role role = section_table_chart(section)->column;
    struct measure found = {0};

    for (size_t i = 0; i < section->table.row_count; i++) {
        const struct table_row *row = &section->table.rows[i];

        if (!has_bar(row))
            continue;
        found.rows++;
        found.name = larger(found.name, escape_width(table_text(row, COLUMN_NAME)));
        found.count = larger(found.count, escape_width(table_text(row, COLUMN_INFECTIONS)));
        found.value = larger(found.value, escape_width(value_of(row, role)));
        if (row->cells[role].value > found.largest)
            found.largest = row->cells[role].value;
    }
    return found;
}

static void put_right(FILE *out, const char *text, size_t width)
{
    put_times(out, " ", GAP + width - escape_width(text));
    escape_plain(out, text);
}

static void put_chart(FILE *out, const struct section *section, struct terminal_style style)
{
    enum column_role role = section_table_chart(section)->column;
    struct measure sizes = measure(section);
    bool counts = role != COLUMN_INFECTIONS;
    size_t used = sizes.name + GAP + sizes.value + GAP + (counts ? sizes.count + GAP : 0);
    size_t columns = used + BAR_MIN < TEXT_COLUMNS ? TEXT_COLUMNS - used : BAR_MIN;

    if (sizes.rows < 2)
        return; /* a single bar compares nothing */
    if (columns > BAR_MAX)
        columns = BAR_MAX;
    fputc('\n', out);
    escape_plain(out, section_table_chart(section)->title);
    fputs("\n\n", out);
    for (size_t i = 0; i < section->table.row_count; i++) {
        const struct table_row *row = &section->table.rows[i];
        const char *name = table_text(row, COLUMN_NAME);

        if (!has_bar(row))
            continue;
        escape_plain(out, name);
        put_times(out, " ", sizes.name - escape_width(name));
        if (counts)
            put_right(out, table_text(row, COLUMN_INFECTIONS), sizes.count);
        put_right(out, value_of(row, role), sizes.value);
        if (row->cells[role].value > 0)
            put_times(out, " ", GAP);
        put_bar(out, row->cells[role].value, sizes.largest, columns, style,
                row->kind == ROW_OTHER || row->provisional);
        fputc('\n', out);
    }
}

bool terminal_write(FILE *out, const struct document *document, struct terminal_style style)
{
    bool whole;

    escape_plain(out, document->title);
    fputc('\n', out);
    put_rule(out, escape_width(document->title));
    escape_plain(out, document->subtitle);
    fputs("\n\n", out);
    whole = text_lines_put(out, "", document->language, document->headline);
    fputc('\n', out);
    whole = text_lines_put(out, "", document->language, document->summary) && whole;
    for (size_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];

        if (section->table.column_count > 0 && section_table_chart(section) != NULL)
            put_chart(out, section, style);
    }
    return whole;
}
