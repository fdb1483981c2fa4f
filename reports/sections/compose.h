/* Figures -> document: the one place that knows which sections a report has. */
#ifndef KANSEN_REPORTS_SECTIONS_COMPOSE_H
#define KANSEN_REPORTS_SECTIONS_COMPOSE_H

#include "kansen/status.h"
#include "reports/languages/language.h"
#include "reports/sections/document.h"
#include "stats/figures.h"

/* With its sections in this order (NULL: all, in their own). What is left out is said in the notes,
 * which never are. language and figures must outlive *out, which the caller frees. */
enum status compose_document(const struct language *language, const struct figures *figures,
                             const struct section_order *order, struct document **out,
                             struct error *error) MUST_CHECK;

/* The id of each section that a report may have, in its own order; NULL behind the last. */
const char *compose_section_at(size_t index);

/* The section that is never left out. */
#define COMPOSE_NOTES "notes"

#endif
