/* Draws the charts of a report as SVG.
 *
 * Nothing runs, nothing is fetched: names are escaped text of the picture and nothing else. The
 * layout keeps texts apart by widths that hold for any usual font (reports/charts/chart_text.h). */
#ifndef KANSEN_REPORTS_CHARTS_CHART_H
#define KANSEN_REPORTS_CHARTS_CHART_H

#include "kansen/status.h"
#include "reports/charts/image.h"
#include "reports/sections/document.h"

/* Draws a chart of the document. STATUS_FATAL: memory was short. The same document gives the same
 * bytes. */
enum status chart_draw(const struct document *document, const struct chart *chart,
                       struct chart_image *out, struct error *error) MUST_CHECK;

#endif
