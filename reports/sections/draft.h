/* A document while it is put together: what builders of sections read, and how they add to it.
 *
 * Adding never fails where it stands: when memory runs out the document's phrases remember, and
 * reports/sections/compose looks once, at the end. */
#ifndef KANSEN_REPORTS_SECTIONS_DRAFT_H
#define KANSEN_REPORTS_SECTIONS_DRAFT_H

#include "reports/findings/findings.h"
#include "reports/languages/language.h"
#include "reports/sections/document.h"

struct draft {
    const struct language *language;
    const struct figures *figures;
    struct phrases *phrases;           /* of the document */
    const struct document *document;   /* its titles are there, its other sections may be */
    struct findings findings;          /* what the figures say */
    const struct section_order *order; /* NULL: pages show all sections */
    struct section *section;           /* the one to be built: its id is set */
    enum dimension dimension;          /* what it is about, of sections that are about one */
    enum base base;                    /* what it compares with, likewise */
};

/* A heading or label in the document's language. */
const char *draft_message(const struct draft *draft, enum message message);

/* A month's name, with a mark when it is provisional. */
const char *draft_month(const struct draft *draft, const struct month_figures *month);

/* A sentence at the end of the section; dropped when it has SECTION_ITEMS_MAX. */
void draft_add_item(struct draft *draft, struct section_item item);

void draft_add_column(struct draft *draft, enum column_role role, enum message heading);

/* Copies the row. */
void draft_add_row(struct draft *draft, const struct table_row *row);

/* The months of the window, or others: "September 2013 to November 2013". */
const char *draft_period(const struct draft *draft, month_t from, month_t to);

/* What a value of a dimension is called: a country's name; else the value, cut in its middle when
 * it takes more columns than a table has room for. */
#define DRAFT_VALUE_COLUMNS 40
const char *draft_value(const struct draft *draft, enum dimension dimension, const char *value);

/* The figures of draft->dimension; NULL when they were not asked for. */
const struct dimension_figures *draft_dimension(const struct draft *draft);

/* A message whose words depend on draft->dimension, and on how machines are counted. */
const char *draft_say_dimension(const struct draft *draft, enum message message);

/* What a chart of draft->dimension is called: `kind` of countries, "product-KIND" of others. */
const char *draft_chart_name(const struct draft *draft, const char *kind);

/* A chart's title that says that it shows the first ones only, when it does. */
const char *draft_first_of(const struct draft *draft, const char *title, size_t shown, size_t all);

/* A chart at the end of the section, without points yet; the section has room for it. */
struct chart *draft_add_chart(struct draft *draft, enum chart_kind kind, const char *name,
                              const char *title);

/* Copies the point. */
void draft_add_point(struct draft *draft, struct chart *chart, const struct chart_point *point);

/* Values of a new series of a chart that has all its points; NULL when memory was short, which the
 * document's phrases remember. */
struct chart_value *draft_add_series(struct draft *draft, struct chart *chart, const char *name);

/* Sets the chart's alternative text from its points and values. */
void draft_describe_chart(struct draft *draft, struct chart *chart);

/* Cells: a text, a number, hundredths of a percent; why there is no value. */
struct table_cell draft_name(const char *text);
struct table_cell draft_count(struct draft *draft, int64_t value);
struct table_cell draft_share(struct draft *draft, int64_t hundredths);
struct table_cell draft_blank(const char *text);

/* Differences, with their sign: "+1,310", "−12", "0"; of shares, "+0.25". */
struct table_cell draft_change(struct draft *draft, int64_t value);
struct table_cell draft_points(struct draft *draft, int64_t hundredths);

/* By how much `after` is more than `before`, which is not 0: "+52" in whole percent, the value in
 * hundredths. */
struct table_cell draft_percent(struct draft *draft, int64_t before, int64_t after);

#endif
