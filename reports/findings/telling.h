/* What is told while findings are sought: the rules add sentences in the order in which they are
 * printed, each with a weight by which the most important stay when there are more than fit. */
#ifndef KANSEN_REPORTS_FINDINGS_TELLING_H
#define KANSEN_REPORTS_FINDINGS_TELLING_H

#include "reports/languages/language.h"
#include "stats/figures.h"

/* More than all rules together say of any figures. */
#define TELLING_MAX 40

/* Of those with the same weight, the earlier stays. */
enum weight {
    WEIGHT_DETAIL, /* told when there is room */
    WEIGHT_NEWS,
    WEIGHT_MAIN,
    WEIGHT_NEEDED /* what is missing or may change: never left out */
};

struct telling {
    const struct language *language;
    const struct figures *figures;
    struct phrases *phrases;
    struct {
        const char *sentence;
        enum weight weight;
    } told[TELLING_MAX];
    size_t count;
    const char *compared; /* the first sentence on what was before; NULL: there is none yet */
};

void tell(struct telling *telling, enum weight weight, enum message message,
          const struct message_argument *arguments);

/* A message without its capital, as part of others. */
const char *telling_say(const struct telling *telling, enum message message,
                        const struct message_argument *arguments);

/* Arguments: a text; a number in digits; in words where the language does so. */
struct message_argument telling_text(const char *name, const char *text);
struct message_argument telling_count(const struct telling *telling, const char *name,
                                      int64_t number);
struct message_argument telling_words(const struct telling *telling, const char *name,
                                      int64_t number);
struct message_argument telling_counter(const struct telling *telling, const char *name,
                                        int64_t number);

/* What shares are shares of: "unique" or "monthly". */
struct message_argument telling_counting(const struct telling *telling);

/* "24.02%" of hundredths of a percent. */
const char *telling_share(const struct telling *telling, int64_t hundredths);

/* "5%" */
const char *telling_percent(const struct telling *telling, int64_t whole);

/* A month, without its year when the window lies in that year. */
const char *telling_month(const struct telling *telling, month_t month);

/* Months from..to; their years are always there. */
const char *telling_period(const struct telling *telling, month_t from, month_t to);

const char *telling_country(const struct telling *telling, const char *code);

/* "Japan (24.02%)" of a ranked country. */
const char *telling_country_at(const struct telling *telling, const struct line_figures *country);

/* "rose 52%", "more than doubled", "fell"; the counts differ. */
enum place { PLACE_SENTENCE, PLACE_HEADLINE };
const char *telling_change(const struct telling *telling, int64_t before, int64_t after,
                           enum place place);

/* "rose" or "fell". */
struct message_argument telling_direction(int64_t before, int64_t after);

/* Tells how a later month differs from an earlier one, both complete, unless one is too small. */
void telling_changed(struct telling *telling, enum weight weight, month_t earlier, int64_t before,
                     month_t later, int64_t after);

/* Whether the first `count` lines are ranked, and nobody behind them has as many as one of them:
 * of those that are suppressed it is known only that they are no larger than a line. */
bool telling_is_cut(const struct dimension_figures *dimension, size_t count);

/* Whether the comparison is known, and both of its sides are large enough to be shown. */
bool telling_is_compared(const struct telling *telling, enum base base);

/* Whether a count is large enough to be shown. */
bool telling_may_show(const struct telling *telling, int64_t infections);

/* What a comparison is with, as messages choose by it. */
const char *telling_base(enum base base);

/* How many months both sides of a comparison have. */
int64_t telling_base_months(const struct comparison_figures *comparison);

#endif
