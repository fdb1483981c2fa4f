/* The builders of a report's sections of tables, one file each; reports/compose has their order. */
#ifndef KANSEN_REPORTS_SECTIONS_H
#define KANSEN_REPORTS_SECTIONS_H

#include "reports/draft.h"

/* Infections and detections of each month. */
void section_months(struct draft *draft);

/* Infections of each country that is ranked, and their shares. */
void section_shares(struct draft *draft);

#endif
