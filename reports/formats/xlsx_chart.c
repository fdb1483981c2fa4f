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

/* Of the outline that stands for the year before, in points. */
#define BEFORE_WIDTH 2.25f

static const char *const series_colors[PALETTE_SERIES] = {PALETTE_SERIES_1, PALETTE_SERIES_2,
                                                          PALETTE_SERIES_3, PALETTE_SERIES_4,
                                                          PALETTE_SERIES_5, PALETTE_SERIES_6};

/* ---- what is drawn, and from where */

bool xlsx_chart_is_drawn(const struct chart *chart)
{
    return chart->kind != CHART_MAP && chart->point_count > 0 && chart->series_count > 0;
}

static bool is_bar(const struct table_row *row)
{
    return row->kind == ROW_BODY || row->kind == ROW_OTHER || row->kind == ROW_ALONE;
}

/* How many rows, from the first, are bars. Totals stand behind them, parts aren't shown. */
static size_t count_bars(const struct table *table)
{
    size_t bars = 0;

    for (size_t i = 0; i < table->row_count; i++)
        bars += is_bar(&table->rows[i]);
    return bars;
}

/* The column of the table that holds this; there is one. */
static lxw_col_t column_of(const struct table *table, enum column_role role)
{
    lxw_col_t column = 0;

    while (column + 1u < table->column_count && table->columns[column].role != role)
        column++;
    return column;
}

bool xlsx_chart_is_of_table(const struct section *section, const struct chart *chart,
                            struct xlsx_cells *out)
{
    const struct table *table = &section->table;

    if (chart->column == COLUMN_ROLES || chart->series_count != 1 ||
        chart->point_count != count_bars(table))
        return false;
    out->names = column_of(table, COLUMN_NAME);
    out->values = column_of(table, chart->column);
    return true;
}

static bool is_of_bars(const struct chart *chart)
{
    return chart->kind == CHART_BARS || chart->kind == CHART_CHANGES;
}

/* ---- colours */

static const char *color_of(const struct chart *chart, size_t series,
                            const struct chart_value *value)
{
    if (chart->kind == CHART_STACKS)
        return chart->series[series].rest ? PALETTE_OTHER : series_colors[series % PALETTE_SERIES];
    if (value->mark == CHART_MARK_OTHER)
        return PALETTE_OTHER;
    if (chart->kind == CHART_CHANGES)
        return value->value < 0 ? PALETTE_LESS : PALETTE_MORE;
    return PALETTE_MARK;
}

/* Each mark as it is in every format. */
struct paint {
    lxw_chart_point point;
    lxw_chart_fill fill;
    lxw_chart_line line;
    lxw_chart_pattern pattern;
};

static void mix_paint(struct paint *paint, const struct chart *chart, size_t series,
                      const struct chart_value *value)
{
    bool open = value->mark == CHART_MARK_OPEN;
    bool stacked = chart->kind == CHART_STACKS;
    lxw_color_t color = xlsx_color(color_of(chart, series, value));
    const char *ground = stacked ? PALETTE_PAPER : PALETTE_PROVISIONAL;

    paint->fill.color = color;
    paint->line = (lxw_chart_line){.color = stacked && !open ? xlsx_color(PALETTE_PAPER) : color,
                                   .width = 0.75f};
    paint->pattern = (lxw_chart_pattern){.fg_color = color,
                                         .bg_color = xlsx_color(ground),
                                         .type = LXW_CHART_PATTERN_WIDE_UPWARD_DIAGONAL};
    paint->point = (lxw_chart_point){.line = &paint->line};
    if (open)
        paint->point.pattern = &paint->pattern;
    else
        paint->point.fill = &paint->fill;
}

static void paint_marks(struct xlsx_book *book, lxw_chart_series *drawn, const struct chart *chart,
                        size_t series)
{
    struct paint *paints = calloc(chart->point_count, sizeof(*paints));
    lxw_chart_point **points = calloc(chart->point_count + 1, sizeof(*points));

    if (paints == NULL || points == NULL)
        book->failed = true;
    for (size_t i = 0; i < chart->point_count && !book->failed; i++) {
        mix_paint(&paints[i], chart, series, &chart->series[series].values[i]);
        points[i] = &paints[i].point;
    }
    if (!book->failed) {
        /* What the legend shows, which the points alone would leave to the spreadsheet. */
        chart_series_set_fill(
            drawn, &(lxw_chart_fill){
                       .color = xlsx_color(color_of(chart, series, &(struct chart_value){0}))});
        xlsx_note(book, chart_series_set_points(drawn, points));
    }
    free(points);
    free(paints);
}

static void outline_before(lxw_chart_series *drawn)
{
    lxw_chart_fill fill = {.none = LXW_TRUE};
    lxw_chart_line line = {.color = xlsx_color(PALETTE_BEFORE), .width = BEFORE_WIDTH};

    chart_series_set_fill(drawn, &fill);
    chart_series_set_line(drawn, &line);
}

/* ---- parts */

/* Of bars the y axis, the upright one, is that of names. */
static void set_axes(lxw_chart *drawn, const struct chart *chart)
{
    lxw_chart_line rule = {.color = xlsx_color(PALETTE_RULE), .width = 0.75f};
    lxw_chart_line axis = {.color = xlsx_color(PALETTE_AXIS), .width = 0.75f};
    bool bars = is_of_bars(chart);
    lxw_chart_axis *names = bars ? drawn->y_axis : drawn->x_axis;
    lxw_chart_axis *values = bars ? drawn->x_axis : drawn->y_axis;

    chart_axis_set_line(names, &axis);
    chart_axis_major_gridlines_set_visible(names, LXW_FALSE);
    if (chart->kind == CHART_CHANGES)
        chart_axis_set_label_position(names, LXW_CHART_AXIS_LABEL_POSITION_LOW);
    else
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
static void set_title(struct xlsx_book *book, lxw_chart *drawn, const char *title)
{
    lxw_chart_font font = {.size = 13, .bold = LXW_TRUE, .color = xlsx_color(PALETTE_INK)};
    char *text = sheet_title(title);

    if (text == NULL)
        book->failed = true;
    else if (*text != '=')
        chart_title_set_name(drawn, text);
    chart_title_set_name_font(drawn, &font);
    free(text);
}

static void add_series(struct xlsx_book *book, lxw_chart *drawn, const struct chart *chart,
                       const struct xlsx_cells *cells, size_t index)
{
    lxw_row_t first = cells->heads + 1;
    lxw_row_t last = cells->heads + (lxw_row_t)chart->point_count;
    lxw_col_t column = (lxw_col_t)(cells->values + index);
    bool before = chart->kind == CHART_COLUMNS && index > 0;
    lxw_chart_series *series = chart_add_series(drawn, NULL, NULL);

    if (series == NULL) {
        book->failed = true;
        return;
    }
    chart_series_set_categories(series, cells->sheet, first, cells->names, last, cells->names);
    chart_series_set_values(series, cells->sheet, first, column, last, column);
    chart_series_set_name_range(series, cells->sheet, cells->heads, column);
    if (before)
        outline_before(series);
    else
        paint_marks(book, series, chart, index);
    if (chart->kind == CHART_STACKS || before)
        return;
    chart_series_set_labels(series);
    if (chart->kind == CHART_CHANGES)
        chart_series_set_labels_num_format(series, XLSX_CHANGE_FORMAT);
}

static uint8_t type_of(const struct chart *chart)
{
    if (chart->kind == CHART_STACKS)
        return LXW_CHART_COLUMN_STACKED;
    return is_of_bars(chart) ? LXW_CHART_BAR : LXW_CHART_COLUMN;
}

static void place(struct xlsx_book *book, lxw_worksheet *sheet, lxw_chart *drawn,
                  const struct chart *chart, lxw_row_t row, lxw_col_t column)
{
    double height =
        is_of_bars(chart) ? BARS_MARGIN + BAR_HEIGHT * (double)chart->point_count : COLUMNS_HEIGHT;
    char *title = sheet_title(chart->title);
    lxw_chart_options options = {.x_scale = WIDTH / DEFAULT_WIDTH,
                                 .y_scale = height / DEFAULT_HEIGHT,
                                 .object_position = LXW_OBJECT_MOVE_DONT_SIZE,
                                 .description = title};

    xlsx_note(book, worksheet_insert_chart_opt(sheet, row, column, drawn, &options));
    free(title);
}

void xlsx_chart_insert(struct xlsx_book *book, lxw_worksheet *sheet, const struct chart *chart,
                       const struct xlsx_cells *cells, lxw_col_t column)
{
    lxw_chart *drawn = workbook_add_chart(book->workbook, type_of(chart));

    if (drawn == NULL) {
        book->failed = true;
        return;
    }
    set_title(book, drawn, chart->title);
    chart_legend_set_position(drawn, chart->series_count > 1 ? LXW_CHART_LEGEND_BOTTOM
                                                             : LXW_CHART_LEGEND_NONE);
    set_axes(drawn, chart);
    chart_set_series_gap(drawn, GAP_PERCENT);
    /* Upon each other. */
    if (chart->series_count > 1)
        chart_set_series_overlap(drawn, 100);
    for (size_t i = 0; i < chart->series_count; i++)
        add_series(book, drawn, chart, cells, i);
    place(book, sheet, drawn, chart, cells->heads, column);
}
