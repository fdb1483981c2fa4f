/* Charts as the spreadsheet's own, which follow the cells that hold their values.
 *
 * A map has no such form. What a column shows that is not complete is hatched, as in every format;
 * the year before is an outline around its column, since libxlsxwriter draws no line over columns.
 */
#ifndef KANSEN_REPORTS_FORMATS_XLSX_CHART_H
#define KANSEN_REPORTS_FORMATS_XLSX_CHART_H

#include "reports/formats/xlsx_book.h"

/* Where a chart's values stand: a row a point below the heads, a column a series. */
struct xlsx_cells {
    const char *sheet; /* its name */
    lxw_row_t heads;
    lxw_col_t names;  /* of the points */
    lxw_col_t values; /* of the first series; the others are right of it */
};

/* Can a spreadsheet draw it? */
bool xlsx_chart_is_drawn(const struct chart *chart);

/* Does it show the rows of the section's table, one by one? Then these are its cells; else they
 * need a sheet of their own. */
bool xlsx_chart_is_of_table(const struct section *section, const struct chart *chart,
                            struct xlsx_cells *out);

/* Draws it on the sheet of its cells, in this column. */
void xlsx_chart_insert(struct xlsx_book *book, lxw_worksheet *sheet, const struct chart *chart,
                       const struct xlsx_cells *cells, lxw_col_t column);

#endif
