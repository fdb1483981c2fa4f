#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "figures_fixture.h"
#include "stats/shares.h"

/* A figures with the given "JP 3, US 2" already counted. The caller clears it with free. */
static struct figures counted(const struct country_figures *countries, size_t count)
{
    struct figures figures = {.country_count = count};

    figures.countries = calloc(count + 1, sizeof(*figures.countries));
    ck_assert_ptr_nonnull(figures.countries);
    for (size_t i = 0; i < count; i++)
        figures.countries[i] = countries[i];
    return figures;
}

static void rank(struct figures *figures, size_t top)
{
    struct error error = {""};

    ck_assert_msg(shares_rank(figures, top, &error) == STATUS_OK, "%s", error.message);
}

START_TEST(published_report_comes_out_to_the_hundredth)
{
    static const struct {
        const char *country;
        int64_t infections;
        int32_t share;
    } expected[] = PUBLISHED_COUNTRIES;
    struct figures *figures = fixture_published();

    ck_assert_int_eq(figures->total, PUBLISHED_TOTAL);
    ck_assert_int_eq(figures->months_infections, PUBLISHED_TOTAL);
    ck_assert_uint_eq(figures->ranked, sizeof(expected) / sizeof(*expected));
    for (size_t i = 0; i < figures->ranked; i++) {
        ck_assert_str_eq(figures->countries[i].country, expected[i].country);
        ck_assert_int_eq(figures->countries[i].infections, expected[i].infections);
        ck_assert_int_eq(figures->countries[i].share, expected[i].share);
    }
    ck_assert_int_eq(figures->other.infections, PUBLISHED_OTHER);
    ck_assert_int_eq(figures->other.share, PUBLISHED_OTHER_SHARE);
    ck_assert_int_eq(figures->other.unknown, 21);
    ck_assert_int_eq(figures->other.unknown_share, 17);
    ck_assert_uint_eq(figures->other.countries, 28);
    figures_free(figures);
}
END_TEST

/* Parts, and the shares that must come out; ended by a part of -1. */
struct split {
    const char *what;
    int64_t parts[8];
    int32_t shares[8];
};

#define LARGE (INT64_MAX / 4)

static const struct split splits[] = {
    {"nothing at all", {0, 0, 0, -1}, {0, 0, 0}},
    {"one line has it all", {7, 0, -1}, {10000, 0}},
    {"equal remainders favour the earlier line", {1, 1, 1, -1}, {3334, 3333, 3333}},
    {"two hundredths to give", {1, 1, 1, 1, 1, 1, -1}, {1667, 1667, 1667, 1667, 1666, 1666}},
    {"an empty line gets nothing", {1, 1, 1, 0, -1}, {3334, 3333, 3333, 0}},
    {"the larger remainder wins over the earlier line", {1, 5, -1}, {1667, 8333}},
    {"counts near 64 bits", {LARGE, LARGE, LARGE, -1}, {3334, 3333, 3333}},
    {"a speck beside a mountain", {INT64_MAX - 1, 1, -1}, {10000, 0}},
    {"last line can win", {3, 3, 1, -1}, {4286, 4286, 1428}},
};

START_TEST(split_follows_largest_remainder)
{
    const struct split *split = &splits[_i];
    int32_t shares[8];
    size_t count = 0;

    while (split->parts[count] >= 0)
        count++;
    shares_split(split->parts, count, shares);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(shares[i] == split->shares[i], "%s: line %zu has %d, not %d", split->what, i,
                      shares[i], split->shares[i]);
}
END_TEST

START_TEST(shares_add_up_and_keep_the_order_of_counts)
{
    int64_t parts[SHARES_LINES_MAX];
    int32_t shares[SHARES_LINES_MAX];

    uint64_t state = 0x9e3779b97f4a7c15u + (uint64_t)_i;

    for (int round = 0; round < 20; round++) {
        size_t count = 1 + fixture_random(&state) % SHARES_LINES_MAX;
        uint64_t scale = (uint64_t)1 << fixture_random(&state) % 50;
        int64_t total = 0;
        int32_t sum = 0;

        for (size_t i = 0; i < count; i++) {
            parts[i] =
                fixture_random(&state) % 3 == 0 ? 0 : (int64_t)(fixture_random(&state) % scale);
            total += parts[i];
        }
        shares_split(parts, count, shares);
        for (size_t i = 0; i < count; i++) {
            sum += shares[i];
            if (parts[i] == 0)
                ck_assert_int_eq(shares[i], 0);
            for (size_t j = 0; j < count; j++)
                if (parts[i] > parts[j])
                    ck_assert_int_ge(shares[i], shares[j]);
        }
        ck_assert_int_eq(sum, total > 0 ? SHARE_WHOLE : 0);
    }
}
END_TEST

START_TEST(ties_rank_by_country_code)
{
    static const struct country_figures tied[] = {{"US", 5, 0}, {"AU", 5, 0}, {"JP", 5, 0}};
    struct figures figures = counted(tied, 3);

    rank(&figures, 2);
    ck_assert_str_eq(figures.countries[0].country, "AU");
    ck_assert_str_eq(figures.countries[1].country, "JP");
    ck_assert_int_eq(figures.countries[0].share, 3334);
    ck_assert_int_eq(figures.countries[1].share, 3333);
    ck_assert_int_eq(figures.other.share, 3333);
    ck_assert_uint_eq(figures.other.countries, 1);
    free(figures.countries);
}
END_TEST

START_TEST(unknown_never_ranks)
{
    static const struct country_figures some[] = {{"ZZ", 90, 0}, {"JP", 10, 0}};
    struct figures figures = counted(some, 2);

    rank(&figures, 10);
    ck_assert_uint_eq(figures.ranked, 1);
    ck_assert_str_eq(figures.countries[0].country, "JP");
    ck_assert_int_eq(figures.other.infections, 90);
    ck_assert_int_eq(figures.other.share, 9000);
    ck_assert_int_eq(figures.other.unknown_share, 9000);
    ck_assert_uint_eq(figures.other.countries, 0);
    free(figures.countries);
}
END_TEST

START_TEST(all_unknown_is_all_other)
{
    static const struct country_figures some[] = {{"ZZ", 3, 0}};
    struct figures figures = counted(some, 1);

    rank(&figures, 10);
    ck_assert_uint_eq(figures.ranked, 0);
    ck_assert_int_eq(figures.total, 3);
    ck_assert_int_eq(figures.other.share, SHARE_WHOLE);
    free(figures.countries);
}
END_TEST

START_TEST(top_0_leaves_everything_to_other)
{
    static const struct country_figures some[] = {{"JP", 3, 0}, {"US", 1, 0}};
    struct figures figures = counted(some, 2);

    rank(&figures, 0);
    ck_assert_uint_eq(figures.ranked, 0);
    ck_assert_int_eq(figures.other.infections, 4);
    ck_assert_int_eq(figures.other.share, SHARE_WHOLE);
    ck_assert_uint_eq(figures.other.countries, 2);
    free(figures.countries);
}
END_TEST

START_TEST(no_data_has_no_shares)
{
    struct figures figures = counted(NULL, 0);

    rank(&figures, 10);
    ck_assert_int_eq(figures.total, 0);
    ck_assert_int_eq(figures.other.infections, 0);
    ck_assert_int_eq(figures.other.share, 0);
    free(figures.countries);
}
END_TEST

START_TEST(impossible_counts_are_refused)
{
    static const struct country_figures negative[] = {{"JP", -1, 0}};
    static const struct country_figures large[] = {{"JP", INT64_MAX, 0}, {"US", 1, 0}};
    struct figures figures = counted(negative, 1);
    struct error error = {""};

    ck_assert_int_eq(shares_rank(&figures, 10, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "JP"));
    free(figures.countries);
    figures = counted(large, 2);
    ck_assert_int_eq(shares_rank(&figures, 10, &error), STATUS_FATAL);
    free(figures.countries);
}
END_TEST

START_TEST(exceeding_is_exact)
{
    ck_assert(!shares_exceeds(5, 100, 5));
    ck_assert(shares_exceeds(6, 100, 5));
    ck_assert(shares_exceeds(50001, 1000000, 5));
    ck_assert(!shares_exceeds(50000, 1000000, 5));
    ck_assert(shares_exceeds(INT64_MAX, INT64_MAX, 99));
    ck_assert(!shares_exceeds(INT64_MAX / 20, INT64_MAX, 5));
    ck_assert(!shares_exceeds(0, 0, 5));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shares");
    TCase *cases = tcase_create("shares");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(cases, published_report_comes_out_to_the_hundredth);
    tcase_add_loop_test(cases, split_follows_largest_remainder, 0,
                        sizeof(splits) / sizeof(*splits));
    tcase_add_loop_test(cases, shares_add_up_and_keep_the_order_of_counts, 1, 9);
    tcase_add_test(cases, ties_rank_by_country_code);
    tcase_add_test(cases, unknown_never_ranks);
    tcase_add_test(cases, all_unknown_is_all_other);
    tcase_add_test(cases, top_0_leaves_everything_to_other);
    tcase_add_test(cases, no_data_has_no_shares);
    tcase_add_test(cases, impossible_counts_are_refused);
    tcase_add_test(cases, exceeding_is_exact);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
