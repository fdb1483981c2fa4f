/* The watchdog: bites when the loop is silent or the end does not come, and at no other time. */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/kafka/watchdog.h"
#include "kansen/clock.h"

static atomic_int bites;
static char said[256];
static int beats;
static const char *last_doing;
static struct watchdog *watchdog;

static void bite(void *context, const char *what)
{
    (void)context;
    if (atomic_load(&bites) == 0)
        snprintf(said, sizeof(said), "%s", what);
    atomic_fetch_add(&bites, 1);
}

static void beat(void *context, const char *doing)
{
    (void)context;
    beats++;
    last_doing = doing;
}

static void start(int silence_s, int end_s)
{
    const struct watchdog_limits limits = {silence_s, end_s};
    const struct watchdog_owner owner = {bite, beat, NULL};
    struct error error;

    ck_assert_int_eq(watchdog_start(limits, &owner, &watchdog, &error), STATUS_OK);
}

static void wait_for_bite(int within_s)
{
    for (int turn = 0; turn < within_s * 10 && atomic_load(&bites) == 0; turn++)
        clock_rest(100);
}

START_TEST(a_silent_loop_is_bitten_and_named)
{
    start(1, 100);
    watchdog_feed(watchdog, "counting sheep");
    wait_for_bite(30);
    watchdog_stop(watchdog);
    ck_assert_int_gt(atomic_load(&bites), 0);
    ck_assert_str_eq(said, "no sign of life for 1 seconds, while counting sheep");
}
END_TEST

START_TEST(a_loop_that_is_fed_is_left_alone)
{
    start(2, 100);
    for (int turn = 0; turn < 50; turn++) {
        watchdog_feed(watchdog, "reading");
        clock_rest(100);
    }
    watchdog_stop(watchdog);
    ck_assert_int_eq(atomic_load(&bites), 0);
    ck_assert_int_eq(beats, 50);
    ck_assert_str_eq(last_doing, "reading");
}
END_TEST

START_TEST(an_end_that_does_not_come_is_bitten_whatever_is_fed)
{
    start(100, 1);
    watchdog_expect_end(watchdog);
    for (int turn = 0; turn < 300 && atomic_load(&bites) == 0; turn++) {
        watchdog_feed(watchdog, "leaving the group");
        clock_rest(100);
    }
    watchdog_stop(watchdog);
    ck_assert_int_gt(atomic_load(&bites), 0);
    ck_assert_str_eq(said, "not ended within 1 seconds, still leaving the group");
}
END_TEST

START_TEST(an_end_that_comes_is_left_alone)
{
    start(100, 2);
    watchdog_expect_end(watchdog);
    watchdog_stop(watchdog);
    ck_assert_int_eq(atomic_load(&bites), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("watchdog");
    TCase *cases = tcase_create("watchdog");
    SRunner *runner;
    int failed;

    tcase_add_test(cases, a_silent_loop_is_bitten_and_named);
    tcase_add_test(cases, a_loop_that_is_fed_is_left_alone);
    tcase_add_test(cases, an_end_that_does_not_come_is_bitten_whatever_is_fed);
    tcase_add_test(cases, an_end_that_comes_is_left_alone);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
