#include "reports/languages/period.h"

static const char *mark(const struct language *language, struct phrases *phrases, bool marked,
                        const char *name)
{
    return marked ? language_say(language, phrases, MESSAGE_MARKED,
                                 MESSAGE_ARGUMENTS(language_text("name", name)))
                  : name;
}

static const char *name_of(const struct language *language, struct phrases *phrases,
                           struct period_end end)
{
    return mark(language, phrases, end.marked, language_month(language, phrases, end.month));
}

static const char *name_alone(const struct language *language, struct phrases *phrases,
                              struct period_end end)
{
    return mark(language, phrases, end.marked, language_month_alone(language, phrases, end.month));
}

const char *period_name(const struct language *language, struct phrases *phrases,
                        struct period_end from, struct period_end to)
{
    bool one_year = month_year(from.month) == month_year(to.month);

    if (from.month == to.month)
        return name_of(language, phrases, from);
    return language_say(
        language, phrases, MESSAGE_WINDOW,
        MESSAGE_ARGUMENTS(language_text("from", name_of(language, phrases, from)),
                          language_text("to", name_of(language, phrases, to)),
                          language_text("from_month", name_alone(language, phrases, from)),
                          language_text("to_month", name_alone(language, phrases, to)),
                          language_text("years", one_year ? "one" : "several")));
}
