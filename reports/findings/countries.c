#include "reports/findings/rules.h"

#include "reports/findings/findings.h"
#include "stats/shares.h"

/* Two leaders are named together, three only when the third can't be told from the second. */
#define LEADERS_MAX 3

/* More countries above the threshold than this are counted instead of named. */
#define EXCEPTIONS_MAX 3

/* How many countries from the first on have as many infections as the first. */
static size_t count_equal_first(const struct dimension_figures *countries)
{
    size_t count = 1;

    while (count < countries->line_count &&
           countries->lines[count].infections == countries->lines[0].infections)
        count++;
    return count;
}

/* 0 when no group of leaders stands apart from the rest. */
static size_t choose_leaders(const struct dimension_figures *countries)
{
    if (countries->ranked == 0)
        return 0;
    if (shares_exceeds(countries->lines[0].infections, countries->total, 50))
        return 1;
    for (size_t count = 2; count <= LEADERS_MAX; count++)
        if (telling_is_cut(countries, count))
            return count;
    return telling_is_cut(countries, 1) ? 1 : 0;
}

static void tell_leaders(struct telling *telling, const struct dimension_figures *countries,
                         size_t leaders)
{
    const char *names[LEADERS_MAX];
    int32_t together = 0;

    for (size_t i = 0; i < leaders; i++) {
        names[i] = telling_country(telling, countries->lines[i].value);
        together += countries->lines[i].share;
    }

    const char *list = language_list(telling->language, telling->phrases, names, leaders);

    tell(telling, WEIGHT_MAIN, MESSAGE_LEADERS,
         MESSAGE_ARGUMENTS(
             telling_text("countries", list), telling_counter(telling, "leaders", (int64_t)leaders),
             telling_text("share", telling_share(telling, together)), telling_counting(telling)));
}

static void tell_exceptions(struct telling *telling, const struct dimension_figures *countries,
                            size_t leaders, size_t exceptions)
{
    const char *named[EXCEPTIONS_MAX];
    struct message_argument around = telling_counter(telling, "leaders", (int64_t)leaders);
    struct message_argument leader =
        telling_text("leader", telling_country(telling, countries->lines[0].value));
    struct message_argument threshold =
        telling_text("threshold", telling_percent(telling, FINDINGS_THRESHOLD));
    struct message_argument many = telling_counter(telling, "count", (int64_t)exceptions);

    if (exceptions == 0) {
        tell(telling, WEIGHT_NEWS, MESSAGE_REST_NONE, MESSAGE_ARGUMENTS(around, leader, threshold));
        return;
    }
    if (exceptions > EXCEPTIONS_MAX) {
        tell(telling, WEIGHT_NEWS, MESSAGE_REST_MANY,
             MESSAGE_ARGUMENTS(around, leader, threshold, many));
        return;
    }
    for (size_t i = 0; i < exceptions; i++)
        named[i] = telling_country_at(telling, &countries->lines[leaders + i]);

    const char *list = language_list(telling->language, telling->phrases, named, exceptions);

    tell(telling, WEIGHT_NEWS, MESSAGE_REST_EXCEPT,
         MESSAGE_ARGUMENTS(around, leader, threshold, telling_text("exceptions", list), many));
}

static void tell_rest(struct telling *telling, const struct dimension_figures *countries,
                      size_t leaders)
{
    const struct line_figures *lines = countries->lines;
    size_t exceptions = 0;
    bool agrees = true;

    if (leaders == countries->line_count)
        return;
    while (leaders + exceptions < countries->line_count) {
        const struct line_figures *next = &lines[leaders + exceptions];

        if (!shares_exceeds(next->infections, countries->total, FINDINGS_THRESHOLD))
            break;
        if (leaders + exceptions < countries->ranked && next->share <= FINDINGS_THRESHOLD * 100)
            agrees = false;
        exceptions++;
    }

    bool nameable = exceptions > EXCEPTIONS_MAX || leaders + exceptions <= countries->ranked;
    bool whole = countries->other.suppressed == 0;

    if (agrees && nameable && whole)
        tell_exceptions(telling, countries, leaders, exceptions);
    else if (telling_is_cut(countries, leaders + 1))
        tell(telling, WEIGHT_NEWS, MESSAGE_REST_HIGHEST,
             MESSAGE_ARGUMENTS(
                 telling_counter(telling, "leaders", (int64_t)leaders),
                 telling_text("leader", telling_country(telling, lines[0].value)),
                 telling_text("country", telling_country(telling, lines[leaders].value)),
                 telling_text("share", telling_share(telling, lines[leaders].share))));
}

static void tell_only_country(struct telling *telling, const struct dimension_figures *countries)
{
    const struct line_figures *line = &countries->lines[0];
    struct message_argument only = telling_text("country", telling_country(telling, line->value));

    if (line->infections == countries->total)
        tell(telling, WEIGHT_MAIN, MESSAGE_ONLY_COUNTRY, MESSAGE_ARGUMENTS(only));
    else if (countries->ranked > 0 && countries->other.suppressed == 0)
        tell(telling, WEIGHT_MAIN, MESSAGE_ONLY_KNOWN,
             MESSAGE_ARGUMENTS(only, telling_text("share", telling_share(telling, line->share)),
                               telling_counting(telling)));
}

void rule_countries(struct telling *telling)
{
    const struct dimension_figures *countries = figures_countries(telling->figures);

    if (telling->figures->total == 0)
        return;
    if (countries->line_count == 0 && countries->other.suppressed > 0)
        return;
    if (countries->line_count == 0) {
        tell(telling, WEIGHT_MAIN, MESSAGE_ALL_UNKNOWN, MESSAGE_NO_ARGUMENTS);
        return;
    }
    if (countries->line_count == 1) {
        tell_only_country(telling, countries);
        return;
    }

    size_t equal = count_equal_first(countries);
    size_t leaders = choose_leaders(countries);

    if (equal > LEADERS_MAX) {
        if (equal < countries->line_count || countries->other.suppressed == 0)
            tell(telling, WEIGHT_MAIN, MESSAGE_LEADERS_EQUAL,
                 MESSAGE_ARGUMENTS(
                     telling_counter(telling, "countries", (int64_t)equal),
                     telling_count(telling, "infections", countries->lines[0].infections)));
    } else if (leaders > 0) {
        tell_leaders(telling, countries, leaders);
        tell_rest(telling, countries, leaders);
    }
}
