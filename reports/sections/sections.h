/* The builders of a report's sections, one file each; compose.c has their order. */
#ifndef KANSEN_REPORTS_SECTIONS_SECTIONS_H
#define KANSEN_REPORTS_SECTIONS_SECTIONS_H

#include "reports/sections/draft.h"

/* What the figures say, in sentences that are true of any figures. */
void section_findings(struct draft *draft);

/* Infections and detections of each month. */
void section_months(struct draft *draft);

/* Infections of each country that is ranked, and their shares. */
void section_shares(struct draft *draft);

/* What a reader has to know to trust the figures, at the end of every report: window, time zone,
 * whether everything was read, counting rule, rounding, ties, what "other" holds, where countries
 * come from, version. */
void section_notes(struct draft *draft);

#endif
