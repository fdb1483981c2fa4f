#include "reports/charts/axis.h"

#include <string.h>

#include "reports/charts/palette.h"

/* A place is never narrower than a turned text is high. */
#define PLACE_MIN (17 * PIXEL)

/* The part of a place that its mark takes, in percent, and the most that it takes. */
#define MARK_PERCENT 66
#define MARK_MAX (110 * PIXEL)

/* Between labels, and between a mark and the text above it. */
#define LABEL_GAP (6 * PIXEL)
#define TEXT_GAP (7 * PIXEL)

#define LINE_HEIGHT (18 * PIXEL)

static const char *brief_of(const struct chart_point *point)
{
    return point->brief == NULL ? point->label : point->brief;
}

static int wider(int width, const char *text, int size)
{
    int other = text == NULL ? 0 : chart_text_width(text, size);

    return other > width ? other : width;
}

/* Chooses how labels stand, from the widest of them. */
static void fit_labels(struct axis *axis, int place)
{
    const struct chart *chart = axis->chart;
    int whole = 0;
    int brief = 0;
    bool groups = false;

    for (size_t i = 0; i < chart->point_count; i++) {
        whole = wider(whole, chart->points[i].label, FRAME_TEXT);
        brief = wider(brief, brief_of(&chart->points[i]), FRAME_SMALL);
        groups |= chart->points[i].group != NULL;
    }
    axis->brief = whole + LABEL_GAP > place;
    axis->step = axis->brief ? (size_t)((brief + LABEL_GAP + place - 1) / place) : 1;
    axis->below = (axis->brief && groups ? 2 : 1) * LINE_HEIGHT + 14 * PIXEL;
}

void axis_lay_out(const struct chart *chart, int right,
                  const char *(*text)(const struct chart *chart, size_t index), struct axis *out)
{
    int count = chart->point_count > 0 ? (int)chart->point_count : 1;
    int width = FRAME_WIDTH - 2 * FRAME_EDGE - right;
    int widest = 0;

    if (width < count * PLACE_MIN)
        width = count * PLACE_MIN;
    for (size_t i = 0; i < chart->point_count; i++)
        widest = wider(widest, text(chart, i), FRAME_TEXT);
    *out = (struct axis){.chart = chart, .left = FRAME_EDGE, .width = width};
    out->turned = widest + LABEL_GAP > width / count;
    out->above = out->turned ? TEXT_GAP + widest : 24 * PIXEL;
    fit_labels(out, width / count);
}

int axis_place(const struct axis *axis, size_t index)
{
    int64_t count = axis->chart->point_count > 0 ? (int64_t)axis->chart->point_count : 1;

    return axis->left + (int)(axis->width * (int64_t)index / count);
}

static int middle_of(const struct axis *axis, size_t index)
{
    return (axis_place(axis, index) + axis_place(axis, index + 1)) / 2;
}

struct canvas_box axis_box(const struct axis *axis, size_t index, int top, int bottom)
{
    /* The same for all places, which differ by a tenth of a pixel. */
    int width = axis->width / (int)axis->chart->point_count * MARK_PERCENT / 100;

    if (width > MARK_MAX)
        width = MARK_MAX;
    return (struct canvas_box){middle_of(axis, index) - width / 2, top, width, bottom - top};
}

static void draw_label(const struct canvas *canvas, const struct axis *axis, size_t index, int y)
{
    const struct chart_point *point = &axis->chart->points[index];
    int room = axis->width / (int)axis->chart->point_count * (int)axis->step;
    struct canvas_text place = {.x = middle_of(axis, index),
                                .y = y + LINE_HEIGHT,
                                .size = axis->brief ? FRAME_SMALL : FRAME_TEXT,
                                .anchor = CANVAS_MIDDLE,
                                .color = PALETTE_INK};

    /* A label that is wider than its place must not leave the picture. */
    if (axis->step > 1) {
        place.anchor = CANVAS_START;
        place.x = axis_place(axis, index);
        if (index + axis->step > axis->chart->point_count)
            room = axis->left + axis->width - place.x;
        if (room < chart_text_width(brief_of(point), FRAME_SMALL))
            return;
    }
    canvas_text(canvas, &place, axis->brief ? brief_of(point) : point->label);
}

/* What brief labels are of, where it begins and there is room for it. */
static void draw_groups(const struct canvas *canvas, const struct axis *axis, int y)
{
    const struct chart_point *points = axis->chart->points;
    int right = axis->left + axis->width;
    int taken = 0;

    for (size_t i = 0; i < axis->chart->point_count; i++) {
        if (points[i].group == NULL || (i > 0 && points[i - 1].group != NULL &&
                                        strcmp(points[i].group, points[i - 1].group) == 0))
            continue;

        int width = chart_text_width(points[i].group, FRAME_SMALL);
        int x = axis_place(axis, i) + PIXEL;

        if (x + width > right)
            x = right - width;
        if (x < taken)
            continue;
        canvas_text(
            canvas,
            &(struct canvas_text){.x = x, .y = y, .size = FRAME_SMALL, .color = PALETTE_SOFT},
            points[i].group);
        taken = x + width + LABEL_GAP;
    }
}

void axis_draw(const struct canvas *canvas, const struct axis *axis, int y)
{
    canvas_line(canvas, axis->left, y, axis->left + axis->width, y, PALETTE_AXIS);
    for (size_t i = 0; i < axis->chart->point_count; i += axis->step)
        draw_label(canvas, axis, i, y);
    if (axis->brief)
        draw_groups(canvas, axis, y + 2 * LINE_HEIGHT);
}

int axis_text_height(const struct axis *axis, const char *text)
{
    if (text == NULL)
        return 0;
    return 2 * TEXT_GAP + (axis->turned ? chart_text_width(text, FRAME_TEXT) : FRAME_TEXT);
}

void axis_draw_text(const struct canvas *canvas, const struct axis *axis, size_t index, int y,
                    const char *text)
{
    struct canvas_text place = {.x = middle_of(axis, index),
                                .y = y - TEXT_GAP,
                                .size = FRAME_TEXT,
                                .anchor = CANVAS_MIDDLE,
                                .turned = axis->turned,
                                .color = PALETTE_INK};

    if (text == NULL)
        return;
    if (axis->turned) {
        place.anchor = CANVAS_START;
        place.x += 5 * PIXEL;
    }
    canvas_text(canvas, &place, text);
}
