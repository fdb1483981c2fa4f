/* Consecutive months by name, with their year no more often than it takes: "September to November
 * 2013", "2013年9月から11月". */
#ifndef KANSEN_REPORTS_LANGUAGES_PERIOD_H
#define KANSEN_REPORTS_LANGUAGES_PERIOD_H

#include <stdbool.h>

#include "reports/languages/language.h"

/* A month at an end of the period; marked when its counts may still change. */
struct period_end {
    month_t month;
    bool marked;
};

/* One month is its name. */
const char *period_name(const struct language *language, struct phrases *phrases,
                        struct period_end from, struct period_end to);

#endif
