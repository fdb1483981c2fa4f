#include "reports/findings/rules.h"

/* A record is one after so many months without its like. */
#define RECORD_MONTHS_MIN 6

/* So many in a row are worth a sentence. */
#define STREAK_MONTHS_MIN 3

/* Of a change of fewer percent, nothing is said before all else. */
#define MAIN_CHANGE_MIN 10

static enum weight weigh(const struct comparison_figures *comparison)
{
    __extension__ typedef __int128 wide;
    wide difference = (wide)comparison->now - comparison->before;

    return (difference < 0 ? -difference : difference) * 100 >=
                   (wide)comparison->before * MAIN_CHANGE_MIN
               ? WEIGHT_MAIN
               : WEIGHT_NEWS;
}

/* Nothing on both sides is said by the total already. */
static bool had_none(const struct comparison_figures *comparison)
{
    return comparison->now == 0 && comparison->before == 0;
}

static void tell_compared(struct telling *telling, enum base base)
{
    const struct comparison_figures *comparison = &telling->figures->comparisons[base];
    struct message_argument with = telling_text("base", telling_base(base));
    struct message_argument months =
        telling_words(telling, "months", telling_base_months(comparison));
    struct message_argument period =
        telling_text("period", telling_period(telling, comparison->from, comparison->to));

    if (!telling_is_compared(telling, base) || had_none(comparison))
        return;
    if (comparison->now == comparison->before)
        tell(telling, WEIGHT_NEWS, MESSAGE_COMPARED_SAME,
             MESSAGE_ARGUMENTS(with, months, period,
                               telling_count(telling, "infections", comparison->now)));
    else
        tell(telling, weigh(comparison), MESSAGE_COMPARED,
             MESSAGE_ARGUMENTS(
                 telling_text("change", telling_change(telling, comparison->before, comparison->now,
                                                       PLACE_SENTENCE)),
                 with, months, period, telling_count(telling, "before", comparison->before),
                 telling_count(telling, "after", comparison->now),
                 telling_direction(comparison->before, comparison->now)));
}

/* The summary has the first sentence on what was before, if rules have told one. */
static void keep_compared(struct telling *telling, size_t told_before)
{
    if (telling->count > told_before && telling->compared == NULL)
        telling->compared = telling->told[told_before].sentence;
}

/* The month before the window is the base when its last complete month is its first; others are
 * told among the window's months. */
void rule_previous(struct telling *telling)
{
    const struct figures *figures = telling->figures;
    const struct comparison_figures *month = &figures->comparisons[BASE_PREVIOUS_MONTH];
    size_t told = telling->count;

    tell_compared(telling, BASE_PREVIOUS_WINDOW);
    if (month->known && !had_none(month) && month->from < figures->from)
        telling_changed(telling, weigh(month), month->from, month->before, month->now_to,
                        month->now);
    keep_compared(telling, told);
}

void rule_year_ago(struct telling *telling)
{
    size_t told = telling->count;

    tell_compared(telling, BASE_YEAR_AGO);
    keep_compared(telling, told);
}

static void tell_record(struct telling *telling, const char *extreme, month_t equal)
{
    const struct trend_figures *trend = &telling->figures->trend;
    month_t since = equal >= 0 ? equal : trend->since;
    const char *history = equal >= 0 ? "month" : trend->whole ? "beginning" : "run";

    if (since >= telling->figures->from || trend->month - since < RECORD_MONTHS_MIN ||
        !telling_may_show(telling, trend->infections))
        return;
    tell(telling, WEIGHT_MAIN, MESSAGE_RECORD,
         MESSAGE_ARGUMENTS(
             telling_text("extreme", extreme), telling_text("history", history),
             telling_text("month", telling_month(telling, trend->month)),
             telling_count(telling, "infections", trend->infections),
             telling_text("since", language_month(telling->language, telling->phrases, since))));
}

/* The last complete month is the highest, or the lowest, in a long time. */
void rule_record(struct telling *telling)
{
    const struct trend_figures *trend = &telling->figures->trend;

    if (trend->month < 0)
        return;
    tell_record(telling, "high", trend->as_high);
    tell_record(telling, "low", trend->as_low);
}

void rule_streak(struct telling *telling)
{
    const struct trend_figures *trend = &telling->figures->trend;
    int64_t months = trend->rises > trend->falls ? trend->rises : trend->falls;

    if (trend->month < 0 || months < STREAK_MONTHS_MIN)
        return;
    tell(telling, WEIGHT_NEWS, MESSAGE_STREAK,
         MESSAGE_ARGUMENTS(telling_text("direction", trend->rises > 0 ? "rose" : "fell"),
                           telling_words(telling, "months", months),
                           telling_text("month", telling_month(telling, trend->month))));
}
