/* A headline and a summary of the figures, which can stand alone. */
#ifndef KANSEN_REPORTS_FINDINGS_SUMMARY_H
#define KANSEN_REPORTS_FINDINGS_SUMMARY_H

#include "reports/findings/telling.h"

const char *summary_headline(const struct telling *telling);

/* One to four sentences. */
const char *summary_paragraph(const struct telling *telling);

#endif
