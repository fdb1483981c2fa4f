/* Numbers that are found again. */
#include <check.h>
#include <stdlib.h>

#include "ingest/store/number_set.h"

static struct number_set set;

static void set_up(void)
{
    struct error error;

    ck_assert_int_eq(number_set_init(&set, 1000, &error), STATUS_OK);
}

static void tear_down(void)
{
    number_set_clear(&set);
}

START_TEST(numbers_have_the_place_in_which_they_came)
{
    /* Also those that differ in few bits, high or low. */
    for (uint64_t i = 0; i < 1000; i++) {
        ck_assert_uint_eq(number_set_add(&set, i << 40 | (i & 7)), i);
        ck_assert_uint_eq(set.count, i + 1);
    }
    for (uint64_t i = 0; i < 1000; i++) {
        ck_assert_uint_eq(number_set_add(&set, i << 40 | (i & 7)), i);
        ck_assert_uint_eq(set.count, 1000);
    }
    ck_assert_uint_eq(set.count, 1000);
}
END_TEST

START_TEST(what_is_new_and_does_not_fit_is_said)
{
    for (uint64_t i = 0; i < 1000; i++)
        number_set_add(&set, UINT64_MAX - i);
    ck_assert_uint_eq(number_set_add(&set, 1), NUMBER_SET_NONE);
    ck_assert_uint_eq(number_set_add(&set, UINT64_MAX - 7), 7);
}
END_TEST

/* A few are taken out one by one, many at once. */
START_TEST(nothing_is_left_behind_a_reset)
{
    const uint32_t sizes[] = {0, 1, 3, 40, 62, 63, 500, 1000};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        for (uint64_t number = 0; number < sizes[i]; number++) {
            ck_assert_uint_eq(number_set_add(&set, number * 0x9E3779B97F4A7C15u), number);
            ck_assert_uint_eq(set.count, number + 1);
        }
        number_set_reset(&set);
        ck_assert_uint_eq(set.count, 0);
        for (uint32_t bucket = 0; bucket <= set.mask; bucket++)
            ck_assert_uint_eq(set.buckets[bucket], 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number_set");
    TCase *tests = tcase_create("number_set");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, numbers_have_the_place_in_which_they_came);
    tcase_add_test(tests, what_is_new_and_does_not_fit_is_said);
    tcase_add_test(tests, nothing_is_left_behind_a_reset);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
