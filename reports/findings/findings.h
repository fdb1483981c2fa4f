/* What the figures say: sentences that are true of any figures, the most important first, a
 * headline and a summary.
 *
 * Rules that keep a sentence and the tables from contradicting each other:
 * - What several countries account for together is the sum of their shares as printed, so that a
 *   reader who adds up the table gets the sentence.
 * - "Exceeds 5 %" is decided on the counts themselves. When a share is printed as 5.00 although its
 *   count lies above 5 %, counts and table disagree to the eye, and the sentence gives way to one
 *   that names the highest share.
 * - "Highest", "lowest" and "same" compare counts, never shares. Equal counts are never told apart:
 *   leaders are chosen so that nobody outside has as many as one of them.
 * - Only ranked countries are named; their share stands in the table.
 * - Only complete months are compared or named by a comparison. When the window has others too, the
 *   sentence says that it speaks of the complete ones: a provisional month may be higher already.
 * - What is too small to be shown is not spoken of. */
#ifndef KANSEN_REPORTS_FINDINGS_FINDINGS_H
#define KANSEN_REPORTS_FINDINGS_FINDINGS_H

#include "reports/languages/language.h"
#include "stats/figures.h"

#define FINDINGS_MAX 7

/* What a country outside the leaders has to exceed to be named, in percent. */
#define FINDINGS_THRESHOLD 5

struct findings {
    const char *headline; /* no sentence, without the threat's name */
    const char *subject;  /* the same with it: for a feed, or a mail */
    const char *summary; /* a paragraph of one to four sentences that goes on behind the headline */
    const char *description; /* both, where one paragraph has to say it all */
    const char *sentences[FINDINGS_MAX];
    size_t count; /* at least 1 */
};

/* threat is its display name. The texts belong to phrases, which remember when memory was short. */
void findings_find(const struct language *language, struct phrases *phrases,
                   const struct figures *figures, const char *threat, struct findings *out);

#endif
