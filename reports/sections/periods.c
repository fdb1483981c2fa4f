#include "reports/sections/periods.h"

#define QUARTER 3
#define YEAR 12

/* The first month of the period of so many months that a month lies in. */
static month_t begin_of(month_t month, int months)
{
    return month - (month_of_year(month) - 1) % months;
}

static int choose_months(const struct figures *figures)
{
    month_t from = begin_of(figures->from, QUARTER);

    if (figures->month_count <= PERIODS_MONTHS_MAX)
        return 1;
    return (figures->to - from) / QUARTER < PERIODS_MAX ? QUARTER : YEAR;
}

static const char *quarter(struct draft *draft, month_t month, const char *year)
{
    int64_t number = (month_of_year(month) - 1) / QUARTER + 1;
    const struct language *language = draft->language;

    return language_say(
        language, draft->phrases, year == NULL ? MESSAGE_QUARTER : MESSAGE_QUARTER_OF_YEAR,
        MESSAGE_ARGUMENTS(language_count(language, draft->phrases, "number", number),
                          language_text("year", year == NULL ? "" : year)));
}

static struct chart_point name_of(struct draft *draft, const struct period *period, int months)
{
    const struct month_figures *first = &draft->figures->months[period->first];
    const char *year = language_year(draft->language, draft->phrases, first->month);

    if (months == YEAR)
        return (struct chart_point){.label = year};
    if (months == QUARTER)
        return (struct chart_point){.label = quarter(draft, first->month, year),
                                    .brief = quarter(draft, first->month, NULL),
                                    .group = year};
    return (struct chart_point){
        .label = draft_month(draft, first),
        .brief = language_month_brief(draft->language, draft->phrases, first->month),
        .group = year};
}

static void finish(struct draft *draft, struct period *period, int months)
{
    const struct figures *figures = draft->figures;

    for (size_t i = period->first; i < period->first + period->count; i++) {
        enum month_state state = figures->months[i].state;

        period->open |= state == MONTH_PROVISIONAL || (months > 1 && state == MONTH_NO_DATA);
        period->known |= state != MONTH_NO_DATA;
    }
    period->open |= (int)period->count < months;
    period->point = name_of(draft, period, months);
}

void periods_make(struct draft *draft, struct periods *out)
{
    const struct figures *figures = draft->figures;

    *out = (struct periods){.months = choose_months(figures)};
    for (size_t i = 0; i < figures->month_count && out->count <= PERIODS_MAX; i++) {
        month_t begin = begin_of(figures->months[i].month, out->months);

        if (i == 0 || begin != begin_of(figures->months[i - 1].month, out->months))
            out->list[out->count++] = (struct period){.first = i};
        out->list[out->count - 1].count++;
    }
    for (size_t i = 0; i < out->count; i++)
        finish(draft, &out->list[i], out->months);
}

const char *periods_say(struct draft *draft, const struct periods *periods, enum message message)
{
    return language_say(draft->language, draft->phrases, message,
                        MESSAGE_ARGUMENTS(language_count(draft->language, draft->phrases, "months",
                                                         periods->months)));
}

const char *periods_title(struct draft *draft, const struct periods *periods, const char *title)
{
    if (periods->months == 1)
        return title;
    return language_say(draft->language, draft->phrases,
                        periods->months == QUARTER ? MESSAGE_BY_QUARTER : MESSAGE_BY_YEAR,
                        MESSAGE_ARGUMENTS(language_text("title", title)));
}

int64_t periods_sum(const struct period *period, const int64_t *months)
{
    int64_t sum = 0;

    for (size_t i = 0; i < period->count; i++)
        sum += months[period->first + i];
    return sum;
}
