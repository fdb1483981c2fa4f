/* Figures for tests of reports: the published ones, and random ones by seed. */
#ifndef KANSEN_TESTS_FIGURES_FIXTURE_H
#define KANSEN_TESTS_FIGURES_FIXTURE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uloc.h>

#include "published_figures.h"
#include "stats/figures.h"
#include "stats/monthly.h"
#include "stats/rates.h"
#include "stats/shares.h"

/* Those of the published report, in its order. */
#define FIXTURE_COUNTRIES 10
static const char *const fixture_countries[FIXTURE_COUNTRIES] = {"JP", "US", "AU", "IN", "FR",
                                                                 "TW", "DE", "CA", "IT", "GB"};

/* xorshift64: the same numbers on every machine. */
static inline uint64_t fixture_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline char *fixture_text(const char *text)
{
    char *copy = strdup(text);

    ck_assert_ptr_nonnull(copy);
    return copy;
}

/* Adds a name, in order of language; there is room for three. */
static inline void fixture_name(struct figures *figures, const char *language, const char *name)
{
    size_t place = figures->name_count++;

    for (; place > 0 && strcmp(figures->names[place - 1].language, language) > 0; place--)
        figures->names[place] = figures->names[place - 1];
    figures->names[place] = (struct name_figures){fixture_text(language), fixture_text(name)};
}

/* What the threat is called in every language. */
static inline void fixture_rename(struct figures *figures, const char *name)
{
    for (size_t i = 0; i < figures->name_count; i++) {
        free(figures->names[i].name);
        figures->names[i].name = fixture_text(name);
    }
}

/* The first so many MaxMind DBs were asked for its countries. */
static inline void fixture_geoip(struct figures *figures, size_t count)
{
    static const char *const builds[] = {"2013-12-03", "2013-12-10", "2013-12-17"};

    figures->geoip_builds = realloc(figures->geoip_builds, (count + 1) * sizeof(char *));
    ck_assert_ptr_nonnull(figures->geoip_builds);
    for (; figures->geoip_build_count < count; figures->geoip_build_count++)
        figures->geoip_builds[figures->geoip_build_count] =
            fixture_text(builds[figures->geoip_build_count]);
}

/* Names and window, nothing counted, room for `countries`. Freed by figures_free. */
static inline struct figures *fixture_empty(month_t from, month_t to, size_t countries)
{
    struct figures *figures = calloc(1, sizeof(*figures));
    struct error error = {""};

    ck_assert_ptr_nonnull(figures);
    figures->threat = fixture_text("bitcoin-miner");
    figures->names = calloc(3, sizeof(*figures->names));
    ck_assert_ptr_nonnull(figures->names);
    fixture_name(figures, "en", "Bitcoin-mining malware");
    fixture_name(figures, "ja", "ビットコイン発掘不正プログラム");
    figures->timezone = fixture_text("UTC");
    figures->from = from;
    figures->to = to;
    figures->completeness.judged = to;
    figures->completeness.first_month = from;
    ck_assert_int_eq(monthly_init(figures, &error), STATUS_OK);
    figures->machines = -1;
    figures->trend.month = -1;
    figures->dimensions = calloc(1, sizeof(*figures->dimensions));
    ck_assert_ptr_nonnull(figures->dimensions);
    figures->dimension_count = 1;
    figures->dimensions[0].lines = calloc(countries + 1, sizeof(struct line_figures));
    ck_assert_ptr_nonnull(figures->dimensions[0].lines);
    return figures;
}

static inline void fixture_month(struct figures *figures, month_t month, int64_t infections)
{
    struct month_figures counts = {
        .month = month, .infections = infections, .detections = infections * 2};
    struct error error = {""};

    ck_assert_int_eq(monthly_add(figures, &counts, &error), STATUS_OK);
}

static inline void fixture_country(struct figures *figures, const char *country, int64_t infections)
{
    struct dimension_figures *countries = &figures->dimensions[0];

    countries->lines[countries->line_count++] = (struct line_figures){
        .value = fixture_text(country), .infections = infections, .first_seen = -1};
}

static inline void fixture_rank(struct figures *figures, size_t top)
{
    struct error error = {""};

    ck_assert_msg(shares_rank(&figures->dimensions[0], top, 0, &error) == STATUS_OK, "%s",
                  error.message);
    figures->total = figures->dimensions[0].total;
}

/* The published report: three months, ten countries, "other" spread over 28 and the unknown. */
static inline struct figures *fixture_published(void)
{
    static const struct {
        const char *country;
        int64_t infections;
        int32_t share;
    } top[] = PUBLISHED_COUNTRIES;
    static const int64_t months[] = PUBLISHED_MONTHS;
    static const char *const patterns[] = {"BKDR_BTMINE*", "TROJ_COINMINE*", "HKTL_BITCOINMINE*"};
    struct figures *figures = fixture_empty(month_from(2013, 9), month_from(2013, 11), 64);

    for (size_t i = 0; i < 3; i++)
        fixture_month(figures, month_from(2013, 9) + (month_t)i, months[i]);
    for (size_t i = 0; i < 10; i++)
        fixture_country(figures, top[i].country, top[i].infections);
    for (int i = 0; i < 26; i++) {
        const char code[COUNTRY_SIZE] = {'X', (char)('A' + i), '\0'};

        fixture_country(figures, code, 100);
    }
    fixture_country(figures, "BR", 270);
    fixture_country(figures, "KR", 190);
    fixture_country(figures, "ZZ", 21);
    fixture_rank(figures, 10);
    figures->patterns = calloc(3, sizeof(*figures->patterns));
    ck_assert_ptr_nonnull(figures->patterns);
    for (size_t i = 0; i < 3; i++)
        figures->patterns[figures->pattern_count++] = fixture_text(patterns[i]);
    fixture_geoip(figures, 1);
    figures->offsets = calloc(1, sizeof(*figures->offsets));
    ck_assert_ptr_nonnull(figures->offsets);
    figures->offsets[figures->offset_count++] =
        (struct offset_figures){.topic = fixture_text("detections"),
                                .group = fixture_text("kansen"),
                                .partitions = 2,
                                .offsets = PUBLISHED_TOTAL,
                                .next_offsets = fixture_text("0:6000 1:6213"),
                                .read_until = fixture_text("2013-12-04T05:06:07Z")};
    figures->completeness.from_kafka = true;
    return figures;
}

/* Everything that charts can show: months from a year before the window on, countries with counts
 * of each month, what they had in the window before, and how many machines were active. */
static inline void fixture_chart_line(struct figures *figures, const char *country, size_t place,
                                      uint64_t *state)
{
    struct dimension_figures *countries = &figures->dimensions[0];
    struct line_figures *line = &countries->lines[countries->line_count];
    int64_t scale = (int64_t)(4000 / (place + 1) + 1);
    int64_t *months = calloc(figures->month_count, sizeof(*months));
    int64_t sum = 0;

    ck_assert_ptr_nonnull(months);
    for (size_t i = 0; i < figures->month_count; i++) {
        months[i] = (int64_t)(fixture_random(state) % (uint64_t)scale) + (i == 0);
        fixture_month(figures, figures->from + (month_t)i, months[i]);
        sum += months[i];
    }
    fixture_country(figures, country, sum);
    line->months = months;
    line->months_shown = true;
    line->cumulative = sum;
    line->active = (int64_t)(1000 + fixture_random(state) % 9000);
    line->against[BASE_PREVIOUS_WINDOW] =
        (struct against_figures){.shown = true,
                                 .now_rank = (int32_t)place + 1,
                                 .now = sum,
                                 .before = (int64_t)(fixture_random(state) % (uint64_t)(2 * sum))};
}

static inline struct figures *fixture_charted(month_t from, size_t months, size_t countries,
                                              uint64_t *state)
{
    const char *const *codes = uloc_getISOCountries();
    struct figures *figures = fixture_empty(from, from + (month_t)months - 1, countries + 1);

    for (size_t i = 0; i < countries; i++)
        fixture_chart_line(figures, codes[i], i, state);
    fixture_month(figures, from, 21);
    fixture_country(figures, COUNTRY_UNKNOWN, 21);
    fixture_rank(figures, countries);
    for (enum base base = 0; base < BASES; base++)
        figures->dimensions[0].listed[base] = (int64_t)countries;
    figures->history_count = months + 12;
    figures->history = calloc(figures->history_count, sizeof(*figures->history));
    ck_assert_ptr_nonnull(figures->history);
    for (size_t i = 0; i < figures->history_count; i++) {
        figures->history[i] = (struct month_figures){.month = from - 12 + (month_t)i};
        figures->history[i].infections =
            i < 12 ? (int64_t)(fixture_random(state) % 9000) : figures->months[i - 12].infections;
    }
    figures->comparisons[months == 1 ? BASE_PREVIOUS_MONTH : BASE_PREVIOUS_WINDOW] =
        (struct comparison_figures){.known = true,
                                    .now_from = from,
                                    .now_to = figures->to,
                                    .from = from - (month_t)months,
                                    .to = from - 1};
    figures->rates.known = true;
    rates_rank(&figures->dimensions[0], 0, figures->month_count, 0);
    return figures;
}

static inline int64_t fixture_count(uint64_t *state)
{
    static const int64_t bounds[] = {1, 2, 4, 30, 1000, 1000000};

    return (int64_t)(fixture_random(state) %
                     (uint64_t)bounds[fixture_random(state) % (sizeof(bounds) / sizeof(*bounds))]);
}

/* A partition that lags; of every second one it is not known how far it was read. */
static inline void fixture_lag(struct figures *figures, int64_t partition, int64_t days_short)
{
    struct completeness_figures *completeness = &figures->completeness;
    struct lag_figures *lags =
        realloc(completeness->lags, (completeness->lag_count + 1) * sizeof(*completeness->lags));
    bool known = partition % 2 == 0;

    ck_assert_ptr_nonnull(lags);
    completeness->lags = lags;
    lags[completeness->lag_count++] =
        (struct lag_figures){.cluster = fixture_text("cluster"),
                             .topic = fixture_text("detections"),
                             .partition = partition,
                             .read_until = known ? fixture_text("2013-11-28 09:15") : NULL,
                             .read_until_utc = known ? fixture_text("2013-11-28T09:15:00Z") : NULL,
                             .days_short = known ? days_short : 0};
}

/* Any state of each month, whatever its count, and partitions that lag. */
static inline void fixture_states(struct figures *figures, uint64_t *state)
{
    size_t lags = fixture_random(state) % 3 ? 0 : fixture_random(state) % 8;

    for (size_t i = 0; i < figures->month_count; i++)
        if (fixture_random(state) % 3 == 0)
            figures->months[i].state = (enum month_state)(fixture_random(state) % MONTH_STATES);
    while (figures->completeness.first_month < figures->to &&
           figures->months[figures->completeness.first_month - figures->from].state ==
               MONTH_NO_DATA)
        figures->completeness.first_month++;
    if (fixture_random(state) % 2)
        figures->completeness.first_day = fixture_text("2013-09-15");
    for (size_t i = 0; i < lags; i++)
        fixture_lag(figures, (int64_t)i, (int64_t)(fixture_random(state) % 4));
    figures->completeness.from_kafka = lags > 0 || fixture_random(state) % 2;
    if (fixture_random(state) % 8 == 0) {
        figures->completeness.first_month = -1;
        for (size_t i = 0; i < figures->month_count; i++)
            figures->months[i].state = MONTH_NO_DATA;
    }
}

/* Any figures of up to seven months and of some of the countries. */
static inline struct figures *fixture_any(uint64_t *state)
{
    size_t known = fixture_random(state) % (FIXTURE_COUNTRIES + 1);
    month_t from = (month_t)(500 + fixture_random(state) % 100);
    month_t to = from + (month_t)(fixture_random(state) % 7);
    struct figures *figures = fixture_empty(from, to, known + 1);
    int64_t usual = fixture_count(state);

    figures->unique = fixture_random(state) % 3 == 0;
    for (size_t i = 0; i < known; i++)
        fixture_country(figures, fixture_countries[i],
                        fixture_random(state) % 2 ? usual : fixture_count(state));
    if (fixture_random(state) % 2)
        fixture_country(figures, COUNTRY_UNKNOWN, fixture_count(state));
    fixture_rank(figures, fixture_random(state) % 12);

    /* Spread over the months; a unique count may be smaller than their sum. */
    int64_t left = figures->total;

    for (month_t month = from; month < to && left > 0; month++) {
        int64_t part = fixture_random(state) % 3
                           ? left / (to - month + 1)
                           : (int64_t)(fixture_random(state) % (uint64_t)(left + 1));

        fixture_month(figures, month, part);
        left -= part;
    }
    fixture_month(figures, to, left);
    if (figures->unique && figures->total > 0)
        fixture_month(figures, from, figures->month_count > 1 ? fixture_count(state) : 0);
    if (fixture_random(state) % 2)
        fixture_states(figures, state);
    return figures;
}

#endif
