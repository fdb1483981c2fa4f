/* Figures -> document: the one place that knows which sections a report has. */
#ifndef KANSEN_REPORTS_SECTIONS_COMPOSE_H
#define KANSEN_REPORTS_SECTIONS_COMPOSE_H

#include "kansen/status.h"
#include "reports/languages/language.h"
#include "reports/sections/document.h"
#include "stats/figures.h"

/* language and figures must outlive *out, which the caller frees. */
enum status compose_document(const struct language *language, const struct figures *figures,
                             struct document **out, struct error *error) MUST_CHECK;

#endif
