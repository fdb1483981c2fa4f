/* Figures for tests of reports: the published ones, and random ones by seed. */
#ifndef KANSEN_TESTS_FIGURES_FIXTURE_H
#define KANSEN_TESTS_FIGURES_FIXTURE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "published_figures.h"
#include "stats/figures.h"
#include "stats/monthly.h"
#include "stats/shares.h"

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

/* Names and window, nothing counted, room for `countries`. Freed by figures_free. */
static inline struct figures *fixture_empty(month_t from, month_t to, size_t countries)
{
    struct figures *figures = calloc(1, sizeof(*figures));
    struct error error = {""};

    ck_assert_ptr_nonnull(figures);
    figures->threat = fixture_text("bitcoin-miner");
    figures->name_en = fixture_text("Bitcoin-mining malware");
    figures->name_ja = fixture_text("ビットコイン発掘不正プログラム");
    figures->timezone = fixture_text("UTC");
    figures->from = from;
    figures->to = to;
    ck_assert_int_eq(monthly_init(figures, &error), STATUS_OK);
    figures->countries = calloc(countries + 1, sizeof(*figures->countries));
    ck_assert_ptr_nonnull(figures->countries);
    return figures;
}

static inline void fixture_month(struct figures *figures, month_t month, int64_t infections)
{
    struct month_figures counts = {month, infections, infections * 2};
    struct error error = {""};

    ck_assert_int_eq(monthly_add(figures, &counts, &error), STATUS_OK);
}

static inline void fixture_country(struct figures *figures, const char *country, int64_t infections)
{
    struct country_figures *line = &figures->countries[figures->country_count++];

    memcpy(line->country, country, COUNTRY_SIZE);
    line->infections = infections;
}

static inline void fixture_rank(struct figures *figures, size_t top)
{
    struct error error = {""};

    ck_assert_msg(shares_rank(figures, top, &error) == STATUS_OK, "%s", error.message);
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
    figures->geoip_build = fixture_text("2013-12-03");
    figures->offsets = calloc(1, sizeof(*figures->offsets));
    ck_assert_ptr_nonnull(figures->offsets);
    figures->offsets[figures->offset_count++] =
        (struct offset_figures){fixture_text("detections"), fixture_text("kansen"), 2,
                                PUBLISHED_TOTAL, fixture_text("0:6000 1:6213")};
    return figures;
}

#endif
