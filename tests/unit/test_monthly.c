#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "stats/monthly.h"

START_TEST(months_without_counts_are_zero_rows)
{
    struct figures figures = {.from = month_from(2013, 11), .to = month_from(2014, 2)};
    struct month_figures january = {.month = month_from(2014, 1), .infections = 4, .detections = 9};
    struct error error = {""};

    ck_assert_int_eq(monthly_init(&figures, &error), STATUS_OK);
    ck_assert_int_eq(monthly_add(&figures, &january, &error), STATUS_OK);
    ck_assert_uint_eq(figures.month_count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(figures.months[i].month, figures.from + (month_t)i);
        ck_assert_int_eq(figures.months[i].infections, i == 2 ? 4 : 0);
    }
    ck_assert_int_eq(figures.months_infections, 4);
    ck_assert_int_eq(figures.months_detections, 9);
    free(figures.months);
}
END_TEST

START_TEST(impossible_counts_are_refused)
{
    static const struct month_figures bad[] = {{523, 1, 1, 0, -1, 0, false},
                                               {527, 1, 1, 0, -1, 0, false},
                                               {524, -1, 0, 0, -1, 0, false},
                                               {524, 0, -1, 0, -1, 0, false},
                                               {524, INT64_MAX, 0, 0, -1, 0, false}};
    struct figures figures = {.from = 524, .to = 526};
    struct error error = {""};

    ck_assert_int_eq(monthly_init(&figures, &error), STATUS_OK);
    figures.months_infections = 1;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        ck_assert_int_eq(monthly_add(&figures, &bad[i], &error), STATUS_FATAL);
    free(figures.months);
}
END_TEST

START_TEST(a_window_must_start_before_it_ends)
{
    struct error error = {""};

    ck_assert_int_eq(monthly_check_window(524, 524, &error), STATUS_OK);
    ck_assert_int_eq(monthly_check_window(524, 524 + FIGURES_MONTHS_MAX - 1, &error), STATUS_OK);
    ck_assert_int_eq(monthly_check_window(524, 524 + FIGURES_MONTHS_MAX, &error), STATUS_REJECT);
    ck_assert_int_eq(monthly_check_window(525, 524, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, "2013-10"));
    ck_assert_ptr_nonnull(strstr(error.message, "2013-09"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("monthly");
    TCase *cases = tcase_create("monthly");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(cases, months_without_counts_are_zero_rows);
    tcase_add_test(cases, impossible_counts_are_refused);
    tcase_add_test(cases, a_window_must_start_before_it_ends);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
