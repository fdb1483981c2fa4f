/* A sheet for a chart whose values stand in no table: they stand here, and the chart beside them.
 */
#ifndef KANSEN_REPORTS_FORMATS_XLSX_CHART_SHEET_H
#define KANSEN_REPORTS_FORMATS_XLSX_CHART_SHEET_H

#include "reports/formats/xlsx_book.h"

/* The section is the chart's. */
void xlsx_chart_sheet(struct xlsx_book *book, const struct section *section,
                      const struct chart *chart);

#endif
