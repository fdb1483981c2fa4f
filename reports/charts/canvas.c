#include "reports/charts/canvas.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/charts/chart_text.h"
#include "reports/charts/palette.h"
#include "text/escape.h"

/* Between the stripes of hatching, from left to right. */
#define STRIPES (6 * PIXEL)

/* A number in pixels. */
static void put_number(const struct canvas *canvas, int number)
{
    fprintf(canvas->out, "%s%d", number < 0 ? "-" : "", abs(number) / PIXEL);
    if (number % PIXEL != 0)
        fprintf(canvas->out, ".%d", abs(number) % PIXEL);
}

static void put_attribute(const struct canvas *canvas, const char *name, int number)
{
    fprintf(canvas->out, " %s=\"", name);
    put_number(canvas, number);
    fputc('"', canvas->out);
}

static void put_color(const struct canvas *canvas, const char *name, const char *color)
{
    fprintf(canvas->out, " %s=\"%s%s\"", name, color == NULL ? "none" : "#",
            color == NULL ? "" : color);
}

/* Who converts a picture for paper knows no screen, and passes over it. */
static void put_style(const struct canvas *canvas)
{
    fputs(CANVAS_STYLE "@media screen and (prefers-color-scheme:dark){\n", canvas->out);
    for (const struct palette_color *color = palette; color->name != NULL; color++)
        fprintf(canvas->out, "[fill=\"#%s\"]{fill:#%s}[stroke=\"#%s\"]{stroke:#%s}\n", color->light,
                color->dark, color->light, color->dark);
    fputs("}" CANVAS_STYLE_END, canvas->out);
}

void canvas_begin(const struct canvas *canvas, const char *title, const char *description)
{
    fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"", canvas->out);
    put_attribute(canvas, "width", canvas->width);
    put_attribute(canvas, "height", canvas->height);
    fputs(" viewBox=\"0 0 ", canvas->out);
    put_number(canvas, canvas->width);
    fputc(' ', canvas->out);
    put_number(canvas, canvas->height);
    fputs("\" font-family=\"'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic',"
          "system-ui,sans-serif\">\n<title>",
          canvas->out);
    escape_html(canvas->out, title);
    fputs("</title>\n<desc>", canvas->out);
    escape_html(canvas->out, description);
    fputs("</desc>\n", canvas->out);
    put_style(canvas);
    canvas_rectangle(canvas, (struct canvas_box){0, 0, canvas->width, canvas->height},
                     PALETTE_PAPER);
}

void canvas_end(const struct canvas *canvas)
{
    fputs("</svg>\n", canvas->out);
}

void canvas_head_begin(const struct canvas *canvas, int height)
{
    fprintf(canvas->out, CANVAS_HEAD "%d\">\n", height / PIXEL);
}

void canvas_head_end(const struct canvas *canvas)
{
    fputs(CANVAS_HEAD_END, canvas->out);
}

void canvas_group_begin(const struct canvas *canvas, int x, int y)
{
    fputs("<g transform=\"translate(", canvas->out);
    put_number(canvas, x);
    fputc(' ', canvas->out);
    put_number(canvas, y);
    fputs(")\">\n", canvas->out);
}

void canvas_group_end(const struct canvas *canvas)
{
    fputs("</g>\n", canvas->out);
}

static void open_rectangle(const struct canvas *canvas, struct canvas_box box)
{
    fputs("<rect", canvas->out);
    put_attribute(canvas, "x", box.x);
    put_attribute(canvas, "y", box.y);
    put_attribute(canvas, "width", box.width);
    put_attribute(canvas, "height", box.height);
}

void canvas_rectangle(const struct canvas *canvas, struct canvas_box box, const char *fill)
{
    open_rectangle(canvas, box);
    put_color(canvas, "fill", fill);
    fputs("/>\n", canvas->out);
}

void canvas_outlined(const struct canvas *canvas, struct canvas_box box, const char *fill,
                     const char *stroke)
{
    open_rectangle(canvas, box);
    put_color(canvas, "fill", fill);
    put_color(canvas, "stroke", stroke);
    fputs("/>\n", canvas->out);
}

/* Stripes run upwards to the right; each is cut where it leaves the box. */
static void put_stripes(const struct canvas *canvas, struct canvas_box box, const char *stroke)
{
    int end = box.width + box.height;

    if (end <= STRIPES)
        return;
    canvas_path_begin(canvas);
    for (int at = STRIPES; at < end; at += STRIPES) {
        int left = at > box.height ? at - box.height : 0;
        int right = at > box.width ? box.width : at;

        canvas_path_point(canvas, true, box.x + left, box.y + at - left);
        canvas_path_point(canvas, false, box.x + right, box.y + at - right);
    }
    canvas_path_end(canvas, stroke, PIXEL);
}

void canvas_hatched(const struct canvas *canvas, struct canvas_box box, const char *fill,
                    const char *stroke)
{
    canvas_outlined(canvas, box, fill, stroke);
    put_stripes(canvas, box, stroke);
}

void canvas_line(const struct canvas *canvas, int x1, int y1, int x2, int y2, const char *stroke)
{
    fputs("<line", canvas->out);
    put_attribute(canvas, "x1", x1);
    put_attribute(canvas, "y1", y1);
    put_attribute(canvas, "x2", x2);
    put_attribute(canvas, "y2", y2);
    put_color(canvas, "stroke", stroke);
    fputs("/>\n", canvas->out);
}

void canvas_circle(const struct canvas *canvas, int x, int y, int radius, const char *fill,
                   const char *stroke)
{
    fputs("<circle", canvas->out);
    put_attribute(canvas, "cx", x);
    put_attribute(canvas, "cy", y);
    put_attribute(canvas, "r", radius);
    put_color(canvas, "fill", fill);
    put_color(canvas, "stroke", stroke);
    fputs("/>\n", canvas->out);
}

void canvas_path(const struct canvas *canvas, const char *path, const char *fill,
                 const char *stroke, int stroke_width)
{
    fprintf(canvas->out, "<path d=\"%s\"", path);
    put_color(canvas, "fill", fill);
    put_color(canvas, "stroke", stroke);
    put_attribute(canvas, "stroke-width", stroke_width);
    fputs("/>\n", canvas->out);
}

void canvas_path_begin(const struct canvas *canvas)
{
    fputs("<path d=\"", canvas->out);
}

void canvas_path_point(const struct canvas *canvas, bool first, int x, int y)
{
    fputc(first ? 'M' : 'L', canvas->out);
    put_number(canvas, x);
    fputc(' ', canvas->out);
    put_number(canvas, y);
}

void canvas_path_end(const struct canvas *canvas, const char *stroke, int stroke_width)
{
    fputs("\" fill=\"none\"", canvas->out);
    put_color(canvas, "stroke", stroke);
    put_attribute(canvas, "stroke-width", stroke_width);
    fputs("/>\n", canvas->out);
}

/* The first `length` bytes of text, which end between characters. */
static void put_begin(FILE *out, const char *text, size_t length)
{
    char piece[8];

    for (const char *end = text + length; text < end;) {
        const char *start = text;

        escape_next(&text);
        snprintf(piece, sizeof(piece), "%.*s", (int)(text - start), start);
        escape_html(out, piece);
    }
}

void canvas_text(const struct canvas *canvas, const struct canvas_text *place, const char *text)
{
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    size_t fits = place->room > 0 ? chart_text_fit(text, place->size, place->room) : strlen(text);

    fputs("<text", canvas->out);
    put_attribute(canvas, "x", place->x);
    put_attribute(canvas, "y", place->y);
    put_attribute(canvas, "font-size", place->size);
    fputs(anchors[place->anchor], canvas->out);
    if (place->strong)
        fputs(" font-weight=\"600\"", canvas->out);
    if (place->turned) {
        fputs(" transform=\"rotate(-90 ", canvas->out);
        put_number(canvas, place->x);
        fputc(' ', canvas->out);
        put_number(canvas, place->y);
        fputs(")\"", canvas->out);
    }
    put_color(canvas, "fill", place->color);
    fputc('>', canvas->out);
    put_begin(canvas->out, text, fits);
    fputs(text[fits] == '\0' ? "</text>\n" : "…</text>\n", canvas->out);
}
