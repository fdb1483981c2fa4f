#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "figures_fixture.h"
#include "stats/shares.h"

struct counted {
    const char *value;
    int64_t infections;
};

/* Cleared by dimension_figures_clear. */
static struct dimension_figures counted(enum dimension dimension, const struct counted *lines,
                                        size_t count)
{
    struct dimension_figures figures = {.dimension = dimension, .line_count = count};

    figures.lines = calloc(count + 1, sizeof(*figures.lines));
    ck_assert_ptr_nonnull(figures.lines);
    for (size_t i = 0; i < count; i++) {
        figures.lines[i].value = fixture_text(lines[i].value);
        figures.lines[i].infections = lines[i].infections;
    }
    return figures;
}

static void rank(struct dimension_figures *figures, size_t top)
{
    struct error error = {""};

    ck_assert_msg(shares_rank(figures, top, 0, &error) == STATUS_OK, "%s", error.message);
}

START_TEST(published_report_comes_out_to_the_hundredth)
{
    static const struct {
        const char *country;
        int64_t infections;
        int32_t share;
    } expected[] = PUBLISHED_COUNTRIES;
    struct figures *figures = fixture_published();
    const struct dimension_figures *countries = figures_countries(figures);

    ck_assert_int_eq(figures->total, PUBLISHED_TOTAL);
    ck_assert_int_eq(figures->months_infections, PUBLISHED_TOTAL);
    ck_assert_uint_eq(countries->ranked, sizeof(expected) / sizeof(*expected));
    for (size_t i = 0; i < countries->ranked; i++) {
        ck_assert_str_eq(countries->lines[i].value, expected[i].country);
        ck_assert_int_eq(countries->lines[i].infections, expected[i].infections);
        ck_assert_int_eq(countries->lines[i].share, expected[i].share);
    }
    ck_assert_int_eq(countries->other.infections, PUBLISHED_OTHER);
    ck_assert_int_eq(countries->other.share, PUBLISHED_OTHER_SHARE);
    ck_assert_int_eq(countries->other.unknown, 21);
    ck_assert_int_eq(countries->other.unknown_share, 17);
    ck_assert_uint_eq(countries->other.values, 28);
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
    static const struct counted tied[] = {{"US", 5}, {"AU", 5}, {"JP", 5}};
    struct dimension_figures figures = counted(DIMENSION_COUNTRY, tied, 3);

    rank(&figures, 2);
    ck_assert_str_eq(figures.lines[0].value, "AU");
    ck_assert_str_eq(figures.lines[1].value, "JP");
    ck_assert_int_eq(figures.lines[0].share, 3334);
    ck_assert_int_eq(figures.lines[1].share, 3333);
    ck_assert_int_eq(figures.other.share, 3333);
    ck_assert_uint_eq(figures.other.values, 1);
    dimension_figures_clear(&figures);
}
END_TEST

START_TEST(unknown_never_ranks)
{
    static const struct counted some[] = {{"ZZ", 90}, {"JP", 10}};
    struct dimension_figures figures = counted(DIMENSION_COUNTRY, some, 2);

    rank(&figures, 10);
    ck_assert_uint_eq(figures.ranked, 1);
    ck_assert_str_eq(figures.lines[0].value, "JP");
    ck_assert_int_eq(figures.other.infections, 90);
    ck_assert_int_eq(figures.other.share, 9000);
    ck_assert_int_eq(figures.other.unknown_share, 9000);
    ck_assert_uint_eq(figures.other.values, 0);
    dimension_figures_clear(&figures);
}
END_TEST

START_TEST(all_unknown_is_all_other)
{
    static const struct counted some[] = {{"ZZ", 3}};
    struct dimension_figures figures = counted(DIMENSION_COUNTRY, some, 1);

    rank(&figures, 10);
    ck_assert_uint_eq(figures.ranked, 0);
    ck_assert_int_eq(figures.total, 3);
    ck_assert_int_eq(figures.other.share, SHARE_WHOLE);
    dimension_figures_clear(&figures);
}
END_TEST

START_TEST(top_0_leaves_everything_to_other)
{
    static const struct counted some[] = {{"JP", 3}, {"US", 1}};
    struct dimension_figures figures = counted(DIMENSION_COUNTRY, some, 2);

    rank(&figures, 0);
    ck_assert_uint_eq(figures.ranked, 0);
    ck_assert_int_eq(figures.other.infections, 4);
    ck_assert_int_eq(figures.other.share, SHARE_WHOLE);
    ck_assert_uint_eq(figures.other.values, 2);
    dimension_figures_clear(&figures);
}
END_TEST

START_TEST(no_data_has_no_shares)
{
    struct dimension_figures figures = counted(DIMENSION_COUNTRY, NULL, 0);

    rank(&figures, 10);
    ck_assert_int_eq(figures.total, 0);
    ck_assert_int_eq(figures.other.infections, 0);
    ck_assert_int_eq(figures.other.share, 0);
    dimension_figures_clear(&figures);
}
END_TEST

/* Behind the ranking, a ranking by rate or a map could show the 500, and 1,550 - 1,000 - 500 is 50.
 */
START_TEST(what_is_not_ranked_does_not_give_a_small_one_away)
{
    static const struct counted small[] = {{"JP", 1000}, {"US", 500}, {"DE", 50}};
    static const struct counted more[] = {{"JP", 1000}, {"US", 500}, {"DE", 60}, {"FR", 50}};
    struct dimension_figures figures = counted(DIMENSION_COUNTRY, small, 3);
    struct error error = {""};

    ck_assert_int_eq(shares_rank(&figures, 1, 100, &error), STATUS_OK);
    ck_assert_uint_eq(figures.ranked, 1);
    ck_assert_uint_eq(figures.line_count, 1);
    ck_assert_uint_eq(figures.other.suppressed, 2);
    dimension_figures_clear(&figures);
    figures = counted(DIMENSION_COUNTRY, more, 4);
    ck_assert_int_eq(shares_rank(&figures, 1, 100, &error), STATUS_OK);
    ck_assert_uint_eq(figures.line_count, 2);
    ck_assert_uint_eq(figures.other.suppressed, 2);
    dimension_figures_clear(&figures);
}
END_TEST

START_TEST(impossible_counts_are_refused)
{
    static const struct counted negative[] = {{"JP", -1}};
    static const struct counted large[] = {{"JP", INT64_MAX}, {"US", 1}};
    struct dimension_figures figures = counted(DIMENSION_COUNTRY, negative, 1);
    struct error error = {""};

    ck_assert_int_eq(shares_rank(&figures, 10, 0, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "JP"));
    dimension_figures_clear(&figures);
    figures = counted(DIMENSION_COUNTRY, large, 2);
    ck_assert_int_eq(shares_rank(&figures, 10, 0, &error), STATUS_FATAL);
    dimension_figures_clear(&figures);
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
    tcase_add_test(cases, what_is_not_ranked_does_not_give_a_small_one_away);
    tcase_add_test(cases, exceeding_is_exact);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
