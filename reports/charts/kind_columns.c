#include "reports/charts/axis.h"
#include "reports/charts/kinds.h"
#include "reports/charts/palette.h"

#define PLOT_HEIGHT (220 * PIXEL)

#define STEP_WIDTH (25)
#define STEP_CASING (50)

struct plot {
    const struct canvas *canvas;
    const struct axis *axis;
    const struct chart *chart;
    int base;    /* y of zero */
    int64_t top; /* the highest value */
};

static const char *text_above(const struct chart *chart, size_t index)
{
    return chart->series[0].values[index].text;
}

static int64_t highest(const struct chart *chart)
{
    int64_t top = 0;

    for (size_t i = 0; i < chart->series_count; i++)
        for (size_t j = 0; j < chart->point_count; j++)
            if (chart->series[i].values[j].value > top)
                top = chart->series[i].values[j].value;
    return top;
}

static int height_of(const struct plot *plot, const struct chart_value *value)
{
    if (value->mark == CHART_MARK_MISSING)
        return plot->base;
    return plot->base - frame_scale(value->value, plot->top, PLOT_HEIGHT);
}

static void draw_column(const struct plot *plot, size_t index)
{
    const struct chart_value *value = &plot->chart->series[0].values[index];
    struct canvas_box box = axis_box(plot->axis, index, height_of(plot, value), plot->base);

    if (value->mark == CHART_MARK_MISSING)
        return;
    if (value->mark == CHART_MARK_OPEN)
        canvas_hatched(plot->canvas, box, PALETTE_PROVISIONAL, PALETTE_MARK);
    else
        canvas_rectangle(plot->canvas, box, PALETTE_MARK);
}

/* A step for each place, joined to the one before it; none where nothing is known. */
static void draw_steps(const struct plot *plot, const struct chart_series *series,
                       const char *color, int width)
{
    bool joined = false;
    bool any = false;

    for (size_t i = 0; i < plot->chart->point_count; i++)
        any |= series->values[i].mark != CHART_MARK_MISSING;
    if (!any)
        return;
    canvas_path_begin(plot->canvas);
    for (size_t i = 0; i < plot->chart->point_count; i++) {
        int y = height_of(plot, &series->values[i]);

        if (series->values[i].mark == CHART_MARK_MISSING) {
            joined = false;
            continue;
        }
        canvas_path_point(plot->canvas, !joined, axis_place(plot->axis, i), y);
        canvas_path_point(plot->canvas, false, axis_place(plot->axis, i + 1), y);
        joined = true;
    }
    canvas_path_end(plot->canvas, color, width);
}

/* Above the column; above the line where that would run through the text. */
static void draw_text(const struct plot *plot, size_t index)
{
    int y = height_of(plot, &plot->chart->series[0].values[index]);

    for (size_t i = 1; i < plot->chart->series_count; i++) {
        const struct chart_value *value = &plot->chart->series[i].values[index];
        int line = height_of(plot, value);

        if (value->mark != CHART_MARK_MISSING && line < y &&
            line > y - axis_text_height(plot->axis, text_above(plot->chart, index)))
            y = line;
    }
    axis_draw_text(plot->canvas, plot->axis, index, y, text_above(plot->chart, index));
}

static void make_legend(const struct chart *chart, struct frame_legend *legend)
{
    static const char *const colors[] = {PALETTE_MARK, PALETTE_BEFORE};

    for (size_t i = 0; i < chart->series_count && i < 2; i++)
        if (chart->series[i].name != NULL)
            legend->entries[legend->count++] = (struct frame_entry){
                chart->series[i].name, colors[i], i > 0 ? FRAME_LINE : FRAME_BOX};
    frame_explain_open(chart, legend);
}

void kind_columns(const struct drawing *drawing)
{
    const struct chart *chart = drawing->chart;
    struct frame_legend legend = {.count = 0};
    struct axis axis;

    make_legend(chart, &legend);
    axis_lay_out(chart, 0, text_above, &axis);

    struct canvas canvas = {.out = drawing->out, .width = 2 * FRAME_EDGE + axis.width};
    int head = frame_head_height(drawing, &legend, canvas.width);
    struct plot plot = {&canvas, &axis, chart, head + axis.above + PLOT_HEIGHT, highest(chart)};

    canvas.height = plot.base + axis.below;
    frame_begin(&canvas, drawing, &legend);
    for (size_t i = 0; i < chart->point_count; i++)
        draw_column(&plot, i);
    axis_draw(&canvas, &axis, plot.base);
    if (chart->series_count > 1) {
        draw_steps(&plot, &chart->series[1], PALETTE_PAPER, STEP_CASING);
        draw_steps(&plot, &chart->series[1], PALETTE_BEFORE, STEP_WIDTH);
    }
    for (size_t i = 0; i < chart->point_count; i++)
        draw_text(&plot, i);
    canvas_end(&canvas);
}
