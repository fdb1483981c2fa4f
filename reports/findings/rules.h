/* The rules by which findings are found, a family each; findings.c has their order, which is that
 * of the sentences. Each tells what is true of any figures, or nothing. */
#ifndef KANSEN_REPORTS_FINDINGS_RULES_H
#define KANSEN_REPORTS_FINDINGS_RULES_H

#include "reports/findings/telling.h"

/* How many, and what that leaves out or may still change. */
void rule_total(struct telling *telling);
void rule_no_data(struct telling *telling);
void rule_provisional(struct telling *telling);

/* Against what was before. */
void rule_previous(struct telling *telling);
void rule_year_ago(struct telling *telling);
void rule_record(struct telling *telling);
void rule_streak(struct telling *telling);

/* Among the months of the window. */
void rule_extremes(struct telling *telling);
void rule_changes(struct telling *telling);

/* Who leads, and who else is large. */
void rule_countries(struct telling *telling);

/* Countries that are new or gone, that rose or fell most. */
void rule_first_seen(struct telling *telling);
void rule_gone(struct telling *telling);
void rule_mover(struct telling *telling);

/* Rates, and what else infections are counted by. */
void rule_rate(struct telling *telling);
void rule_dimensions(struct telling *telling);

#endif
