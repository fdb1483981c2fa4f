/* The chart of a section as a chart of the spreadsheet's own, which follows the cells of its table.
 */
#ifndef KANSEN_REPORTS_FORMATS_XLSX_CHART_H
#define KANSEN_REPORTS_FORMATS_XLSX_CHART_H

#include "reports/formats/xlsx_book.h"

/* Beside the table, whose heads stand in row `heads` of the sheet called `name`. */
void xlsx_chart(struct xlsx_book *book, lxw_worksheet *sheet, const char *name,
                const struct section *section, lxw_row_t heads);

#endif
