/* What the figures say, in sentences that are true of any figures.
 *
 * Rules that keep a sentence and the tables from contradicting each other:
 * - What several countries account for together is the sum of their shares as printed, so that a
 *   reader who adds up the table gets the sentence.
 * - "Exceeds 5 %" is decided on the counts themselves. When a share is printed as 5.00 although its
 *   count lies above 5 %, counts and table disagree to the eye, and the sentence gives way to one
 *   that names the highest share.
 * - "Highest", "lowest" and "same" compare counts, never shares. Equal counts are never told apart:
 *   leaders are chosen so that nobody outside has as many as one of them.
 * - Only ranked countries are named; their share stands in the table. */
#ifndef KANSEN_REPORTS_NARRATIVE_H
#define KANSEN_REPORTS_NARRATIVE_H

#include "reports/draft.h"

/* What a country outside the leaders has to exceed to be named, in percent. */
#define NARRATIVE_THRESHOLD 5

/* Fills the section of findings. */
void narrative_write(struct draft *draft);

#endif
