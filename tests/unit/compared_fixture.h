/* Random figures of what was before, and of what else reports may know: a history, comparisons,
 * trends, rates, new and gone countries, other dimensions. Worked out here on its own. */
#ifndef KANSEN_TESTS_COMPARED_FIXTURE_H
#define KANSEN_TESTS_COMPARED_FIXTURE_H

#include "figures_fixture.h"

/* Months in front of the window, at most. */
#define COMPARED_BEFORE_MAX 26

static inline const struct month_figures *compared_month(const struct figures *figures,
                                                         month_t month)
{
    for (size_t i = 0; i < figures->history_count; i++)
        if (figures->history[i].month == month)
            return &figures->history[i];
    return NULL;
}

static inline bool compared_complete(const struct figures *figures, month_t from, month_t to)
{
    for (month_t month = from; month <= to; month++)
        if (compared_month(figures, month) == NULL ||
            compared_month(figures, month)->state != MONTH_COMPLETE)
            return false;
    return true;
}

/* Often the same, steadily more, or anything. */
static inline void compared_history(struct figures *figures, uint64_t *state)
{
    size_t before = fixture_random(state) % (COMPARED_BEFORE_MAX + 1);
    uint64_t course = fixture_random(state) % 4;
    int64_t first = figures->months[0].infections;
    size_t gap = fixture_random(state) % 3 ? before : fixture_random(state) % (before + 1);

    figures->history = calloc(before + figures->month_count, sizeof(*figures->history));
    ck_assert_ptr_nonnull(figures->history);
    for (size_t i = 0; i < before; i++) {
        int64_t back = (int64_t)(before - i);
        int64_t count = course == 0   ? fixture_count(state)
                        : course == 1 ? (first > back ? first - back : first)
                        : course == 2 ? first + back
                                      : first / 2 + fixture_count(state) % 20;

        figures->history[i] =
            (struct month_figures){.month = figures->from - (month_t)back, .infections = count};
        if (i == gap)
            figures->history[i].state = MONTH_NO_DATA;
    }
    memcpy(figures->history + before, figures->months,
           figures->month_count * sizeof(*figures->months));
    figures->history_count = before + figures->month_count;
}

static inline void compared_trend(struct figures *figures)
{
    struct trend_figures *trend = &figures->trend;
    size_t last = figures->month_count;

    *trend = (struct trend_figures){.month = -1, .as_high = -1, .as_low = -1};
    while (last > 0 && figures->months[last - 1].state != MONTH_COMPLETE)
        last--;
    if (last == 0)
        return;
    trend->month = trend->since = figures->months[last - 1].month;
    trend->infections = figures->months[last - 1].infections;
    while (compared_complete(figures, trend->since - 1, trend->since - 1))
        trend->since--;
    trend->whole = compared_month(figures, trend->since - 1) == NULL;
    for (month_t month = trend->since; month < trend->month; month++) {
        int64_t count = compared_month(figures, month)->infections;

        trend->as_high = count >= trend->infections ? month : trend->as_high;
        trend->as_low = count <= trend->infections ? month : trend->as_low;
    }
    for (month_t month = trend->month; month > trend->since; month--) {
        int64_t count = compared_month(figures, month)->infections;
        int64_t earlier = compared_month(figures, month - 1)->infections;

        if (count > earlier && trend->falls == 0)
            trend->rises++;
        else if (count < earlier && trend->rises == 0)
            trend->falls++;
        else
            break;
    }
}

static inline void compared_base(struct figures *figures, enum base base, month_t now_from,
                                 month_t now_to, month_t from, uint64_t *state)
{
    struct comparison_figures *comparison = &figures->comparisons[base];
    month_t to = from + now_to - now_from;
    bool whole = base != BASE_PREVIOUS_MONTH;

    *comparison =
        (struct comparison_figures){.now_from = now_from, .now_to = now_to, .from = from, .to = to};
    comparison->known =
        compared_complete(figures, now_from, now_to) && compared_complete(figures, from, to);
    if (!comparison->known)
        return;
    for (month_t month = from; month <= to; month++)
        comparison->before += compared_month(figures, month)->infections;
    if (whole && figures->unique && from < to && comparison->before > 1)
        comparison->before -= (int64_t)(fixture_random(state) % 2);
    comparison->now = whole ? figures->total : compared_month(figures, now_to)->infections;
}

static inline void compared_bases(struct figures *figures, uint64_t *state)
{
    month_t months = figures->to - figures->from + 1;
    month_t last = figures->trend.month;

    if (last >= 0)
        compared_base(figures, BASE_PREVIOUS_MONTH, last, last, last - 1, state);
    if (months > 1)
        compared_base(figures, BASE_PREVIOUS_WINDOW, figures->from, figures->to,
                      figures->from - months, state);
    compared_base(figures, BASE_YEAR_AGO, figures->from, figures->to, figures->from - 12, state);
}

/* How each line was before, and countries that are gone. */
static inline void compared_lines(struct figures *figures, uint64_t *state)
{
    static const char *const others[] = {"BR", "KR", "NL", "ES", "CH"};
    struct dimension_figures *countries = &figures->dimensions[0];
    bool shown = fixture_random(state) % 6 != 0;

    for (size_t i = 0; i < countries->line_count; i++) {
        struct line_figures *line = &countries->lines[i];

        line->is_new = fixture_random(state) % 6 == 0;
        for (enum base base = 0; base < BASES; base++)
            line->against[base] = (struct against_figures){
                .shown = figures->comparisons[base].known && shown,
                .now = base == BASE_PREVIOUS_MONTH && figures->month_count > 1
                           ? fixture_count(state)
                           : line->infections,
                .before = fixture_random(state) % 3 ? line->infections : fixture_count(state)};
    }
    for (enum base base = 0; base < BASES; base++) {
        size_t left = figures->comparisons[base].known ? fixture_random(state) % 6 : 0;

        countries->left[base] = calloc(left + 1, sizeof(struct left_figures));
        ck_assert_ptr_nonnull(countries->left[base]);
        for (size_t i = 0; i < left; i++)
            countries->left[base][countries->left_count[base]++] = (struct left_figures){
                .value = fixture_text(others[i]),
                .against = {.shown = shown,
                            .before = 5,
                            .now = fixture_random(state) % 2 ? 0 : fixture_count(state)}};
    }
}

static inline void compared_rates(struct figures *figures, uint64_t *state)
{
    struct dimension_figures *countries = &figures->dimensions[0];
    int64_t highest = -1;

    figures->rates.known = fixture_random(state) % 3 == 0;
    figures->rates.rate = fixture_count(state);
    for (size_t i = 0; i < countries->line_count; i++) {
        struct line_figures *line = &countries->lines[i];

        line->rate = fixture_random(state) % 4 ? fixture_count(state) : -1;
        highest = line->rate > highest ? line->rate : highest;
    }
    for (size_t i = 0; i < countries->line_count; i++) {
        int32_t rank = 1;

        for (size_t j = 0; j < countries->line_count; j++)
            rank += countries->lines[j].rate > countries->lines[i].rate ||
                    (countries->lines[j].rate == countries->lines[i].rate && j < i);
        countries->lines[i].rate_rank = countries->lines[i].rate < 0 ? 0 : rank;
    }
}

/* One more dimension, whose values add up to the total. */
static inline void compared_dimension(struct figures *figures, uint64_t *state)
{
    static const char *const values[] = {"TROJ_COINMINE.A", "worm {0} 'x'", "11.0"};
    enum dimension kind = (enum dimension)(1 + fixture_random(state) % (DIMENSIONS - 1));
    struct error error = {""};
    int64_t left = figures->total;

    figures->dimensions = realloc(figures->dimensions, 2 * sizeof(*figures->dimensions));
    ck_assert_ptr_nonnull(figures->dimensions);

    struct dimension_figures *dimension = &figures->dimensions[figures->dimension_count++];

    *dimension = (struct dimension_figures){.dimension = kind, .asked = true};
    dimension->lines = calloc(4, sizeof(*dimension->lines));
    ck_assert_ptr_nonnull(dimension->lines);
    for (size_t i = 0; i < 3 && left > 0; i++) {
        int64_t part = i == 2 || fixture_random(state) % 3 == 0 ? left : left / 2;

        if (part > 0)
            dimension->lines[dimension->line_count++] = (struct line_figures){
                .value = fixture_text(values[i]), .infections = part, .first_seen = -1};
        left -= part;
    }
    ck_assert_int_eq(shares_rank(dimension, fixture_random(state) % 4, 0, &error), STATUS_OK);
}

/* A third country with 5.003 %, which is more than 5 %, but the table shows 5.00. */
static inline struct figures *compared_at_the_threshold(void)
{
    struct figures *figures = fixture_empty(524, 524, 8);

    fixture_country(figures, "JP", 50000);
    fixture_country(figures, "US", 44000);
    fixture_country(figures, "AU", 5003);
    fixture_country(figures, "IN", 997);
    fixture_rank(figures, 10);
    fixture_month(figures, 524, figures->total);
    return figures;
}

/* One month, of which some countries are too small to be shown; counts are those of all. */
static inline struct figures *compared_suppressed(uint64_t *state,
                                                  int64_t counts[FIXTURE_COUNTRIES])
{
    struct figures *figures = fixture_empty(524, 524, FIXTURE_COUNTRIES + 1);
    struct dimension_figures *countries = &figures->dimensions[0];
    int64_t range = 1 + (int64_t)(fixture_random(state) % 40);
    struct error error = {""};

    figures->suppress_below = 1 + (int64_t)(fixture_random(state) % 20);
    for (size_t i = 0; i < FIXTURE_COUNTRIES; i++) {
        counts[i] =
            fixture_random(state) % 3 ? (int64_t)(fixture_random(state) % (uint64_t)range) : 0;
        if (counts[i] > 0)
            fixture_country(figures, fixture_countries[i], counts[i]);
    }
    if (fixture_random(state) % 3 == 0)
        fixture_country(figures, COUNTRY_UNKNOWN, range);
    ck_assert_int_eq(
        shares_rank(countries, 1 + fixture_random(state) % 10, figures->suppress_below, &error),
        STATUS_OK);
    for (size_t i = 0; i < countries->line_count; i++)
        countries->lines[i].is_new = fixture_random(state) % 3 == 0;
    figures->total = countries->total;
    fixture_month(figures, 524, figures->total);
    return figures;
}

static inline struct figures *compared_any(uint64_t *state)
{
    struct figures *figures = fixture_any(state);

    if (fixture_random(state) % 4 == 0)
        return figures;
    compared_history(figures, state);
    compared_trend(figures);
    compared_bases(figures, state);
    compared_lines(figures, state);
    compared_rates(figures, state);
    if (fixture_random(state) % 3 == 0)
        compared_dimension(figures, state);
    return figures;
}

#endif
