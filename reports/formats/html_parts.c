#include "reports/formats/html_parts.h"

#include <stdlib.h>
#include <string.h>

#include "reports/charts/canvas.h"
#include "reports/charts/palette.h"
#include "text/base64.h"
#include "text/escape.h"

/* Charts are at least so wide; one that is wider has more to show, and keeps its width. */
#define CHART_WIDTH 760

/* A table of so few rows isn't parted between two sheets of paper. */
#define SHORT_ROWS 24

void html_put_element(FILE *out, const char *name, const char *attributes, const char *text)
{
    fprintf(out, "<%s%s>", name, attributes);
    escape_html(out, text);
    fprintf(out, "</%s>", name);
}

void html_put_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    escape_html(out, value);
    fputc('"', out);
}

void html_put_month(FILE *out, const char *month, const char *text)
{
    fprintf(out, "<time datetime=\"%s\">", month);
    escape_html(out, text);
    fputs("</time>", out);
}

void html_put_items(FILE *out, const struct section *section)
{
    fprintf(out, "<ul class=\"%s\">\n", section->id);
    for (size_t i = section_next_shown(section, 0); i < section->item_count;
         i = section_next_shown(section, i + 1)) {
        html_put_element(out, "li", "", section->items[i].text);
        fputc('\n', out);
    }
    fputs("</ul>\n", out);
}

/* What may be wider than the page: scrolled by finger, mouse and, since it takes the focus, keys.
 */
static void open_box(FILE *out, const char *class, const char *kind, size_t number)
{
    fprintf(out, "<div class=\"%s\" role=\"region\" aria-labelledby=\"%s-%zu\" tabindex=\"0\">\n",
            class, kind, number);
}

/* ---- tables */

static void put_heading(FILE *out, const struct table_column *column)
{
    bool right = column_traits[column->role].right;

    html_put_element(out, "th", right ? " scope=\"col\" class=\"n\"" : " scope=\"col\"",
                     column->heading);
}

/* The month that a cell names, as programs read it; NULL: it names none. */
static const char *month_of(const struct table *table, const struct table_row *row,
                            enum column_role role, char text[TABLE_VALUE_SIZE])
{
    if (column_traits[role].month)
        return table_value(row, role, text);
    if (role != COLUMN_NAME || row->kind != ROW_BODY || table->subject == NULL)
        return NULL;
    return strcmp(table->subject, "month") == 0 ? row->code : NULL;
}

static void put_cell(FILE *out, const struct table *table, const struct table_row *row,
                     enum column_role role)
{
    bool right = column_traits[role].right;
    const char *name = role == COLUMN_NAME ? "th" : "td";
    const char *text = table_text(row, role);
    char value[TABLE_VALUE_SIZE];
    const char *month = month_of(table, row, role, value);

    fprintf(out, "<%s%s%s>", name, role == COLUMN_NAME ? " scope=\"row\"" : "",
            right ? " class=\"n\"" : "");
    if (month != NULL)
        html_put_month(out, month, text);
    else
        escape_html(out, text);
    fprintf(out, "</%s>", name);
}

static void put_row(FILE *out, const struct table *table, const struct table_row *row)
{
    fputs(row->kind == ROW_OTHER ? "<tr class=\"other\">" : "<tr>", out);
    for (size_t i = 0; i < table->column_count; i++)
        put_cell(out, table, row, table->columns[i].role);
    fputs("</tr>\n", out);
}

static void put_rows(FILE *out, const struct table *table)
{
    bool foot = false;

    fputs("<tbody>\n", out);
    for (size_t i = table_next_shown(table, 0); i < table->row_count;
         i = table_next_shown(table, i + 1)) {
        if (!foot && table->rows[i].kind == ROW_TOTAL) {
            fputs("</tbody>\n<tfoot>\n", out);
            foot = true;
        }
        put_row(out, table, &table->rows[i]);
    }
    fputs(foot ? "</tfoot>\n" : "</tbody>\n", out);
}

void html_put_table(FILE *out, const struct table *table, size_t number)
{
    open_box(out, "scroll", "table", number);
    fputs(table->row_count <= SHORT_ROWS ? "<table class=\"short\">\n" : "<table>\n", out);
    fprintf(out, "<caption id=\"table-%zu\"><span>", number);
    escape_html(out, table->numbered);
    fputs("</span></caption>\n<thead><tr>", out);
    for (size_t i = 0; i < table->column_count; i++)
        put_heading(out, &table->columns[i]);
    fputs("</tr></thead>\n", out);
    put_rows(out, table);
    fputs("</table>\n</div>\n", out);
}

/* ---- figures */

/* A number of the opening tag, in pixels. */
static long read_number(const char *svg, const char *attribute)
{
    const char *found = strstr(svg, attribute);

    return found == NULL ? 0 : strtol(found + strlen(attribute), NULL, 10);
}

/* Writes the text up to what begins and ends like that; returns what is behind it. */
static const char *put_without(FILE *out, const char *text, const char *begin, const char *end)
{
    const char *found = strstr(text, begin);
    const char *behind = found == NULL ? NULL : strstr(found, end);

    if (behind == NULL)
        return text;
    fwrite(text, 1, (size_t)(found - text), out);
    return behind + strlen(end);
}

/* The picture without its style, which the page has, and without its head, which says what stands
 * over it anyway. */
static void put_picture(FILE *out, const char *svg)
{
    const char *head = strstr(svg, CANVAS_HEAD);
    const char *rest = strchr(svg, '>');
    long width = read_number(svg, " width=\"");
    long height = read_number(svg, " height=\"");
    long top = head == NULL ? 0 : strtol(head + strlen(CANVAS_HEAD), NULL, 10);

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"%s width=\"%ld\" height=\"%ld\" "
            "viewBox=\"0 %ld %ld %ld\"",
            width > CHART_WIDTH ? " class=\"wide\"" : "", width, height - top, top, width,
            height - top);
    if (rest == NULL)
        return;
    rest = put_without(out, rest, CANVAS_STYLE, CANVAS_STYLE_END);
    rest = put_without(out, rest, CANVAS_HEAD, CANVAS_HEAD_END);
    fputs(rest, out);
}

void html_put_figure(FILE *out, const struct chart *chart, const struct chart_image *image,
                     size_t number)
{
    fprintf(out, "<figure>\n<figcaption id=\"figure-%zu\">", number);
    escape_html(out, chart->numbered);
    fputs("</figcaption>\n", out);
    open_box(out, "scroll chart", "figure", number);
    put_picture(out, image->bytes);
    fputs("</div>\n</figure>\n", out);
}

/* ---- colours */

static void put_tones(FILE *out, bool dark)
{
    fputs(":root {", out);
    for (const struct palette_color *color = palette; color->name != NULL; color++)
        fprintf(out, " --%s: #%s;", color->name, dark ? color->dark : color->light);
    fputs(" }\n", out);
}

void html_put_colors(FILE *out)
{
    fputs(":root { color-scheme: light dark; }\n", out);
    put_tones(out, false);
    fputs("@media screen and (prefers-color-scheme: dark) {\n", out);
    put_tones(out, true);
    fputs("}\n", out);
    for (const struct palette_color *color = palette; color->name != NULL; color++) {
        fprintf(out, ".chart [fill=\"#%s\"] { fill: var(--%s); }\n", color->light, color->name);
        fprintf(out, ".chart [stroke=\"#%s\"] { stroke: var(--%s); }\n", color->light, color->name);
    }
}

void html_put_logo(FILE *out, const struct page_dress *dress)
{
    fputs("<img class=\"logo\"", out);
    html_put_attribute(out, "alt", dress->logo_text);
    fprintf(out, " src=\"data:%s;base64,", dress->logo_type);
    base64_write(out, dress->logo, dress->logo_length);
    fputs("\">\n", out);
}
