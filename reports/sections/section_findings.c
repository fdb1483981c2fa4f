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
 * - Only ranked countries are named; their share stands in the table.
 * - Only complete months are compared or named by a comparison. When the window has others too, the
 *   sentence says that it speaks of the complete ones: a provisional month may be higher already.
 */
#include "reports/sections/sections.h"

#include "stats/monthly.h"
#include "stats/shares.h"

/* Two leaders are named together, three only when the third can't be told from the second. */
#define LEADERS_MAX 3

/* More countries above the threshold than this are counted instead of named. */
#define EXCEPTIONS_MAX 3

/* Up to this many months, each is compared with the one before it. */
#define EVERY_CHANGE_MONTHS_MAX 4

static const char *number(struct draft *draft, int64_t value)
{
    return language_number(draft->language, draft->phrases, value);
}

static const char *percent(struct draft *draft, const char *number)
{
    return language_percent(draft->language, draft->phrases, number);
}

static const char *share(struct draft *draft, int64_t hundredths)
{
    return percent(draft, language_share(draft->language, draft->phrases, hundredths));
}

static const char *month(struct draft *draft, size_t index)
{
    return language_month(draft->language, draft->phrases, draft->figures->months[index].month);
}

static const char *country(struct draft *draft, size_t index)
{
    return language_country_in_sentence(draft->language, draft->phrases,
                                        figures_countries(draft->figures)->lines[index].value);
}

static struct message_argument text(const char *name, const char *value)
{
    return language_text(name, value);
}

static struct message_argument count(struct draft *draft, const char *name, int64_t value)
{
    return language_count(draft->language, draft->phrases, name, value);
}

/* What shares are shares of. */
static struct message_argument counting(struct draft *draft)
{
    return text("counting", draft->figures->unique ? "unique" : "monthly");
}

/* What the months that are compared are. */
static struct message_argument scope(const struct draft *draft)
{
    bool all = figures_months_of(draft->figures, MONTH_COMPLETE) == draft->figures->month_count;

    return text("scope", all ? "all" : "complete");
}

static bool is_complete(const struct figures *figures, size_t index)
{
    return figures->months[index].state == MONTH_COMPLETE;
}

static void say(struct draft *draft, enum message message, const struct message_argument *arguments)
{
    const struct language *language = draft->language;
    const char *sentence = language_say(language, draft->phrases, message, arguments);

    /* A country's name may bring its article along to the beginning. */
    draft_add_item(draft, (struct section_item){
                              .text = language_capitalise(language, draft->phrases, sentence)});
}

static void say_total(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    struct message_argument total = count(draft, "total", figures->total);
    struct message_argument from = text("from", month(draft, 0));
    struct message_argument to = text("to", month(draft, figures->month_count - 1));

    if (figures->total == 0)
        say(draft, figures_know_nothing(figures) ? MESSAGE_TOTAL_NO_DATA : MESSAGE_TOTAL_NONE,
            MESSAGE_ARGUMENTS(from, to, count(draft, "months", (int64_t)figures->month_count)));
    else if (figures->month_count == 1)
        say(draft, MESSAGE_TOTAL_OF_MONTH, MESSAGE_ARGUMENTS(total, text("month", from.text)));
    else
        say(draft, figures->unique ? MESSAGE_TOTAL_UNIQUE : MESSAGE_TOTAL_SUM,
            MESSAGE_ARGUMENTS(total, from, to));
}

/* The complete months with the highest or the lowest count; one at least is complete. */
struct extreme {
    size_t index; /* the first of them */
    size_t months;
    int64_t infections;
};

static struct extreme find_extreme(const struct figures *figures, bool highest)
{
    struct extreme found = {0, 0, 0};

    for (size_t i = 0; i < figures->month_count; i++) {
        int64_t infections = figures->months[i].infections;

        if (!is_complete(figures, i))
            continue;
        if (found.months == 0 ||
            (highest ? infections > found.infections : infections < found.infections))
            found = (struct extreme){i, 0, infections};
        found.months += infections == found.infections;
    }
    return found;
}

static void say_extreme(struct draft *draft, const struct extreme *extreme, enum message alone,
                        enum message shared)
{
    struct message_argument infections = count(draft, "infections", extreme->infections);

    if (extreme->months == 1)
        say(draft, alone,
            MESSAGE_ARGUMENTS(text("month", month(draft, extreme->index)), infections,
                              scope(draft)));
    else
        say(draft, shared,
            MESSAGE_ARGUMENTS(count(draft, "months", (int64_t)extreme->months), infections,
                              scope(draft)));
}

/* false when all months are the same and no change is left to tell. */
static bool say_extremes(struct draft *draft)
{
    struct extreme peak = find_extreme(draft->figures, true);
    struct extreme low = find_extreme(draft->figures, false);

    if (peak.infections == low.infections) {
        say(draft, MESSAGE_EVERY_MONTH,
            MESSAGE_ARGUMENTS(count(draft, "infections", peak.infections), scope(draft)));
    } else if (peak.months == 1 && low.months == 1) {
        say(draft, MESSAGE_PEAK_AND_LOW,
            MESSAGE_ARGUMENTS(text("peak_month", month(draft, peak.index)),
                              count(draft, "peak", peak.infections),
                              text("low_month", month(draft, low.index)),
                              count(draft, "low", low.infections), scope(draft)));
    } else {
        say_extreme(draft, &peak, MESSAGE_PEAK, MESSAGE_PEAK_SHARED);
        say_extreme(draft, &low, MESSAGE_LOW, MESSAGE_LOW_SHARED);
    }
    return peak.infections != low.infections;
}

static void say_change(struct draft *draft, size_t first, size_t second)
{
    struct message_argument earlier = text("earlier", month(draft, first));
    struct message_argument later = text("later", month(draft, second));
    struct message_argument before =
        count(draft, "before", draft->figures->months[first].infections);
    struct message_argument after =
        count(draft, "after", draft->figures->months[second].infections);
    int64_t change = monthly_change(before.count, after.count);
    bool rose = before.count < after.count;

    if (before.count == after.count)
        say(draft, MESSAGE_STAYED,
            MESSAGE_ARGUMENTS(earlier, later, count(draft, "infections", before.count)));
    else if (change <= 0 || after.count == 0) /* a percentage says less than the counts */
        say(draft, rose ? MESSAGE_ROSE : MESSAGE_FELL,
            MESSAGE_ARGUMENTS(earlier, later, before, after));
    else
        say(draft, rose ? MESSAGE_ROSE_BY : MESSAGE_FELL_BY,
            MESSAGE_ARGUMENTS(earlier, later, before, after, text("change", share(draft, change))));
}

/* Between months that follow each other; in a long window, over all of it and at its end. */
static void say_changes(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    bool each = figures->month_count <= EVERY_CHANGE_MONTHS_MAX;
    size_t first = 0;
    size_t last = figures->month_count - 1;

    while (!is_complete(figures, first))
        first++;
    while (!is_complete(figures, last))
        last--;
    if (!each && last - first > 1)
        say_change(draft, first, last);
    for (size_t i = each ? first : last - 1; i < last; i++)
        if (is_complete(figures, i) && is_complete(figures, i + 1))
            say_change(draft, i, i + 1);
}

/* How many countries from the first on have as many infections as the first. */
static size_t count_equal_first(const struct dimension_figures *countries)
{
    size_t count = 1;

    while (count < countries->line_count &&
           countries->lines[count].infections == countries->lines[0].infections)
        count++;
    return count;
}

/* Whether the country behind the first `count` has fewer infections than the last of them. */
static bool is_cut(const struct dimension_figures *countries, size_t count)
{
    return count <= countries->ranked &&
           (count == countries->line_count ||
            countries->lines[count - 1].infections > countries->lines[count].infections);
}

/* 0 when no group of leaders stands apart from the rest. */
static size_t choose_leaders(const struct dimension_figures *countries)
{
    if (countries->ranked == 0)
        return 0;
    if (shares_exceeds(countries->lines[0].infections, countries->total, 50))
        return 1;
    for (size_t count = 2; count <= LEADERS_MAX; count++)
        if (is_cut(countries, count))
            return count;
    return is_cut(countries, 1) ? 1 : 0;
}

static void say_leaders(struct draft *draft, size_t leaders)
{
    const char *names[LEADERS_MAX];
    int32_t together = 0;

    for (size_t i = 0; i < leaders; i++) {
        names[i] = country(draft, i);
        together += figures_countries(draft->figures)->lines[i].share;
    }

    const char *list = language_list(draft->language, draft->phrases, names, leaders);

    say(draft, MESSAGE_LEADERS,
        MESSAGE_ARGUMENTS(text("countries", list), count(draft, "leaders", (int64_t)leaders),
                          text("share", share(draft, together)), counting(draft)));
}

/* "Japan at 24.02 %" of countries[index]. */
static const char *country_at(struct draft *draft, size_t index)
{
    int32_t hundredths = figures_countries(draft->figures)->lines[index].share;

    return language_say(draft->language, draft->phrases, MESSAGE_COUNTRY_AT,
                        MESSAGE_ARGUMENTS(text("country", country(draft, index)),
                                          text("share", share(draft, hundredths))));
}

static void say_exceptions(struct draft *draft, size_t leaders, size_t exceptions)
{
    const char *named[EXCEPTIONS_MAX];
    struct message_argument around = count(draft, "leaders", (int64_t)leaders);
    struct message_argument leader = text("leader", country(draft, 0));
    struct message_argument threshold =
        text("threshold", percent(draft, number(draft, FINDINGS_THRESHOLD)));
    struct message_argument many = count(draft, "count", (int64_t)exceptions);

    if (exceptions == 0) {
        say(draft, MESSAGE_REST_NONE, MESSAGE_ARGUMENTS(around, leader, threshold));
        return;
    }
    if (exceptions > EXCEPTIONS_MAX) {
        say(draft, MESSAGE_REST_MANY, MESSAGE_ARGUMENTS(around, leader, threshold, many));
        return;
    }
    for (size_t i = 0; i < exceptions; i++)
        named[i] = country_at(draft, leaders + i);

    const char *list = language_list(draft->language, draft->phrases, named, exceptions);

    say(draft, MESSAGE_REST_EXCEPT,
        MESSAGE_ARGUMENTS(around, leader, threshold, text("exceptions", list), many));
}

static void say_rest(struct draft *draft, size_t leaders)
{
    const struct dimension_figures *countries = figures_countries(draft->figures);
    size_t exceptions = 0;
    bool agrees = true;

    if (leaders == countries->line_count)
        return;
    while (leaders + exceptions < countries->line_count) {
        const struct line_figures *next = &countries->lines[leaders + exceptions];

        if (!shares_exceeds(next->infections, countries->total, FINDINGS_THRESHOLD))
            break;
        if (leaders + exceptions < countries->ranked && next->share <= FINDINGS_THRESHOLD * 100)
            agrees = false;
        exceptions++;
    }

    bool nameable = exceptions > EXCEPTIONS_MAX || leaders + exceptions <= countries->ranked;

    if (agrees && nameable)
        say_exceptions(draft, leaders, exceptions);
    else if (is_cut(countries, leaders + 1))
        say(draft, MESSAGE_REST_HIGHEST,
            MESSAGE_ARGUMENTS(count(draft, "leaders", (int64_t)leaders),
                              text("leader", country(draft, 0)),
                              text("country", country(draft, leaders)),
                              text("share", share(draft, countries->lines[leaders].share))));
}

static void say_only_country(struct draft *draft)
{
    const struct dimension_figures *countries = figures_countries(draft->figures);
    struct message_argument only = text("country", country(draft, 0));

    if (countries->other.unknown == 0)
        say(draft, MESSAGE_ONLY_COUNTRY, MESSAGE_ARGUMENTS(only));
    else if (countries->ranked > 0)
        say(draft, MESSAGE_ONLY_KNOWN,
            MESSAGE_ARGUMENTS(only, text("share", share(draft, countries->lines[0].share)),
                              counting(draft)));
}

static void say_countries(struct draft *draft)
{
    const struct dimension_figures *countries = figures_countries(draft->figures);

    if (countries->line_count == 0) {
        say(draft, MESSAGE_ALL_UNKNOWN, MESSAGE_NO_ARGUMENTS);
        return;
    }
    if (countries->line_count == 1) {
        say_only_country(draft);
        return;
    }

    size_t equal = count_equal_first(countries);
    size_t leaders = choose_leaders(countries);

    if (equal > LEADERS_MAX) {
        say(draft, MESSAGE_LEADERS_EQUAL,
            MESSAGE_ARGUMENTS(count(draft, "countries", (int64_t)equal),
                              count(draft, "infections", countries->lines[0].infections)));
    } else if (leaders > 0) {
        say_leaders(draft, leaders);
        say_rest(draft, leaders);
    }
}

/* The window begins before the first event: the sum is not one of all its months. */
static void say_no_data(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    size_t known = 0;

    while (known < figures->month_count && figures->months[known].state == MONTH_NO_DATA)
        known++;
    if (known > 0 && known < figures->month_count)
        say(draft, MESSAGE_NO_DATA_BEFORE, MESSAGE_ARGUMENTS(text("month", month(draft, known))));
}

void section_findings(struct draft *draft)
{
    say_total(draft);
    say_no_data(draft);
    if (figures_months_of(draft->figures, MONTH_PROVISIONAL) > 0)
        say(draft, MESSAGE_PROVISIONAL, MESSAGE_NO_ARGUMENTS);
    if (draft->figures->total == 0)
        return;
    if (figures_months_of(draft->figures, MONTH_COMPLETE) > 1 && say_extremes(draft))
        say_changes(draft);
    say_countries(draft);
}
