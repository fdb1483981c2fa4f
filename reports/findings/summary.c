#include "reports/findings/summary.h"

/* Countries that the summary names. */
#define NAMED_MAX 3

static struct message_argument months_of(const struct telling *telling)
{
    return telling_words(telling, "months", (int64_t)telling->figures->month_count);
}

static struct message_argument window_of(const struct telling *telling)
{
    const struct figures *figures = telling->figures;

    return telling_text("window", telling_period(telling, figures->from, figures->to));
}

/* What the headline compares with; BASES: nothing. */
static enum base choose_base(const struct telling *telling)
{
    bool single = telling->figures->month_count == 1;
    enum base previous = single ? BASE_PREVIOUS_MONTH : BASE_PREVIOUS_WINDOW;
    const enum base bases[] = {previous, BASE_YEAR_AGO};

    for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
        const struct comparison_figures *with = &telling->figures->comparisons[bases[i]];

        if (telling_is_compared(telling, bases[i]) && with->now != with->before)
            return bases[i];
    }
    return BASES;
}

static const char *headline_changed(const struct telling *telling, enum base base)
{
    const struct figures *figures = telling->figures;
    const struct comparison_figures *with = &figures->comparisons[base];

    return telling_say(
        telling, MESSAGE_HEADLINE_CHANGED,
        MESSAGE_ARGUMENTS(
            telling_text("change",
                         telling_change(telling, with->before, with->now, PLACE_HEADLINE)),
            telling_count(telling, "total", figures->total), window_of(telling),
            telling_text("to", language_month(telling->language, telling->phrases, figures->to)),
            months_of(telling), telling_text("base", telling_base(base)),
            telling_counting(telling)));
}

const char *summary_headline(const struct telling *telling)
{
    const struct figures *figures = telling->figures;
    enum base base = choose_base(telling);
    const char *headline;

    if (figures->total == 0)
        headline = telling_say(telling,
                               figures_know_nothing(figures) ? MESSAGE_HEADLINE_NO_DATA
                                                             : MESSAGE_HEADLINE_NONE,
                               MESSAGE_ARGUMENTS(window_of(telling), months_of(telling)));
    else if (base != BASES)
        headline = headline_changed(telling, base);
    else
        headline = telling_say(telling, MESSAGE_HEADLINE,
                               MESSAGE_ARGUMENTS(telling_count(telling, "total", figures->total),
                                                 window_of(telling), months_of(telling),
                                                 telling_counting(telling)));
    if (figures_months_of(figures, MONTH_PROVISIONAL) == 0)
        return headline;
    return telling_say(telling, MESSAGE_HEADLINE_PROVISIONAL,
                       MESSAGE_ARGUMENTS(telling_text("headline", headline)));
}

/* From the first month to the last, when all are complete and these two differ; else NULL. */
static const char *say_course(const struct telling *telling)
{
    const struct figures *figures = telling->figures;
    int64_t first = figures->months[0].infections;
    int64_t last = figures->months[figures->month_count - 1].infections;

    if (figures_months_of(figures, MONTH_COMPLETE) < figures->month_count || first == last ||
        figures->total <= 1)
        return NULL;
    return telling_say(
        telling, MESSAGE_SUMMARY_COURSE,
        MESSAGE_ARGUMENTS(telling_direction(first, last),
                          telling_text("first_month", telling_month(telling, figures->from)),
                          telling_text("last_month", telling_month(telling, figures->to)),
                          telling_count(telling, "first", first),
                          telling_count(telling, "last", last)));
}

/* What the headline says, for a paragraph that has nothing to add to it. */
static const char *say_total(const struct telling *telling)
{
    const struct figures *figures = telling->figures;
    if (figures->total == 0)
        return telling_say(
            telling, figures_know_nothing(figures) ? MESSAGE_TOTAL_NO_DATA : MESSAGE_TOTAL_NONE,
            MESSAGE_ARGUMENTS(window_of(telling), months_of(telling)));
    return telling_say(telling, MESSAGE_SUMMARY_TOTAL,
                       MESSAGE_ARGUMENTS(telling_count(telling, "total", figures->total),
                                         window_of(telling), months_of(telling),
                                         telling_counting(telling)));
}

/* Those of the first lines that can be told from each other, and from all others. */
static size_t count_named(const struct dimension_figures *countries)
{
    size_t count = 0;

    while (count < NAMED_MAX && count < countries->line_count &&
           telling_is_cut(countries, count + 1))
        count++;
    return count;
}

static const char *say_leaders(const struct telling *telling)
{
    const struct dimension_figures *countries = figures_countries(telling->figures);
    const char *named[NAMED_MAX];
    size_t count = count_named(countries);

    if (count == 0)
        return NULL;
    for (size_t i = 0; i < count; i++)
        named[i] = telling_country_at(telling, &countries->lines[i]);
    return telling_say(
        telling, MESSAGE_SUMMARY_LEADERS,
        MESSAGE_ARGUMENTS(
            telling_text("countries",
                         language_list(telling->language, telling->phrases, named, count)),
            telling_counter(telling, "count", (int64_t)count),
            telling_count(telling, "highest", countries->lines[0].infections),
            telling_text("leader", telling_country(telling, countries->lines[0].value)),
            telling_counting(telling)));
}

static const char *capital(const struct telling *telling, const char *sentence)
{
    return language_capitalise(telling->language, telling->phrases, sentence);
}

static const char *join(const struct telling *telling, const char *text, const char *sentence)
{
    if (text == NULL || sentence == NULL)
        return text == NULL && sentence != NULL ? capital(telling, sentence) : text;
    return telling_say(telling, MESSAGE_SENTENCES,
                       MESSAGE_ARGUMENTS(telling_text("first", text),
                                         telling_text("second", capital(telling, sentence))));
}

const char *summary_paragraph(const struct telling *telling)
{
    const char *text = join(telling, NULL, say_course(telling));

    /* What the headline says of before is said. */
    if (choose_base(telling) == BASES)
        text = join(telling, text, telling->compared);
    text = join(telling, text, say_leaders(telling));
    if (text == NULL)
        text = join(telling, NULL, say_total(telling));
    if (figures_months_of(telling->figures, MONTH_PROVISIONAL) > 0)
        text = join(telling, text, telling_say(telling, MESSAGE_PROVISIONAL, MESSAGE_NO_ARGUMENTS));
    return text;
}
