#include "reports/charts/frame.h"

#include <math.h>

#include "reports/charts/palette.h"

#define TITLE_SIZE (18 * PIXEL)
#define SUBTITLE_SIZE (13 * PIXEL)

/* Of title and subtitle, and what is free above them. */
#define TITLES_HEIGHT (50 * PIXEL)

/* Of them, and what is free below. */
#define HEAD_HEIGHT (66 * PIXEL)

/* Of a legend's entry: its mark, the gap behind that, and the one behind its name. */
#define MARK_WIDTH (14 * PIXEL)
#define MARK_HEIGHT (12 * PIXEL)
#define LINE_WIDTH (3 * PIXEL)
#define NAME_GAP (6 * PIXEL)
#define ENTRY_GAP (20 * PIXEL)
#define LINE_HEIGHT (22 * PIXEL)

/* Names that are longer are cut. */
#define NAME_ROOM (330 * PIXEL)

static int entry_width(const struct frame_entry *entry)
{
    int width = chart_text_width(entry->name, FRAME_SMALL);

    return MARK_WIDTH + NAME_GAP + (width < NAME_ROOM ? width : NAME_ROOM);
}

static void draw_entry(const struct canvas *canvas, const struct frame_entry *entry, int x, int y)
{
    struct canvas_box box = {x, y, MARK_WIDTH, MARK_HEIGHT};
    struct canvas_box line = {x, y + (MARK_HEIGHT - LINE_WIDTH) / 2, MARK_WIDTH, LINE_WIDTH};

    if (entry->mark == FRAME_LINE)
        canvas_rectangle(canvas, line, entry->color);
    else if (entry->mark == FRAME_HATCHED)
        canvas_hatched(canvas, box, PALETTE_PAPER, entry->color);
    else
        canvas_outlined(canvas, box, entry->color, PALETTE_AXIS);
    canvas_text(canvas,
                &(struct canvas_text){.x = x + MARK_WIDTH + NAME_GAP,
                                      .y = y + MARK_HEIGHT - PIXEL,
                                      .size = FRAME_SMALL,
                                      .room = NAME_ROOM,
                                      .color = PALETTE_INK},
                entry->name);
}

/* Lays the entries out in lines; draws them when there is a canvas. Returns the height. */
static int lay_out(const struct canvas *canvas, const struct frame_legend *legend, int width, int y)
{
    int top = y;
    int x = FRAME_EDGE;

    for (size_t i = 0; i < legend->count; i++) {
        int taken = entry_width(&legend->entries[i]);

        if (x > FRAME_EDGE && x + taken > width - FRAME_EDGE) {
            x = FRAME_EDGE;
            y += LINE_HEIGHT;
        }
        if (canvas != NULL)
            draw_entry(canvas, &legend->entries[i], x, y);
        x += taken + ENTRY_GAP;
    }
    return legend->count == 0 ? 0 : y + LINE_HEIGHT - top;
}

int frame_legend_height(const struct frame_legend *legend, int width)
{
    return lay_out(NULL, legend, width, 0);
}

void frame_legend_draw(const struct canvas *canvas, const struct frame_legend *legend, int y)
{
    lay_out(canvas, legend, canvas->width, y);
}

void frame_explain_open(const struct chart *chart, struct frame_legend *legend)
{
    bool any = false;

    for (size_t i = 0; i < chart->series_count; i++)
        for (size_t j = 0; j < chart->point_count; j++)
            any |= chart->series[i].values[j].mark == CHART_MARK_OPEN;
    if (any && chart->open != NULL)
        legend->entries[legend->count++] =
            (struct frame_entry){chart->open, PALETTE_AXIS, FRAME_HATCHED};
}

/* Where the legend begins. */
static int legend_top(const struct drawing *drawing)
{
    return HEAD_HEIGHT + (drawing->chart->note == NULL ? 0 : LINE_HEIGHT);
}

int frame_head_height(const struct drawing *drawing, const struct frame_legend *legend, int width)
{
    return legend_top(drawing) + (legend == NULL ? 0 : frame_legend_height(legend, width));
}

static void put_line(const struct canvas *canvas, int y, int size, const char *color,
                     const char *text)
{
    canvas_text(canvas,
                &(struct canvas_text){.x = FRAME_EDGE,
                                      .y = y,
                                      .size = size,
                                      .room = canvas->width - 2 * FRAME_EDGE,
                                      .color = color},
                text);
}

void frame_begin(const struct canvas *canvas, const struct drawing *drawing,
                 const struct frame_legend *legend)
{
    const struct chart *chart = drawing->chart;

    canvas_begin(canvas, chart->title, chart->alt);
    canvas_head_begin(canvas, TITLES_HEIGHT);
    put_line(canvas, 30 * PIXEL, TITLE_SIZE, PALETTE_INK, chart->title);
    put_line(canvas, 52 * PIXEL, SUBTITLE_SIZE, PALETTE_SOFT, drawing->subtitle);
    canvas_head_end(canvas);
    if (chart->note != NULL)
        put_line(canvas, 73 * PIXEL, SUBTITLE_SIZE, PALETTE_SOFT, chart->note);
    if (legend != NULL)
        frame_legend_draw(canvas, legend, legend_top(drawing));
}

int frame_scale(int64_t value, int64_t top, int length)
{
    if (top <= 0)
        return 0;
    return (int)lround((double)value / (double)top * length);
}
