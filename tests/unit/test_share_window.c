/* When a share of what came last is too high, and when it is well again. */

#include "ingest/share_window.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* More than half of the last 10, or of the first 4; well below a quarter. */
static const struct share_limits limits = {.size = 10, .minimum = 4, .high = 5001, .low = 2500};

/* Feeds things, `x` marked and `.` not; returns a letter for each: H too high, W well again, `-`
 * nothing new. The caller frees. */
static char *feed(struct share_window *window, const char *things)
{
    char *news = strdup(things);

    for (size_t i = 0; things[i] != '\0'; i++) {
        enum share_news each = share_window_add(window, things[i] == 'x');

        news[i] = each == SHARE_TOO_HIGH ? 'H' : each == SHARE_WELL_AGAIN ? 'W' : '-';
    }
    return news;
}

static const struct {
    const char *things;
    const char *news;
} cases[] = {
    {"", ""},
    {"xx", "--"},                                 /* half of four */
    {"xxx", "--H"},                               /* however the fourth will be */
    {"..xx", "----"},                             /* half is not more than half */
    {"..xxx", "----H"},                           /* of all so far */
    {"..........xxxxx", "---------------"},       /* half of the last ten */
    {"..........xxxxxx", "---------------H"},     /* more */
    {"xxxxxxxxxxxx", "--H---------"},             /* once */
    {"xxx........", "--H-------W"},               /* 3 of 10 are more than a quarter, 2 are not */
    {"xxxxxxxxxx.......", "--H--------------"},   /* 3 of 10 */
    {"xxxxxxxxxx........", "--H--------------W"}, /* 2 of 10 */
    {"xxxxxxxxxx........xxx", "--H--------------W---"},
    {"xxxxxxxxxx........xxxxxx", "--H--------------W-----H"}, /* and once more */
};

START_TEST(the_share_is_too_high_once_and_well_again_once)
{
    struct share_window *window = share_window_new(&limits);
    char *news = feed(window, cases[_i].things);

    ck_assert_str_eq(news, cases[_i].news);
    free(news);
    free(window);
}
END_TEST

START_TEST(what_is_forgotten_gives_its_mark_back)
{
    struct share_window *window = share_window_new(&limits);

    for (uint8_t mark = 0; mark < 10; mark++) {
        share_window_add(window, mark);
        ck_assert_uint_eq(window->gone, 0);
    }
    for (uint8_t mark = 0; mark < 10; mark++) {
        share_window_add(window, 0);
        ck_assert_uint_eq(window->gone, mark);
        ck_assert_uint_eq(window->marked, 9u - mark);
        ck_assert_uint_eq(window->filled, 10);
    }
    free(window);
}
END_TEST

START_TEST(a_window_that_was_reset_is_as_a_new_one)
{
    struct share_window *window = share_window_new(&limits);

    free(feed(window, "xxxxxxxxxxxx"));
    share_window_reset(window);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *news = feed(window, cases[i].things);

        ck_assert_str_eq(news, cases[i].news);
        free(news);
        share_window_reset(window);
    }
    free(window);
}
END_TEST

START_TEST(a_share_is_compared_without_rounding)
{
    ck_assert(share_is_reached(9900, 10000, 9900));
    ck_assert(!share_is_reached(9899, 10000, 9900));
    ck_assert(share_is_reached(501, 1000, 5001));
    ck_assert(!share_is_reached(500, 1000, 5001));
    ck_assert(share_is_reached(UINT32_MAX, UINT32_MAX, 10000));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("share_window");
    TCase *tcase = tcase_create("share_window");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, the_share_is_too_high_once_and_well_again_once, 0,
                        (int)(sizeof(cases) / sizeof(cases[0])));
    tcase_add_test(tcase, what_is_forgotten_gives_its_mark_back);
    tcase_add_test(tcase, a_window_that_was_reset_is_as_a_new_one);
    tcase_add_test(tcase, a_share_is_compared_without_rounding);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
