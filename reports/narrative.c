#include "reports/narrative.h"

#include <string.h>

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

static const char *share(struct draft *draft, int64_t hundredths)
{
    return language_share(draft->language, draft->phrases, hundredths);
}

static const char *month(struct draft *draft, size_t index)
{
    return language_month(draft->language, draft->phrases, draft->figures->months[index].month);
}

static const char *country(struct draft *draft, size_t index)
{
    return language_country_in_sentence(draft->language, draft->phrases,
                                        draft->figures->countries[index].country);
}

/* A country's name at the start of an English sentence may bring its article along. */
static const char *capitalised(struct draft *draft, const char *sentence)
{
    if (strncmp(sentence, "the ", 4) != 0)
        return sentence;
    return phrases_compose(draft->phrases, "T{0}", sentence + 1, NULL);
}

static void add(struct draft *draft, const char *sentence)
{
    draft_add_item(draft, (struct section_item){.text = capitalised(draft, sentence)});
}

static const char *period(struct draft *draft)
{
    struct phrases *phrases = draft->phrases;
    const struct figures *figures = draft->figures;
    const char *from = month(draft, 0);

    if (figures->month_count == 1)
        return phrases_compose(phrases, draft_message(draft, MESSAGE_PERIOD_MONTH), from, NULL);
    return phrases_compose(phrases, draft_message(draft, MESSAGE_PERIOD_MONTHS), from,
                           month(draft, figures->month_count - 1), NULL);
}

static void say_total(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    bool one = figures->total == 1;
    enum message message;

    if (figures->total == 0)
        message = MESSAGE_NONE;
    else if (figures->month_count == 1)
        message = one ? MESSAGE_MONTH_SUM_ONE : MESSAGE_MONTH_SUM;
    else if (figures->unique)
        message = one ? MESSAGE_UNIQUE_ONE : MESSAGE_UNIQUE;
    else
        message = one ? MESSAGE_SUM_ONE : MESSAGE_SUM;

    const char *text = draft_message(draft, message);

    if (message == MESSAGE_NONE)
        add(draft, phrases_compose(draft->phrases, text, period(draft), NULL));
    else
        add(draft, phrases_compose(draft->phrases, text, number(draft, figures->total),
                                   period(draft), NULL));
}

/* The months with the highest or the lowest count. */
struct extreme {
    size_t index; /* the first of them */
    size_t months;
    int64_t infections;
};

static struct extreme find_extreme(const struct figures *figures, bool highest)
{
    struct extreme found = {0, 0, figures->months[0].infections};

    for (size_t i = 0; i < figures->month_count; i++) {
        int64_t infections = figures->months[i].infections;

        if (highest ? infections > found.infections : infections < found.infections)
            found = (struct extreme){i, 0, infections};
        found.months += infections == found.infections;
    }
    return found;
}

static void say_extreme(struct draft *draft, const struct extreme *extreme, enum message alone,
                        enum message shared)
{
    bool is_alone = extreme->months == 1;
    const char *which =
        is_alone ? month(draft, extreme->index) : number(draft, (int64_t)extreme->months);

    add(draft, phrases_compose(draft->phrases, draft_message(draft, is_alone ? alone : shared),
                               which, number(draft, extreme->infections), NULL));
}

/* false when all months are the same and no change is left to tell. */
static bool say_extremes(struct draft *draft)
{
    struct extreme peak = find_extreme(draft->figures, true);
    struct extreme low = find_extreme(draft->figures, false);

    if (peak.infections == low.infections) {
        add(draft, phrases_compose(draft->phrases, draft_message(draft, MESSAGE_EVERY_MONTH),
                                   number(draft, peak.infections), NULL));
    } else if (peak.months == 1 && low.months == 1) {
        add(draft, phrases_compose(draft->phrases, draft_message(draft, MESSAGE_PEAK_AND_LOW),
                                   month(draft, peak.index), number(draft, peak.infections),
                                   month(draft, low.index), number(draft, low.infections), NULL));
    } else {
        say_extreme(draft, &peak, MESSAGE_PEAK, MESSAGE_PEAK_SHARED);
        say_extreme(draft, &low, MESSAGE_LOW, MESSAGE_LOW_SHARED);
    }
    return peak.infections != low.infections;
}

static void say_change(struct draft *draft, size_t earlier, size_t later)
{
    int64_t before = draft->figures->months[earlier].infections;
    int64_t after = draft->figures->months[later].infections;
    int64_t change = monthly_change(before, after);
    enum message message;

    if (before == after)
        message = MESSAGE_STAYED;
    else if (change <= 0 || after == 0) /* a percentage says less than the counts */
        message = before < after ? MESSAGE_ROSE : MESSAGE_FELL;
    else
        message = before < after ? MESSAGE_ROSE_BY : MESSAGE_FELL_BY;
    add(draft, phrases_compose(draft->phrases, draft_message(draft, message), month(draft, earlier),
                               month(draft, later), number(draft, before), number(draft, after),
                               share(draft, change < 0 ? 0 : change), NULL));
}

static void say_changes(struct draft *draft)
{
    size_t last = draft->figures->month_count - 1;

    if (last < EVERY_CHANGE_MONTHS_MAX) {
        for (size_t i = 0; i < last; i++)
            say_change(draft, i, i + 1);
        return;
    }
    say_change(draft, 0, last);
    say_change(draft, last - 1, last);
}

/* How many countries from the first on have as many infections as the first. */
static size_t count_equal_first(const struct figures *figures)
{
    size_t count = 1;

    while (count < figures->country_count &&
           figures->countries[count].infections == figures->countries[0].infections)
        count++;
    return count;
}

/* Whether the country behind the first `count` has fewer infections than the last of them. */
static bool is_cut(const struct figures *figures, size_t count)
{
    return count <= figures->ranked &&
           (count == figures->country_count ||
            figures->countries[count - 1].infections > figures->countries[count].infections);
}

/* 0 when no group of leaders stands apart from the rest. */
static size_t choose_leaders(const struct figures *figures)
{
    if (figures->ranked == 0)
        return 0;
    if (shares_exceeds(figures->countries[0].infections, figures->total, 50))
        return 1;
    for (size_t count = 2; count <= LEADERS_MAX; count++)
        if (is_cut(figures, count))
            return count;
    return is_cut(figures, 1) ? 1 : 0;
}

static const char *total_noun(struct draft *draft)
{
    return draft_message(draft,
                         draft->figures->unique ? MESSAGE_ALL_MACHINES : MESSAGE_ALL_INFECTIONS);
}

static void say_leaders(struct draft *draft, size_t leaders)
{
    const char *names[LEADERS_MAX];
    int32_t together = 0;

    for (size_t i = 0; i < leaders; i++) {
        names[i] = country(draft, i);
        together += draft->figures->countries[i].share;
    }

    const char *list = language_list(draft->language, draft->phrases, names, leaders);
    enum message message = leaders == 1 ? MESSAGE_LEADER : MESSAGE_LEADERS;

    add(draft,
        phrases_compose(draft->phrases, draft_message(draft, message), list, share(draft, together),
                        total_noun(draft), number(draft, (int64_t)leaders), NULL));
}

static const char *outside(struct draft *draft, size_t leaders)
{
    static const enum message messages[LEADERS_MAX] = {MESSAGE_OUTSIDE_ONE, MESSAGE_OUTSIDE_TWO,
                                                       MESSAGE_OUTSIDE_THREE};

    return phrases_compose(draft->phrases, draft_message(draft, messages[leaders - 1]),
                           country(draft, 0), NULL);
}

static void say_exceptions(struct draft *draft, size_t leaders, size_t exceptions)
{
    const char *named[EXCEPTIONS_MAX];
    const char *threshold = number(draft, NARRATIVE_THRESHOLD);
    struct phrases *phrases = draft->phrases;

    if (exceptions == 0) {
        add(draft, phrases_compose(phrases, draft_message(draft, MESSAGE_REST_NONE),
                                   outside(draft, leaders), threshold, NULL));
        return;
    }
    if (exceptions > EXCEPTIONS_MAX) {
        add(draft, phrases_compose(phrases, draft_message(draft, MESSAGE_REST_MANY),
                                   outside(draft, leaders), threshold,
                                   number(draft, (int64_t)exceptions), NULL));
        return;
    }
    for (size_t i = 0; i < exceptions; i++)
        named[i] = phrases_compose(
            phrases, draft_message(draft, MESSAGE_COUNTRY_AT), country(draft, leaders + i),
            share(draft, draft->figures->countries[leaders + i].share), NULL);
    add(draft, phrases_compose(phrases, draft_message(draft, MESSAGE_REST_EXCEPT),
                               outside(draft, leaders), threshold,
                               language_list(draft->language, phrases, named, exceptions), NULL));
}

static void say_rest(struct draft *draft, size_t leaders)
{
    const struct figures *figures = draft->figures;
    size_t exceptions = 0;
    bool agrees = true;

    if (leaders == figures->country_count)
        return;
    while (leaders + exceptions < figures->country_count) {
        const struct country_figures *next = &figures->countries[leaders + exceptions];

        if (!shares_exceeds(next->infections, figures->total, NARRATIVE_THRESHOLD))
            break;
        if (leaders + exceptions < figures->ranked && next->share <= NARRATIVE_THRESHOLD * 100)
            agrees = false;
        exceptions++;
    }

    bool nameable = exceptions > EXCEPTIONS_MAX || leaders + exceptions <= figures->ranked;

    if (agrees && nameable)
        say_exceptions(draft, leaders, exceptions);
    else if (is_cut(figures, leaders + 1))
        add(draft, phrases_compose(draft->phrases, draft_message(draft, MESSAGE_REST_HIGHEST),
                                   outside(draft, leaders), country(draft, leaders),
                                   share(draft, figures->countries[leaders].share), NULL));
}

static void say_only_country(struct draft *draft)
{
    const struct figures *figures = draft->figures;

    if (figures->other.unknown == 0)
        add(draft, phrases_compose(draft->phrases, draft_message(draft, MESSAGE_ONLY_COUNTRY),
                                   country(draft, 0), NULL));
    else if (figures->ranked > 0)
        add(draft, phrases_compose(draft->phrases, draft_message(draft, MESSAGE_ONLY_KNOWN),
                                   country(draft, 0), share(draft, figures->countries[0].share),
                                   total_noun(draft), NULL));
}

static void say_countries(struct draft *draft)
{
    const struct figures *figures = draft->figures;

    if (figures->country_count == 0) {
        add(draft, draft_message(draft, MESSAGE_ALL_UNKNOWN));
        return;
    }
    if (figures->country_count == 1) {
        say_only_country(draft);
        return;
    }

    size_t equal = count_equal_first(figures);
    size_t leaders = choose_leaders(figures);

    if (equal > LEADERS_MAX) {
        add(draft, phrases_compose(draft->phrases, draft_message(draft, MESSAGE_LEADERS_EQUAL),
                                   number(draft, (int64_t)equal),
                                   number(draft, figures->countries[0].infections), NULL));
    } else if (leaders > 0) {
        say_leaders(draft, leaders);
        say_rest(draft, leaders);
    }
}

void narrative_write(struct draft *draft)
{
    say_total(draft);
    if (draft->figures->total == 0)
        return;
    if (draft->figures->month_count > 1 && say_extremes(draft))
        say_changes(draft);
    say_countries(draft);
}
