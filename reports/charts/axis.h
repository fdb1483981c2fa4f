/* The axis of time: places side by side with their labels below and a text above each.
 *
 * Labels are whole where they have room, brief with their group below otherwise, and only every
 * second or third where even brief ones have none. Texts above are turned where they are wider than
 * their place. */
#ifndef KANSEN_REPORTS_CHARTS_AXIS_H
#define KANSEN_REPORTS_CHARTS_AXIS_H

#include "reports/charts/frame.h"

struct axis {
    const struct chart *chart;
    int left;
    int width;   /* of all places */
    bool brief;  /* brief labels and groups */
    size_t step; /* every so many places have a label */
    bool turned; /* texts above */
    int above;   /* room for texts over the highest mark */
    int below;   /* and for labels */
};

/* Places from FRAME_EDGE on; `right` is what is kept free beside them. text(chart, i) is what
 * stands above a place, or NULL. */
void axis_lay_out(const struct chart *chart, int right,
                  const char *(*text)(const struct chart *chart, size_t index), struct axis *out);

/* The left edge of a place; that of the one behind the last is the right edge. */
int axis_place(const struct axis *axis, size_t index);

/* The box of a mark in a place, between two heights. */
struct canvas_box axis_box(const struct axis *axis, size_t index, int top, int bottom);

/* The line and the labels, below y. */
void axis_draw(const struct canvas *canvas, const struct axis *axis, int y);

/* How far a text reaches above what it stands on. */
int axis_text_height(const struct axis *axis, const char *text);

/* A text above the height y of a place. */
void axis_draw_text(const struct canvas *canvas, const struct axis *axis, size_t index, int y,
                    const char *text);

#endif
