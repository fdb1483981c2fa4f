#include "reports/findings/telling.h"

#include "reports/languages/period.h"
#include "stats/change.h"

const char *telling_say(const struct telling *telling, enum message message,
                        const struct message_argument *arguments)
{
    return language_say(telling->language, telling->phrases, message, arguments);
}

void tell(struct telling *telling, enum weight weight, enum message message,
          const struct message_argument *arguments)
{
    if (telling->count == TELLING_MAX)
        return;

    /* A country's name may bring its article along to the beginning. */
    telling->told[telling->count].sentence = language_capitalise(
        telling->language, telling->phrases, telling_say(telling, message, arguments));
    telling->told[telling->count++].weight = weight;
}

struct message_argument telling_text(const char *name, const char *text)
{
    return language_text(name, text);
}

struct message_argument telling_count(const struct telling *telling, const char *name,
                                      int64_t number)
{
    return language_count(telling->language, telling->phrases, name, number);
}

struct message_argument telling_words(const struct telling *telling, const char *name,
                                      int64_t number)
{
    return language_words(telling->language, telling->phrases, name, number);
}

struct message_argument telling_counter(const struct telling *telling, const char *name,
                                        int64_t number)
{
    return language_counter(telling->language, telling->phrases, name, number);
}

struct message_argument telling_counting(const struct telling *telling)
{
    return language_text("counting", telling->figures->unique ? "unique" : "monthly");
}

const char *telling_share(const struct telling *telling, int64_t hundredths)
{
    return language_percent(telling->language, telling->phrases,
                            language_share(telling->language, telling->phrases, hundredths));
}

const char *telling_percent(const struct telling *telling, int64_t whole)
{
    return language_percent(telling->language, telling->phrases,
                            language_number(telling->language, telling->phrases, whole));
}

const char *telling_month(const struct telling *telling, month_t month)
{
    const struct figures *figures = telling->figures;
    int year = month_year(figures->from);

    if (month_year(figures->to) == year && month_year(month) == year)
        return language_month_alone(telling->language, telling->phrases, month);
    return language_month(telling->language, telling->phrases, month);
}

const char *telling_period(const struct telling *telling, month_t from, month_t to)
{
    return period_name(telling->language, telling->phrases, (struct period_end){.month = from},
                       (struct period_end){.month = to});
}

const char *telling_country(const struct telling *telling, const char *code)
{
    return language_country_in_sentence(telling->language, telling->phrases, code);
}

const char *telling_country_at(const struct telling *telling, const struct line_figures *country)
{
    return telling_say(
        telling, MESSAGE_COUNTRY_AT,
        MESSAGE_ARGUMENTS(telling_text("country", telling_country(telling, country->value)),
                          telling_text("share", telling_share(telling, country->share))));
}

static const char *kind_of(const struct change *change)
{
    switch (change->kind) {
    case CHANGE_PERCENT:
        return change->rose ? "rose_by" : "fell_by";
    case CHANGE_TIMES:
        return "times";
    case CHANGE_HALF:
        return "half";
    default:
        return change->rose ? "rose" : "fell";
    }
}

const char *telling_change(const struct telling *telling, int64_t before, int64_t after,
                           enum place place)
{
    static const char *const degrees[] = {
        [CHANGE_EXACTLY] = "exactly", [CHANGE_MORE_THAN] = "more_than", [CHANGE_ALMOST] = "almost"};
    struct change change = change_of(before, after);

    return telling_say(
        telling, MESSAGE_CHANGE,
        MESSAGE_ARGUMENTS(
            telling_text("kind", kind_of(&change)),
            telling_text("amount", telling_percent(telling, change.amount)),
            telling_count(telling, "times", change.amount),
            telling_text("degree", degrees[change.degree]),
            telling_text("place", place == PLACE_HEADLINE ? "headline" : "sentence")));
}

struct message_argument telling_direction(int64_t before, int64_t after)
{
    return language_text("direction", after > before ? "rose" : "fell");
}

bool telling_may_show(const struct telling *telling, int64_t infections)
{
    return infections >= telling->figures->suppress_below;
}

const char *telling_base(enum base base)
{
    static const char *const names[BASES] = {[BASE_PREVIOUS_MONTH] = "month",
                                             [BASE_PREVIOUS_WINDOW] = "window",
                                             [BASE_YEAR_AGO] = "year"};

    return names[base];
}

int64_t telling_base_months(const struct comparison_figures *comparison)
{
    return comparison->to - comparison->from + 1;
}

void telling_changed(struct telling *telling, enum weight weight, month_t earlier, int64_t before,
                     month_t later, int64_t after)
{
    struct message_argument first = telling_text("earlier", telling_month(telling, earlier));
    struct message_argument second = telling_text("later", telling_month(telling, later));
    struct message_argument relation =
        telling_text("relation", later - earlier == 1 ? "previous" : "earlier");

    if (!telling_may_show(telling, before) || !telling_may_show(telling, after))
        return;
    if (before == after) {
        tell(telling, weight, MESSAGE_STAYED,
             MESSAGE_ARGUMENTS(first, second, telling_count(telling, "infections", after),
                               relation));
        return;
    }

    const char *change = telling_change(telling, before, after, PLACE_SENTENCE);

    tell(telling, weight, MESSAGE_CHANGED,
         MESSAGE_ARGUMENTS(telling_text("change", change), first, second,
                           telling_count(telling, "before", before),
                           telling_count(telling, "after", after), relation,
                           telling_direction(before, after)));
}

bool telling_is_cut(const struct dimension_figures *dimension, size_t count)
{
    return count <= dimension->ranked &&
           (count == dimension->line_count
                ? dimension->other.suppressed == 0
                : dimension->lines[count - 1].infections > dimension->lines[count].infections);
}

bool telling_is_compared(const struct telling *telling, enum base base)
{
    const struct comparison_figures *comparison = &telling->figures->comparisons[base];

    return comparison->known && telling_may_show(telling, comparison->now) &&
           telling_may_show(telling, comparison->before);
}
