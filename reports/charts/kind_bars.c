#include "reports/charts/kinds.h"
#include "reports/charts/palette.h"

#define ROW (26 * PIXEL)
#define BAR_HEIGHT (19 * PIXEL)
#define BELOW (16 * PIXEL)

/* Between a label, its bar and the text beside it. */
#define GAP (8 * PIXEL)

/* Labels that are wider are cut: names of malware have up to 256 bytes. */
#define LABEL_ROOM (350 * PIXEL)

/* Where things stand from left to right. */
struct plot {
    const struct canvas *canvas;
    const struct chart *chart;
    int label;     /* right end of labels */
    int zero;      /* where bars begin */
    int length;    /* of the span of all values */
    int64_t least; /* 0 or the lowest value */
    int64_t most;  /* 0 or the highest */
};

static int64_t value_of(const struct plot *plot, size_t index)
{
    return plot->chart->series[0].values[index].value;
}

static int widest_label(const struct chart *chart)
{
    int widest = 0;

    for (size_t i = 0; i < chart->point_count; i++) {
        int width = chart_text_width(chart->points[i].label, FRAME_TEXT);

        if (width > widest)
            widest = width;
    }
    return widest < LABEL_ROOM ? widest : LABEL_ROOM;
}

/* Of the texts beside bars to one side. */
static int widest_text(const struct chart *chart, bool negative)
{
    int widest = 0;

    for (size_t i = 0; i < chart->point_count; i++) {
        const struct chart_value *value = &chart->series[0].values[i];

        if (value->text == NULL || (value->value < 0) != negative)
            continue;

        int width = GAP + chart_text_width(value->text, FRAME_TEXT);

        if (width > widest)
            widest = width;
    }
    return widest;
}

static void lay_out(const struct canvas *canvas, const struct chart *chart, struct plot *out)
{
    int before = widest_text(chart, true);
    int behind = widest_text(chart, false);

    *out = (struct plot){.canvas = canvas, .chart = chart};
    out->label = FRAME_EDGE + widest_label(chart);
    for (size_t i = 0; i < chart->point_count; i++) {
        if (value_of(out, i) < out->least)
            out->least = value_of(out, i);
        if (value_of(out, i) > out->most)
            out->most = value_of(out, i);
    }
    out->length = canvas->width - FRAME_EDGE - behind - before - out->label - GAP;
    out->zero = out->label + GAP + before;
    if (out->least < 0)
        out->zero += frame_scale(-out->least, out->most - out->least, out->length);
}

static const char *color_of(const struct chart *chart, const struct chart_value *value)
{
    if (value->mark == CHART_MARK_OTHER)
        return PALETTE_OTHER;
    if (chart->kind == CHART_BARS)
        return PALETTE_MARK;
    return value->value < 0 ? PALETTE_LESS : PALETTE_MORE;
}

static void draw_bar(const struct plot *plot, size_t index, int y)
{
    const struct chart_value *value = &plot->chart->series[0].values[index];
    const char *color = color_of(plot->chart, value);
    bool negative = value->value < 0;
    int length = frame_scale(value->value, plot->most - plot->least, plot->length);
    struct canvas_box box = {plot->zero, y + (ROW - BAR_HEIGHT) / 2, length, BAR_HEIGHT};

    if (negative) {
        box.x += length;
        box.width = -length;
    }
    if (value->mark == CHART_MARK_OPEN)
        canvas_hatched(plot->canvas, box, PALETTE_PROVISIONAL, color);
    else if (value->mark != CHART_MARK_MISSING)
        canvas_rectangle(plot->canvas, box, color);
    if (value->text != NULL)
        canvas_text(plot->canvas,
                    &(struct canvas_text){.x = negative ? box.x - GAP : box.x + box.width + GAP,
                                          .y = y + ROW / 2 + 5 * PIXEL,
                                          .size = FRAME_TEXT,
                                          .anchor = negative ? CANVAS_END : CANVAS_START,
                                          .color = PALETTE_INK},
                    value->text);
}

static void draw_label(const struct plot *plot, size_t index, int y)
{
    canvas_text(plot->canvas,
                &(struct canvas_text){.x = plot->label,
                                      .y = y + ROW / 2 + 5 * PIXEL,
                                      .size = FRAME_TEXT,
                                      .room = LABEL_ROOM,
                                      .anchor = CANVAS_END,
                                      .color = PALETTE_INK},
                plot->chart->points[index].label);
}

void kind_bars(const struct drawing *drawing)
{
    const struct chart *chart = drawing->chart;
    struct canvas canvas = {.out = drawing->out, .width = FRAME_WIDTH};
    struct plot plot;
    int head = frame_head_height(drawing, NULL, canvas.width);
    int y = head;

    canvas.height = y + (int)chart->point_count * ROW + BELOW;
    lay_out(&canvas, chart, &plot);
    frame_begin(&canvas, drawing, NULL);
    for (size_t i = 0; i < chart->point_count; i++, y += ROW) {
        draw_label(&plot, i, y);
        draw_bar(&plot, i, y);
    }
    if (chart->kind == CHART_CHANGES)
        canvas_line(&canvas, plot.zero, head, plot.zero, y, PALETTE_AXIS);
    canvas_end(&canvas);
}
