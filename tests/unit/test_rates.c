/* Infections per 1,000 active machines: exact, rounded once, and ranked. */
#include "stats/rates.h"

#include <check.h>
#include <stdlib.h>

START_TEST(a_rate_has_two_decimals_rounded_to_the_nearest)
{
    ck_assert_int_eq(rates_of(5867, 33944), 17284); /* 172.8435… */
    ck_assert_int_eq(rates_of(0, 5), 0);
    ck_assert_int_eq(rates_of(1, 1), 100000);
    ck_assert_int_eq(rates_of(1, 3), 33333);
    ck_assert_int_eq(rates_of(2, 3), 66667);
    ck_assert_int_eq(rates_of(1, 200000), 1); /* 0.005 is rounded up */
    ck_assert_int_eq(rates_of(1, 200001), 0); /* below it, down */
    ck_assert_int_eq(rates_of(3, 200000), 2); /* 0.015 */
    ck_assert_int_eq(rates_of(7, 2), 350000); /* infected machines need not be active */
    ck_assert_int_eq(rates_of(3, 0), -1);
    ck_assert_int_eq(rates_of(0, 0), -1);
}
END_TEST

START_TEST(counts_as_large_as_the_world_do_not_overflow)
{
    ck_assert_int_eq(rates_of(8000000000, 8000000000), 100000);
    ck_assert_int_eq(rates_of(7999999999, 8000000000), 100000);
    ck_assert_int_eq(rates_of(INT64_C(9000000000000), INT64_C(9000000000001)), 100000);
}
END_TEST

static struct line_figures line_of(char *value, int64_t cumulative, int64_t active)
{
    return (struct line_figures){
        .value = value, .infections = cumulative, .cumulative = cumulative, .active = active};
}

/* Of two months, 100 machines a month are 200. */
START_TEST(the_highest_rate_comes_first_and_too_few_machines_have_none)
{
    struct line_figures lines[] = {
        line_of("US", 90, 900),  /* 100.00 */
        line_of("JP", 80, 199),  /* too few a month */
        line_of("DE", 70, 200),  /* 350.00 */
        line_of("FR", 60, 0),    /* none */
        line_of("CA", 50, 500),  /* 100.00, in front of US */
        line_of("AU", 1, 30000), /* 0.03 */
    };
    struct dimension_figures dimension = {.lines = lines, .line_count = 6};
    static const int32_t ranks[] = {3, 0, 1, 0, 2, 4};
    static const int64_t rates[] = {10000, -1, 35000, -1, 10000, 3};

    rates_rank(&dimension, 100, 2, 0);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_int_eq(lines[i].rate_rank, ranks[i]);
        ck_assert_int_eq(lines[i].rate, rates[i]);
    }
    ck_assert_uint_eq(rates_below(&dimension, 0), 2);
    rates_rank(&dimension, 0, 2, 0);
    ck_assert_int_eq(lines[1].rate_rank, 1);
    ck_assert_int_eq(lines[3].rate_rank, 0);
    ck_assert_uint_eq(rates_below(&dimension, 0), 1);
}
END_TEST

START_TEST(what_is_too_small_to_be_shown_has_no_rank)
{
    struct line_figures lines[] = {line_of("US", 90, 900), line_of("JP", 80, 299),
                                   line_of("DE", 70, 20)};
    struct dimension_figures dimension = {.lines = lines, .line_count = 3};

    rates_rank(&dimension, 100, 1, 300);
    ck_assert_int_eq(lines[0].rate_rank, 1);
    ck_assert_int_eq(lines[1].rate_rank, 0);
    ck_assert_int_eq(lines[1].rate, -1);
    ck_assert_uint_eq(rates_below(&dimension, 300), 0);
    ck_assert_uint_eq(rates_below(&dimension, 0), 2);
}
END_TEST

/* Rounded rates are equal, the exact ones are not. */
START_TEST(ranks_are_by_the_exact_rate)
{
    struct line_figures lines[] = {line_of("AA", 1, 10000000), line_of("BB", 1, 9999999)};
    struct dimension_figures dimension = {.lines = lines, .line_count = 2};

    rates_rank(&dimension, 1, 1, 0);
    ck_assert_int_eq(lines[0].rate, lines[1].rate);
    ck_assert_int_eq(lines[0].rate_rank, 2);
    ck_assert_int_eq(lines[1].rate_rank, 1);
}
END_TEST

static Suite *rates_suite(void)
{
    Suite *suite = suite_create("rates");
    TCase *cases = tcase_create("rates");

    tcase_add_test(cases, a_rate_has_two_decimals_rounded_to_the_nearest);
    tcase_add_test(cases, counts_as_large_as_the_world_do_not_overflow);
    tcase_add_test(cases, the_highest_rate_comes_first_and_too_few_machines_have_none);
    tcase_add_test(cases, ranks_are_by_the_exact_rate);
    tcase_add_test(cases, what_is_too_small_to_be_shown_has_no_rank);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(rates_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
