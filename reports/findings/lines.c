#include <stdlib.h>

#include "reports/findings/rules.h"

/* More countries than this are counted instead of named. */
#define NAMED_MAX 3

static const char *list_of(const struct telling *telling, const char *const *codes, size_t count)
{
    const char *names[NAMED_MAX];

    for (size_t i = 0; i < count; i++)
        names[i] = telling_country(telling, codes[i]);
    return language_list(telling->language, telling->phrases, names, count);
}

/* Countries that had no infection in any month before the window. */
void rule_first_seen(struct telling *telling)
{
    const struct dimension_figures *countries = figures_countries(telling->figures);
    const char *codes[NAMED_MAX];
    size_t count = 0;
    bool nameable = true;

    for (size_t i = 0; i < countries->line_count; i++) {
        if (!countries->lines[i].is_new)
            continue;
        nameable = nameable && i < countries->ranked && count < NAMED_MAX;
        if (nameable)
            codes[count] = countries->lines[i].value;
        count++;
    }
    if (count > 0 && nameable)
        tell(telling, WEIGHT_NEWS, MESSAGE_FIRST_SEEN,
             MESSAGE_ARGUMENTS(telling_text("countries", list_of(telling, codes, count)),
                               telling_counter(telling, "count", (int64_t)count)));
    else if (count > 0 && countries->other.suppressed == 0)
        tell(telling, WEIGHT_DETAIL, MESSAGE_FIRST_SEEN_MANY,
             MESSAGE_ARGUMENTS(telling_counter(telling, "count", (int64_t)count)));
}

/* What the window is compared with first. */
static enum base previous_of(const struct figures *figures)
{
    return figures->month_count == 1 ? BASE_PREVIOUS_MONTH : BASE_PREVIOUS_WINDOW;
}

/* Countries that were ranked in what was before, and have no infection now. */
void rule_gone(struct telling *telling)
{
    const struct figures *figures = telling->figures;
    const struct dimension_figures *countries = figures_countries(figures);
    enum base base = previous_of(figures);
    const struct comparison_figures *comparison = &figures->comparisons[base];
    const char *codes[NAMED_MAX];
    size_t count = 0;

    if (!telling_is_compared(telling, base))
        return;
    for (size_t i = 0; i < countries->left_count[base]; i++) {
        const struct left_figures *left = &countries->left[base][i];

        if (!left->against.shown || left->against.now > 0)
            continue;
        if (count == NAMED_MAX)
            return;
        codes[count++] = left->value;
    }
    if (count > 0)
        tell(telling, WEIGHT_DETAIL, MESSAGE_GONE,
             MESSAGE_ARGUMENTS(telling_text("countries", list_of(telling, codes, count)),
                               telling_counter(telling, "count", (int64_t)count),
                               telling_text("period", telling_period(telling, comparison->from,
                                                                     comparison->to))));
}

static int64_t difference_of(const struct line_figures *line, enum base base)
{
    return line->against[base].shown ? line->against[base].now - line->against[base].before : 0;
}

/* The ranked country that rose most, or fell most; NULL when none did, or several alike. */
static const struct line_figures *find_mover(const struct dimension_figures *countries,
                                             enum base base, int sign)
{
    const struct line_figures *found = NULL;
    int64_t largest = 0;

    for (size_t i = 0; i < countries->ranked; i++) {
        int64_t difference = sign * difference_of(&countries->lines[i], base);

        if (difference < largest || difference <= 0)
            continue;
        found = difference == largest ? NULL : &countries->lines[i];
        largest = difference;
    }
    return found;
}

static void tell_mover(struct telling *telling, enum base base, int sign)
{
    const struct comparison_figures *comparison = &telling->figures->comparisons[base];
    const struct line_figures *line = find_mover(figures_countries(telling->figures), base, sign);

    if (line == NULL)
        return;

    const struct against_figures *against = &line->against[base];

    tell(telling, WEIGHT_DETAIL, MESSAGE_MOVER,
         MESSAGE_ARGUMENTS(
             telling_direction(against->before, against->now),
             telling_text("country", telling_country(telling, line->value)),
             telling_count(telling, "before", against->before),
             telling_count(telling, "after", against->now),
             telling_text("base", telling_base(base)),
             telling_words(telling, "months", telling_base_months(comparison)),
             telling_text("period", telling_period(telling, comparison->from, comparison->to))));
}

void rule_mover(struct telling *telling)
{
    enum base base = previous_of(telling->figures);

    if (!telling_is_compared(telling, base) || figures_countries(telling->figures)->ranked < 2)
        return;
    tell_mover(telling, base, 1);
    tell_mover(telling, base, -1);
}

/* The country with the highest rate of all that are ranked by it; NULL when several share it. */
static const struct line_figures *find_highest_rate(const struct dimension_figures *countries)
{
    const struct line_figures *found = NULL;

    for (size_t i = 0; i < countries->line_count; i++)
        if (countries->lines[i].rate_rank == 1)
            found = &countries->lines[i];
    for (size_t i = 0; i < countries->line_count && found != NULL; i++)
        if (&countries->lines[i] != found && countries->lines[i].rate_rank > 0 &&
            countries->lines[i].rate >= found->rate)
            return NULL;
    return found;
}

void rule_rate(struct telling *telling)
{
    const struct figures *figures = telling->figures;
    const struct line_figures *highest = find_highest_rate(figures_countries(figures));

    if (!figures->rates.known || figures->total == 0)
        return;

    struct message_argument rate = telling_text(
        "rate", language_share(telling->language, telling->phrases, figures->rates.rate));

    if (highest == NULL || !telling_may_show(telling, highest->infections))
        tell(telling, WEIGHT_NEWS, MESSAGE_RATE, MESSAGE_ARGUMENTS(rate));
    else
        tell(telling, WEIGHT_NEWS, MESSAGE_RATE_HIGHEST,
             MESSAGE_ARGUMENTS(
                 rate, telling_text("country", telling_country(telling, highest->value)),
                 telling_text("country_rate",
                              language_share(telling->language, telling->phrases, highest->rate))));
}

/* The most frequent value of each dimension that was asked for, when there is one. */
void rule_dimensions(struct telling *telling)
{
    for (size_t i = 0; i < telling->figures->dimension_count; i++) {
        const struct dimension_figures *dimension = &telling->figures->dimensions[i];

        if (dimension->dimension == DIMENSION_COUNTRY || !telling_is_cut(dimension, 1) ||
            dimension->line_count == 0)
            continue;
        tell(telling, WEIGHT_NEWS, MESSAGE_DIMENSION_LEADER,
             MESSAGE_ARGUMENTS(
                 telling_text("dimension", dimension_name(dimension->dimension)),
                 telling_text("value", dimension->lines[0].value),
                 telling_text("share", telling_share(telling, dimension->lines[0].share)),
                 telling_counting(telling)));
    }
}
