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

static const char *number(struct document *document, int64_t value)
{
    return language_number(document->language, &document->phrases, value);
}

static const char *share(struct document *document, int64_t hundredths)
{
    return language_share(document->language, &document->phrases, hundredths);
}

static const char *month(struct document *document, size_t index)
{
    return language_month(document->language, &document->phrases,
                          document->figures->months[index].month);
}

static const char *country(struct document *document, size_t index)
{
    return language_country_in_sentence(document->language, &document->phrases,
                                        document->figures->countries[index].country);
}

/* A country's name at the start of an English sentence may bring its article along. */
static const char *capitalised(struct document *document, const char *sentence)
{
    if (strncmp(sentence, "the ", 4) != 0)
        return sentence;
    return phrases_compose(&document->phrases, "T{0}", sentence + 1, NULL);
}

static void add(struct document *document, const char *sentence)
{
    if (document->finding_count < DOCUMENT_FINDINGS_MAX)
        document->findings[document->finding_count++] = capitalised(document, sentence);
}

static const char *period(struct document *document)
{
    struct phrases *phrases = &document->phrases;
    const struct figures *figures = document->figures;
    const char *from = month(document, 0);

    if (figures->month_count == 1)
        return phrases_compose(phrases, document_message(document, MESSAGE_PERIOD_MONTH), from,
                               NULL);
    return phrases_compose(phrases, document_message(document, MESSAGE_PERIOD_MONTHS), from,
                           month(document, figures->month_count - 1), NULL);
}

static void say_total(struct document *document)
{
    const struct figures *figures = document->figures;
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

    const char *text = document_message(document, message);

    if (message == MESSAGE_NONE)
        add(document, phrases_compose(&document->phrases, text, period(document), NULL));
    else
        add(document, phrases_compose(&document->phrases, text, number(document, figures->total),
                                      period(document), NULL));
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

static void say_extreme(struct document *document, const struct extreme *extreme,
                        enum message alone, enum message shared)
{
    bool is_alone = extreme->months == 1;
    const char *which =
        is_alone ? month(document, extreme->index) : number(document, (int64_t)extreme->months);

    add(document,
        phrases_compose(&document->phrases, document_message(document, is_alone ? alone : shared),
                        which, number(document, extreme->infections), NULL));
}

/* false when all months are the same and no change is left to tell. */
static bool say_extremes(struct document *document)
{
    struct extreme peak = find_extreme(document->figures, true);
    struct extreme low = find_extreme(document->figures, false);

    if (peak.infections == low.infections) {
        add(document,
            phrases_compose(&document->phrases, document_message(document, MESSAGE_EVERY_MONTH),
                            number(document, peak.infections), NULL));
    } else if (peak.months == 1 && low.months == 1) {
        add(document,
            phrases_compose(&document->phrases, document_message(document, MESSAGE_PEAK_AND_LOW),
                            month(document, peak.index), number(document, peak.infections),
                            month(document, low.index), number(document, low.infections), NULL));
    } else {
        say_extreme(document, &peak, MESSAGE_PEAK, MESSAGE_PEAK_SHARED);
        say_extreme(document, &low, MESSAGE_LOW, MESSAGE_LOW_SHARED);
    }
    return peak.infections != low.infections;
}

static void say_change(struct document *document, size_t earlier, size_t later)
{
    int64_t before = document->figures->months[earlier].infections;
    int64_t after = document->figures->months[later].infections;
    int64_t change = monthly_change(before, after);
    enum message message;

    if (before == after)
        message = MESSAGE_STAYED;
    else if (change <= 0 || after == 0) /* a percentage says less than the counts */
        message = before < after ? MESSAGE_ROSE : MESSAGE_FELL;
    else
        message = before < after ? MESSAGE_ROSE_BY : MESSAGE_FELL_BY;
    add(document,
        phrases_compose(&document->phrases, document_message(document, message),
                        month(document, earlier), month(document, later), number(document, before),
                        number(document, after), share(document, change < 0 ? 0 : change), NULL));
}

static void say_changes(struct document *document)
{
    size_t last = document->figures->month_count - 1;

    if (last < EVERY_CHANGE_MONTHS_MAX) {
        for (size_t i = 0; i < last; i++)
            say_change(document, i, i + 1);
        return;
    }
    say_change(document, 0, last);
    say_change(document, last - 1, last);
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

static const char *total_noun(struct document *document)
{
    return document_message(document, document->figures->unique ? MESSAGE_ALL_MACHINES
                                                                : MESSAGE_ALL_INFECTIONS);
}

static void say_leaders(struct document *document, size_t leaders)
{
    const char *names[LEADERS_MAX];
    int32_t together = 0;

    for (size_t i = 0; i < leaders; i++) {
        names[i] = country(document, i);
        together += document->figures->countries[i].share;
    }

    const char *list = language_list(document->language, &document->phrases, names, leaders);
    enum message message = leaders == 1 ? MESSAGE_LEADER : MESSAGE_LEADERS;

    add(document, phrases_compose(&document->phrases, document_message(document, message), list,
                                  share(document, together), total_noun(document),
                                  number(document, (int64_t)leaders), NULL));
}

static const char *outside(struct document *document, size_t leaders)
{
    static const enum message messages[LEADERS_MAX] = {MESSAGE_OUTSIDE_ONE, MESSAGE_OUTSIDE_TWO,
                                                       MESSAGE_OUTSIDE_THREE};

    return phrases_compose(&document->phrases, document_message(document, messages[leaders - 1]),
                           country(document, 0), NULL);
}

static void say_exceptions(struct document *document, size_t leaders, size_t exceptions)
{
    const char *named[EXCEPTIONS_MAX];
    const char *threshold = number(document, NARRATIVE_THRESHOLD);
    struct phrases *phrases = &document->phrases;

    if (exceptions == 0) {
        add(document, phrases_compose(phrases, document_message(document, MESSAGE_REST_NONE),
                                      outside(document, leaders), threshold, NULL));
        return;
    }
    if (exceptions > EXCEPTIONS_MAX) {
        add(document, phrases_compose(phrases, document_message(document, MESSAGE_REST_MANY),
                                      outside(document, leaders), threshold,
                                      number(document, (int64_t)exceptions), NULL));
        return;
    }
    for (size_t i = 0; i < exceptions; i++)
        named[i] = phrases_compose(
            phrases, document_message(document, MESSAGE_COUNTRY_AT), country(document, leaders + i),
            share(document, document->figures->countries[leaders + i].share), NULL);
    add(document,
        phrases_compose(phrases, document_message(document, MESSAGE_REST_EXCEPT),
                        outside(document, leaders), threshold,
                        language_list(document->language, phrases, named, exceptions), NULL));
}

static void say_rest(struct document *document, size_t leaders)
{
    const struct figures *figures = document->figures;
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
        say_exceptions(document, leaders, exceptions);
    else if (is_cut(figures, leaders + 1))
        add(document,
            phrases_compose(&document->phrases, document_message(document, MESSAGE_REST_HIGHEST),
                            outside(document, leaders), country(document, leaders),
                            share(document, figures->countries[leaders].share), NULL));
}

static void say_only_country(struct document *document)
{
    const struct figures *figures = document->figures;

    if (figures->other.unknown == 0)
        add(document,
            phrases_compose(&document->phrases, document_message(document, MESSAGE_ONLY_COUNTRY),
                            country(document, 0), NULL));
    else if (figures->ranked > 0)
        add(document,
            phrases_compose(&document->phrases, document_message(document, MESSAGE_ONLY_KNOWN),
                            country(document, 0), share(document, figures->countries[0].share),
                            total_noun(document), NULL));
}

static void say_countries(struct document *document)
{
    const struct figures *figures = document->figures;

    if (figures->country_count == 0) {
        add(document, document_message(document, MESSAGE_ALL_UNKNOWN));
        return;
    }
    if (figures->country_count == 1) {
        say_only_country(document);
        return;
    }

    size_t equal = count_equal_first(figures);
    size_t leaders = choose_leaders(figures);

    if (equal > LEADERS_MAX) {
        add(document,
            phrases_compose(&document->phrases, document_message(document, MESSAGE_LEADERS_EQUAL),
                            number(document, (int64_t)equal),
                            number(document, figures->countries[0].infections), NULL));
    } else if (leaders > 0) {
        say_leaders(document, leaders);
        say_rest(document, leaders);
    }
}

void narrative_write(struct document *document)
{
    say_total(document);
    if (document->figures->total == 0)
        return;
    if (document->figures->month_count > 1 && say_extremes(document))
        say_changes(document);
    say_countries(document);
}
