#include "reports/charts/axis.h"
#include "reports/charts/kinds.h"
#include "reports/charts/palette.h"

#define PLOT_HEIGHT (240 * PIXEL)

/* Names beside the last column: the place that they have, and how far they are apart. */
#define NAME_ROOM (190 * PIXEL)
#define NAME_MARK (14 * PIXEL)
#define NAME_GAP (6 * PIXEL)
#define NAME_HEIGHT (20 * PIXEL)

static const char *const colors[PALETTE_SERIES] = {PALETTE_SERIES_1, PALETTE_SERIES_2,
                                                   PALETTE_SERIES_3, PALETTE_SERIES_4,
                                                   PALETTE_SERIES_5, PALETTE_SERIES_6};

struct plot {
    const struct canvas *canvas;
    const struct axis *axis;
    const struct chart *chart;
    int base;    /* y of zero */
    int64_t top; /* the highest sum */
};

static const char *text_above(const struct chart *chart, size_t index)
{
    return chart->points[index].total;
}

static const char *color_of(const struct chart *chart, size_t series)
{
    return chart->series[series].rest ? PALETTE_OTHER : colors[series % PALETTE_SERIES];
}

/* What the first so many series add up to. */
static int64_t sum_of(const struct chart *chart, size_t point, size_t series)
{
    int64_t sum = 0;

    for (size_t i = 0; i < series; i++)
        sum += chart->series[i].values[point].value;
    return sum;
}

static int64_t highest(const struct chart *chart)
{
    int64_t top = 0;

    for (size_t i = 0; i < chart->point_count; i++)
        if (sum_of(chart, i, chart->series_count) > top)
            top = sum_of(chart, i, chart->series_count);
    return top;
}

static int height_of(const struct plot *plot, size_t point, size_t series)
{
    return plot->base - frame_scale(sum_of(plot->chart, point, series), plot->top, PLOT_HEIGHT);
}

static void draw_piece(const struct plot *plot, size_t point, size_t series)
{
    const struct chart_value *value = &plot->chart->series[series].values[point];
    const char *color = color_of(plot->chart, series);
    struct canvas_box box = axis_box(plot->axis, point, height_of(plot, point, series + 1),
                                     height_of(plot, point, series));

    if (value->mark == CHART_MARK_MISSING || box.height == 0)
        return;
    if (value->mark == CHART_MARK_OPEN)
        canvas_hatched(plot->canvas, box, PALETTE_PAPER, color);
    else
        canvas_outlined(plot->canvas, box, color, PALETTE_PAPER);
}

/* Names lie beside the pieces of the last column, the first below, moved apart where they would
 * overlap; the highest stays below the top of the plot. */
static void place_names(const struct plot *plot, int places[CHART_SERIES_MAX])
{
    size_t count = plot->chart->series_count;
    size_t last = plot->chart->point_count - 1;
    int limit = plot->base - NAME_HEIGHT / 2;

    for (size_t i = 0; i < count; i++) {
        places[i] = (height_of(plot, last, i) + height_of(plot, last, i + 1)) / 2;
        if (places[i] > limit)
            places[i] = limit;
        limit = places[i] - NAME_HEIGHT;
    }
    limit = plot->base - PLOT_HEIGHT + NAME_HEIGHT / 2;
    for (size_t i = count; i-- > 0; limit = places[i] + NAME_HEIGHT)
        if (places[i] < limit)
            places[i] = limit;
}

static void draw_names(const struct plot *plot)
{
    int x = axis_place(plot->axis, plot->chart->point_count) + NAME_GAP;
    int places[CHART_SERIES_MAX];

    place_names(plot, places);
    for (size_t i = 0; i < plot->chart->series_count; i++) {
        canvas_rectangle(plot->canvas,
                         (struct canvas_box){x, places[i] - NAME_MARK / 2, NAME_MARK, NAME_MARK},
                         color_of(plot->chart, i));
        canvas_text(plot->canvas,
                    &(struct canvas_text){.x = x + NAME_MARK + NAME_GAP,
                                          .y = places[i] + 5 * PIXEL,
                                          .size = FRAME_TEXT,
                                          .room = NAME_ROOM,
                                          .color = PALETTE_INK},
                    plot->chart->series[i].name);
    }
}

static int widest_name(const struct chart *chart)
{
    int widest = 0;

    for (size_t i = 0; i < chart->series_count; i++) {
        int width = chart_text_width(chart->series[i].name, FRAME_TEXT);

        if (width > widest)
            widest = width;
    }
    return widest < NAME_ROOM ? widest : NAME_ROOM;
}

void kind_stacks(const struct drawing *drawing)
{
    const struct chart *chart = drawing->chart;
    int right = NAME_GAP + NAME_MARK + NAME_GAP + widest_name(chart);
    struct axis axis;

    axis_lay_out(chart, right, text_above, &axis);

    struct canvas canvas = {.out = drawing->out, .width = 2 * FRAME_EDGE + axis.width + right};
    struct frame_legend legend = {.count = 0};

    frame_explain_open(chart, &legend);

    int head = frame_head_height(drawing, &legend, canvas.width);
    struct plot plot = {&canvas, &axis, chart, head + axis.above + PLOT_HEIGHT, highest(chart)};

    canvas.height = plot.base + axis.below;
    frame_begin(&canvas, drawing, &legend);
    for (size_t i = 0; i < chart->point_count; i++)
        for (size_t j = 0; j < chart->series_count; j++)
            draw_piece(&plot, i, j);
    axis_draw(&canvas, &axis, plot.base);
    for (size_t i = 0; i < chart->point_count; i++)
        axis_draw_text(&canvas, &axis, i, height_of(&plot, i, chart->series_count),
                       chart->points[i].total);
    if (chart->point_count > 0)
        draw_names(&plot);
    canvas_end(&canvas);
}
