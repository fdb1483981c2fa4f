/* The parts of a page, each whole in itself: elements, tables, figures. */
#ifndef KANSEN_REPORTS_FORMATS_HTML_PARTS_H
#define KANSEN_REPORTS_FORMATS_HTML_PARTS_H

#include <stdio.h>

#include "reports/formats/writers.h"

/* <name attributes>text</name>; the text is escaped, attributes begin with a blank or are "". */
void html_put_element(FILE *out, const char *name, const char *attributes, const char *text);

/* ` name="value"`, escaped. */
/* A month for people and programs: <time datetime="2013-09">text</time>. */
void html_put_month(FILE *out, const char *month, const char *text);

void html_put_attribute(FILE *out, const char *name, const char *value);

/* The section's sentences that people see, as a list. */
void html_put_items(FILE *out, const struct section *section);

/* The table in a box that is scrolled where the page is narrower; `number` makes its id. */
void html_put_table(FILE *out, const struct table *table, size_t number);

/* The chart's SVG under its caption, in a box like that of a table. Its colours are found again by
 * html_put_colors. */
void html_put_figure(FILE *out, const struct chart *chart, const struct chart_image *svg,
                     size_t number);

/* The logo of a template that has one, in the page itself. */
void html_put_logo(FILE *out, const struct page_dress *dress);

/* Rules for style sheets: the palette as variables, light and dark, and the charts' colours by
 * them. */
void html_put_colors(FILE *out);

#endif
