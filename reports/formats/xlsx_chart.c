#include "reports/formats/xlsx_chart.h"

#include <stdlib.h>

#include "reports/charts/palette.h"

/* What libxlsxwriter makes unless it is told otherwise, in pixels. */
#define DEFAULT_WIDTH 480.0
#define DEFAULT_HEIGHT 288.0

/* Of the charts here: a bar below another takes this much, the title and the rest that. */
#define WIDTH 720.0
#define COLUMNS_HEIGHT 380.0
#define BAR_HEIGHT 26.0
#define BARS_MARGIN 80.0

/* Between two bars, in percent of a bar. */
#define GAP_PERCENT 50

/* The column of the table that holds this; there is one. */
static lxw_col_t column_of(const struct table *table, enum column_role role)
{
    lxw_col_t column = 0;

    while (column + 1u < table->column_count && table->columns[column].role != role)
        column++;
    return column;
}

static bool is_bar(const struct table_row *row)
{
    return row->kind == ROW_BODY || row->kind == ROW_OTHER;
}

/* How many rows, from the first, are bars. Totals stand behind them, parts aren't shown. */
static size_t count_bars(const struct table *table)
{
    size_t bars = 0;

    for (size_t i = 0; i < table->row_count; i++)
        bars += is_bar(&table->rows[i]);
    return bars;
}

static const char *shade_of(const struct table_row *row)
{
    if (row->kind == ROW_OTHER)
        return PALETTE_OTHER;
    return row->provisional ? PALETTE_PROVISIONAL : PALETTE_MARK;
}

/* Each bar in the colour that it has in every format. */
static void paint_bars(struct xlsx_book *book, lxw_chart_series *series, const struct table *table,
                       size_t bars)
{
    struct paint {
        lxw_chart_point point;
        lxw_chart_fill fill;
        lxw_chart_line line;
    } *paints = calloc(bars, sizeof(*paints));
    lxw_chart_point **points = calloc(bars + 1, sizeof(*points));
    size_t painted = 0;

    if (paints == NULL || points == NULL)
        book->failed = true;
    for (size_t i = 0; i < table->row_count && !book->failed; i++) {
        struct paint *paint = &paints[painted];

        if (!is_bar(&table->rows[i]))
            continue;
        paint->fill.color = xlsx_color(shade_of(&table->rows[i]));
        paint->line.color =
            table->rows[i].provisional ? xlsx_color(PALETTE_MARK) : paint->fill.color;
        paint->point = (lxw_chart_point){.fill = &paint->fill, .line = &paint->line};
        points[painted++] = &paint->point;
    }
    if (!book->failed)
        xlsx_note(book, chart_series_set_points(series, points));
    free(points);
    free(paints);
}

/* Of bars the y axis, the upright one, is that of names. */
static void set_axes(lxw_chart *chart, enum chart_kind kind)
{
    lxw_chart_line rule = {.color = xlsx_color(PALETTE_RULE), .width = 0.75f};
    lxw_chart_line axis = {.color = xlsx_color(PALETTE_AXIS), .width = 0.75f};
    bool bars = kind == CHART_BARS;
    lxw_chart_axis *names = bars ? chart->y_axis : chart->x_axis;
    lxw_chart_axis *values = bars ? chart->x_axis : chart->y_axis;

    chart_axis_set_line(names, &axis);
    chart_axis_major_gridlines_set_visible(names, LXW_FALSE);
    chart_axis_set_min(values, 0);
    if (bars) {
        /* From top to bottom, as in the table; the numbers stand beside the bars. */
        chart_axis_set_reverse(names);
        chart_axis_major_gridlines_set_visible(values, LXW_FALSE);
        chart_axis_off(values);
    } else {
        chart_axis_major_gridlines_set_visible(values, LXW_TRUE);
        chart_axis_major_gridlines_set_line(values, &rule);
    }
}

/* libxlsxwriter takes "=…" for the address of a cell that holds the title. */
static void set_title(struct xlsx_book *book, lxw_chart *chart, const char *title)
{
    lxw_chart_font font = {.size = 13, .bold = LXW_TRUE, .color = xlsx_color(PALETTE_INK)};
    char *text = sheet_title(title);

    if (text == NULL)
        book->failed = true;
    else if (*text != '=')
        chart_title_set_name(chart, text);
    chart_title_set_name_font(chart, &font);
    free(text);
}

static void set_series(struct xlsx_book *book, lxw_chart *chart, const char *name,
                       const struct section *section, const struct chart *chart_of, lxw_row_t heads)
{
    const struct table *table = &section->table;
    size_t bars = count_bars(table);
    lxw_row_t first = heads + 1;
    lxw_row_t last = heads + (lxw_row_t)bars;
    lxw_col_t names = column_of(table, COLUMN_NAME);
    lxw_col_t values = column_of(table, chart_of->column);
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);

    if (series == NULL) {
        book->failed = true;
        return;
    }
    chart_series_set_categories(series, name, first, names, last, names);
    chart_series_set_values(series, name, first, values, last, values);
    chart_series_set_name_range(series, name, heads, values);
    chart_series_set_labels(series);
    paint_bars(book, series, table, bars);
}

void xlsx_chart(struct xlsx_book *book, lxw_worksheet *sheet, const char *name,
                const struct section *section, lxw_row_t heads)
{
    const struct chart *chart_of = section_table_chart(section);
    bool below = chart_of->kind == CHART_BARS;
    size_t bars = count_bars(&section->table);
    lxw_chart *chart = NULL;

    if (bars == 0)
        return;
    chart = workbook_add_chart(book->workbook, below ? LXW_CHART_BAR : LXW_CHART_COLUMN);
    if (chart == NULL) {
        book->failed = true;
        return;
    }
    set_title(book, chart, section->table.caption);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    set_axes(chart, chart_of->kind);
    chart_set_series_gap(chart, GAP_PERCENT);
    set_series(book, chart, name, section, chart_of, heads);

    double height = below ? BARS_MARGIN + BAR_HEIGHT * (double)bars : COLUMNS_HEIGHT;
    char *title = sheet_title(section->table.caption);
    lxw_chart_options options = {.x_scale = WIDTH / DEFAULT_WIDTH,
                                 .y_scale = height / DEFAULT_HEIGHT,
                                 .object_position = LXW_OBJECT_MOVE_DONT_SIZE,
                                 .description = title};

    xlsx_note(book,
              worksheet_insert_chart_opt(sheet, heads, (lxw_col_t)(section->table.column_count + 1),
                                         chart, &options));
    free(title);
}
