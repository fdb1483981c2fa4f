#include <check.h>
#include <stdlib.h>

#include "stats/change.h"

static const struct {
    int64_t before, after;
    enum change_kind kind;
    bool rose;
    int64_t amount;
    enum change_degree degree;
} changes[] = {
    {5867, 2518, CHANGE_PERCENT, false, 57, 0},
    {2518, 3828, CHANGE_PERCENT, true, 52, 0},
    {100, 100, CHANGE_NONE, false, 0, 0},
    {0, 0, CHANGE_NONE, false, 0, 0},
    {INT64_MAX, INT64_MAX, CHANGE_NONE, false, 0, 0},
    /* of too few to be said in percent, or in times */
    {0, 5, CHANGE_COUNTS, true, 0, 0},
    {9, 18, CHANGE_COUNTS, true, 0, 0},
    {9, 3, CHANGE_COUNTS, false, 0, 0},
    {10, 3, CHANGE_PERCENT, false, 70, 0},
    /* nearly nothing, nearly all, all */
    {1000, 1004, CHANGE_COUNTS, true, 0, 0},
    {1000, 1005, CHANGE_PERCENT, true, 1, 0},
    {1000, 996, CHANGE_COUNTS, false, 0, 0},
    {1000, 5, CHANGE_COUNTS, false, 0, 0},
    {1000, 6, CHANGE_PERCENT, false, 99, 0},
    {1000, 0, CHANGE_COUNTS, false, 0, 0},
    {INT64_MAX, INT64_MAX - 1, CHANGE_COUNTS, false, 0, 0},
    {INT64_MAX, 0, CHANGE_COUNTS, false, 0, 0},
    /* a half, and what is near it */
    {1000, 500, CHANGE_HALF, false, 0, 0},
    {1000, 499, CHANGE_PERCENT, false, 50, 0},
    {1001, 500, CHANGE_PERCENT, false, 50, 0},
    /* times */
    {1000, 1994, CHANGE_PERCENT, true, 99, 0},
    {1000, 1995, CHANGE_TIMES, true, 2, CHANGE_ALMOST},
    {1000, 1999, CHANGE_TIMES, true, 2, CHANGE_ALMOST},
    {1000, 2000, CHANGE_TIMES, true, 2, CHANGE_EXACTLY},
    {1000, 2001, CHANGE_TIMES, true, 2, CHANGE_MORE_THAN},
    {1000, 2999, CHANGE_TIMES, true, 2, CHANGE_MORE_THAN},
    {1000, 3000, CHANGE_TIMES, true, 3, CHANGE_EXACTLY},
    {1000, 10000, CHANGE_TIMES, true, 10, CHANGE_EXACTLY},
    {1000, 10001, CHANGE_COUNTS, true, 0, 0},
    {INT64_MAX / 8, INT64_MAX, CHANGE_TIMES, true, 8, CHANGE_MORE_THAN},
};

START_TEST(change_is_said_as_precisely_as_it_is)
{
    struct change change = change_of(changes[_i].before, changes[_i].after);

    ck_assert_int_eq(change.kind, changes[_i].kind);
    ck_assert_int_eq(change.rose, changes[_i].rose);
    ck_assert_int_eq(change.amount, changes[_i].amount);
    ck_assert_int_eq(change.degree, changes[_i].degree);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("change");
    TCase *cases = tcase_create("change");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(cases, change_is_said_as_precisely_as_it_is, 0,
                        sizeof(changes) / sizeof(*changes));
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
