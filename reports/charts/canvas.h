/* SVG, element by element.
 *
 * All numbers are integers in tenths of a pixel, and every colour is one of
 * reports/charts/palette.h. No ids, no scripts, and one style, which a page leaves out: a picture
 * can stand in a page beside others. Texts are escaped here. A failed write stays in the stream's
 * error flag. */
#ifndef KANSEN_REPORTS_CHARTS_CANVAS_H
#define KANSEN_REPORTS_CHARTS_CANVAS_H

#include <stdbool.h>
#include <stdio.h>

struct canvas {
    FILE *out;
    int width;
    int height;
};

struct canvas_box {
    int x, y, width, height;
};

enum canvas_anchor { CANVAS_START, CANVAS_MIDDLE, CANVAS_END };

struct canvas_text {
    int x, y; /* of the anchor, on the base line */
    int size;
    int room; /* a text that is wider is cut and ends in "…"; 0: it fits */
    enum canvas_anchor anchor;
    bool turned; /* runs upwards */
    bool strong;
    const char *color;
};

/* The picture's title and description stand in it, for who can't see it. */
void canvas_begin(const struct canvas *canvas, const char *title, const char *description);
void canvas_end(const struct canvas *canvas);

/* How the picture's style is found again, all up to CANVAS_STYLE_END: where the reader's screen is
 * dark, it shows the dark tones. A page has such a style of its own. */
#define CANVAS_STYLE "<style>"
#define CANVAS_STYLE_END "</style>\n"

/* What is drawn until its end is the picture's head, of this height: what it says a page says, too,
 * and so leaves it out (CANVAS_HEAD). */
void canvas_head_begin(const struct canvas *canvas, int height);
void canvas_head_end(const struct canvas *canvas);

/* How the head is found again: CANVAS_HEAD, its height in pixels, ">", all up to CANVAS_HEAD_END.
 */
#define CANVAS_HEAD "<g data-head=\""
#define CANVAS_HEAD_END "</g>\n"

/* What is drawn until its end is moved by x and y. */
void canvas_group_begin(const struct canvas *canvas, int x, int y);
void canvas_group_end(const struct canvas *canvas);

void canvas_rectangle(const struct canvas *canvas, struct canvas_box box, const char *fill);

void canvas_outlined(const struct canvas *canvas, struct canvas_box box, const char *fill,
                     const char *stroke);

/* The same with stripes of the outline's colour. */
void canvas_hatched(const struct canvas *canvas, struct canvas_box box, const char *fill,
                    const char *stroke);

void canvas_line(const struct canvas *canvas, int x1, int y1, int x2, int y2, const char *stroke);

void canvas_circle(const struct canvas *canvas, int x, int y, int radius, const char *fill,
                   const char *stroke);

/* A path in SVG's own words, which are not escaped. */
void canvas_path(const struct canvas *canvas, const char *path, const char *fill,
                 const char *stroke, int stroke_width);

/* An open path: the first point moves, the others draw. */
void canvas_path_begin(const struct canvas *canvas);
void canvas_path_point(const struct canvas *canvas, bool first, int x, int y);
void canvas_path_end(const struct canvas *canvas, const char *stroke, int stroke_width);

void canvas_text(const struct canvas *canvas, const struct canvas_text *place, const char *text);

#endif
