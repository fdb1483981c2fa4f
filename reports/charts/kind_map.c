#include <string.h>

#include "reports/charts/kinds.h"
#include "reports/charts/palette.h"
#include "reports/charts/world.h"

/* Width of outlines, and the radius of a country that has none. */
#define OUTLINE 6
#define DOT_RADIUS 35

#define LEGEND_GAP (12 * PIXEL)

static const char *const colors[] = {PALETTE_STEP_NONE, PALETTE_STEP_1, PALETTE_STEP_2,
                                     PALETTE_STEP_3,    PALETTE_STEP_4, PALETTE_STEP_5};

_Static_assert(PALETTE_STEPS == CHART_STEPS, "a color for each step");
_Static_assert(CHART_STEPS + 1 <= FRAME_ENTRIES_MAX, "a legend holds all steps");

/* 0 when the chart has no figure for the country. */
static size_t step_of(const struct chart *chart, const char *code)
{
    for (size_t i = 0; i < chart->point_count; i++) {
        const struct chart_value *value = &chart->series[0].values[i];

        if (chart->points[i].code != NULL && strcmp(chart->points[i].code, code) == 0 &&
            value->value >= 0 && value->value <= CHART_STEPS)
            return (size_t)value->value;
    }
    return 0;
}

static void draw_world(const struct canvas *canvas, const struct chart *chart)
{
    for (const struct world_land *land = world_lands; land->code != NULL; land++)
        canvas_path(canvas, land->path, colors[step_of(chart, land->code)], PALETTE_AXIS, OUTLINE);
    /* Only those with figures: a hundred islands are too many. */
    for (const struct world_dot *dot = world_dots; dot->code != NULL; dot++) {
        size_t step = step_of(chart, dot->code);

        if (step > 0)
            canvas_circle(canvas, dot->x, dot->y, DOT_RADIUS, colors[step], PALETTE_AXIS);
    }
}

static void make_legend(const struct chart *chart, struct frame_legend *legend)
{
    for (size_t i = 0; i < CHART_STEPS; i++)
        if (chart->steps[i] != NULL)
            legend->entries[legend->count++] =
                (struct frame_entry){.name = chart->steps[i], .color = colors[i + 1]};
    if (chart->no_step != NULL)
        legend->entries[legend->count++] =
            (struct frame_entry){.name = chart->no_step, .color = colors[0]};
}

void kind_map(const struct drawing *drawing)
{
    struct canvas canvas = {.out = drawing->out, .width = FRAME_WIDTH};
    struct frame_legend legend = {.count = 0};
    int head = frame_head_height(drawing, NULL, canvas.width);
    int below = head + world_height + LEGEND_GAP;

    _Static_assert(WORLD_WIDTH + 2 * FRAME_EDGE == FRAME_WIDTH, "the map fits");
    make_legend(drawing->chart, &legend);
    canvas.height = below + frame_legend_height(&legend, canvas.width) + LEGEND_GAP;
    frame_begin(&canvas, drawing, NULL);
    canvas_group_begin(&canvas, FRAME_EDGE, head);
    draw_world(&canvas, drawing->chart);
    canvas_group_end(&canvas);
    frame_legend_draw(&canvas, &legend, below);
    canvas_end(&canvas);
}
