/* Figures of all dimensions with years before them: random ones by seed. */
#ifndef KANSEN_TESTS_DIMENSIONS_FIXTURE_H
#define KANSEN_TESTS_DIMENSIONS_FIXTURE_H

#include "figures_fixture.h"
#include "stats/comparison.h"
#include "stats/dimension_rank.h"
#include "stats/trend.h"

/* Values that a dimension can have, the unknown one and the one beyond the bound among them. */
#define DIMENSIONS_VALUES 14

static inline char *dimensions_value(enum dimension dimension, size_t index)
{
    static const char *const values[DIMENSIONS_VALUES] = {
        "",    " ",    "TROJ_A", "TROJ_B", "<b>C</b>", "D\n\x1b[31m", "E\xE2\x80\xAE",
        "F|G", "=H()", "I"};
    char text[301];

    if (dimension == DIMENSION_COUNTRY)
        return fixture_text(index < FIXTURE_COUNTRIES ? fixture_countries[index] : "ZZ");
    if (values[index] != NULL)
        return fixture_text(values[index]);
    memset(text, (int)('a' + index), sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    return fixture_text(text);
}

/* Infections of one value in each month of the history. */
static inline void dimensions_line(const struct figures *figures, struct line_figures *line,
                                   const int64_t *months)
{
    line->months = calloc(figures->month_count, sizeof(*line->months));
    ck_assert_ptr_nonnull(line->months);
    line->first_seen = -1;
    for (size_t i = 0; i < figures->history_count; i++) {
        month_t month = figures->history[i].month;

        if (line->first_seen < 0 && months[i] > 0)
            line->first_seen = month;
        if (month >= figures->from)
            line->months[month - figures->from] = months[i];
        line->cumulative += month >= figures->from ? months[i] : 0;
        for (enum base base = 0; base < BASES; base++) {
            const struct comparison_figures *both = &figures->comparisons[base];

            if (both->known && month >= both->now_from && month <= both->now_to)
                line->against[base].now += months[i];
            if (both->known && month >= both->from && month <= both->to)
                line->against[base].before += months[i];
        }
    }
    line->infections = line->cumulative;
}

/* Spreads the infections of each month of the history over the values. */
static inline void dimensions_one(const struct figures *figures,
                                  struct dimension_figures *dimension, size_t top, uint64_t *state)
{
    size_t values =
        dimension->dimension == DIMENSION_COUNTRY ? FIXTURE_COUNTRIES + 1 : DIMENSIONS_VALUES;
    int64_t *counts = calloc(values * figures->history_count, sizeof(*counts));
    struct error error = {""};

    dimension->lines = calloc(values + 1, sizeof(*dimension->lines));
    ck_assert_ptr_nonnull(counts);
    ck_assert_ptr_nonnull(dimension->lines);
    for (size_t month = 0; month < figures->history_count; month++) {
        int64_t left = figures->history[month].infections;

        for (size_t i = 0; i < values && left > 0; i++) {
            int64_t part = (int64_t)(fixture_random(state) % (uint64_t)(left + 1));

            part = i + 1 == values ? left : part / (1 + (int64_t)(fixture_random(state) % 3));
            counts[(fixture_random(state) % 7 ? i : 2) * figures->history_count + month] += part;
            left -= part;
        }
    }
    for (size_t i = 0; i < values; i++) {
        struct line_figures *line = &dimension->lines[dimension->line_count++];

        line->value = dimensions_value(dimension->dimension, i);
        dimensions_line(figures, line, &counts[i * figures->history_count]);
    }
    free(counts);
    ck_assert_msg(dimension_rank(figures, dimension, top, &error) == STATUS_OK, "%s",
                  error.message);
}

static inline void dimensions_history(struct figures *figures, month_t first, uint64_t *state)
{
    size_t count = (size_t)(figures->to - first) + 1;

    figures->history = calloc(count, sizeof(*figures->history));
    ck_assert_ptr_nonnull(figures->history);
    figures->history_count = count;
    figures->completeness.first_month = first;
    for (size_t i = 0; i < count; i++) {
        struct month_figures *month = &figures->history[i];
        bool open = fixture_random(state) % 40 == 0;

        *month = (struct month_figures){.month = first + (month_t)i,
                                        .infections = fixture_count(state),
                                        .state = open ? MONTH_PROVISIONAL : MONTH_COMPLETE,
                                        .active = -1};
        month->detections = month->infections * 2;
        if (month->month >= figures->from) {
            fixture_month(figures, month->month, month->infections);
            figures->months[month->month - figures->from].state = month->state;
        }
    }
}

/* A window of up to 40 months behind as many years, by every dimension. */
static inline struct figures *fixture_dimensions(uint64_t *state)
{
    static const size_t lengths[] = {1, 2, 3, 3, 3, 6, 13, 20, 40};
    month_t from = month_from(2013, 1) + (month_t)(fixture_random(state) % 12);
    size_t months = lengths[fixture_random(state) % (sizeof(lengths) / sizeof(*lengths))];
    struct figures *figures = fixture_empty(from, from + (month_t)months - 1, 0);
    static const int64_t minimums[] = {0, 0, 3, 20};

    dimension_figures_clear(&figures->dimensions[0]);
    free(figures->dimensions);
    figures->suppress_below = minimums[fixture_random(state) % 4];
    dimensions_history(figures, from - (month_t)(fixture_random(state) % 30), state);
    trend_find(figures);
    comparison_choose(figures);
    figures->dimensions = calloc(DIMENSIONS, sizeof(*figures->dimensions));
    ck_assert_ptr_nonnull(figures->dimensions);
    for (figures->dimension_count = 0; figures->dimension_count < DIMENSIONS;) {
        enum dimension dimension = (enum dimension)figures->dimension_count;
        struct dimension_figures *next = &figures->dimensions[figures->dimension_count++];

        *next = (struct dimension_figures){.dimension = dimension, .asked = true};
        dimensions_one(figures, next, 1 + fixture_random(state) % 9, state);
    }
    figures->total = figures->dimensions[0].total;
    return figures;
}

#endif
