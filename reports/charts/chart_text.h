/* How wide a text will be in a chart, before anybody has drawn it.
 *
 * Who opens an SVG has fonts of their own, so widths are those of wide ones: a place that is kept
 * for a text is never too small. Lengths of charts are integers in tenths of a pixel. */
#ifndef KANSEN_REPORTS_CHARTS_CHART_TEXT_H
#define KANSEN_REPORTS_CHARTS_CHART_TEXT_H

#include <stddef.h>

/* A pixel. */
#define PIXEL 10

/* The width of a text as it is shown, hidden characters as their numbers. */
int chart_text_width(const char *text, int size);

/* How many bytes of the text fit into the width: all of it, or as much as leaves room for "…". */
size_t chart_text_fit(const char *text, int size, int width);

#endif
