/* What is around every chart: its title, what it is of, and the legend. */
#ifndef KANSEN_REPORTS_CHARTS_FRAME_H
#define KANSEN_REPORTS_CHARTS_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/charts/canvas.h"
#include "reports/charts/chart_text.h"
#include "reports/sections/chart_data.h"

/* The page of a document holds so much; only more places than that make a chart wider. */
#define FRAME_WIDTH (760 * PIXEL)
#define FRAME_EDGE (20 * PIXEL)

#define FRAME_TEXT (14 * PIXEL)
#define FRAME_SMALL (12 * PIXEL)

/* A chart on its way into a picture. */
struct drawing {
    const struct chart *chart;
    const char *subtitle; /* the threat, the window, what a mark means */
    FILE *out;
};

enum frame_mark { FRAME_BOX, FRAME_LINE, FRAME_HATCHED };

struct frame_entry {
    const char *name;
    const char *color;
    enum frame_mark mark;
};

/* As many entries as a legend can have. */
#define FRAME_ENTRIES_MAX 8

struct frame_legend {
    struct frame_entry entries[FRAME_ENTRIES_MAX];
    size_t count;
};

/* Adds what hatched marks mean, when the chart has some. */
void frame_explain_open(const struct chart *chart, struct frame_legend *legend);

/* The height that a legend takes in a picture of this width; 0 without entries. */
int frame_legend_height(const struct frame_legend *legend, int width);

/* From y downwards. */
void frame_legend_draw(const struct canvas *canvas, const struct frame_legend *legend, int y);

/* The height of title, subtitle, note and legend (NULL: none). */
int frame_head_height(const struct drawing *drawing, const struct frame_legend *legend, int width);

/* Begins the picture with them. */
void frame_begin(const struct canvas *canvas, const struct drawing *drawing,
                 const struct frame_legend *legend);

/* The place of a value on a scale on which `top` is as long as `length`. */
int frame_scale(int64_t value, int64_t top, int length);

#endif
