/* Which partitions are read when workers have died of some. */

#include "ingest/kafka/crash_guard.h"

#include <check.h>
#include <stdlib.h>

#define PARTITIONS 4
#define NOW INT64_C(1000000)

static struct assigned partitions[PARTITIONS];
static struct assignment assignment = {.partitions = partitions, .count = PARTITIONS};

/* All with messages to read; tries as given. */
static void take(int first, int second, int third, int fourth)
{
    const int tries[PARTITIONS] = {first, second, third, fourth};

    for (int i = 0; i < PARTITIONS; i++)
        partitions[i] = (struct assigned){.origin = {.topic = "detections", .partition = i},
                                          .has_messages = true,
                                          .tries = tries[i]};
}

static bool is_read(int partition)
{
    ck_assert((partitions[partition].pause == PAUSE_NONE) ==
              (partitions[partition].backoff_until_ms == 0));
    return partitions[partition].pause == PAUSE_NONE;
}

static void progress(int partition)
{
    partitions[partition].origin.stored = partitions[partition].taken_at + 1;
}

START_TEST(without_deaths_everything_is_read)
{
    take(0, 1, 0, 1);
    crash_guard_choose(&assignment, NOW);
    for (int i = 0; i < PARTITIONS; i++)
        ck_assert(is_read(i));
    ck_assert(!crash_guard_is_due(&assignment, NOW + CRASH_GUARD_REST_MAX_MS));
}
END_TEST

START_TEST(one_suspect_is_read_at_a_time)
{
    take(2, 0, 2, 3);
    crash_guard_choose(&assignment, NOW);
    ck_assert(is_read(0));
    ck_assert(is_read(1));
    ck_assert(!is_read(2));
    ck_assert(!is_read(3));
}
END_TEST

START_TEST(the_suspect_with_the_fewest_tries_is_first)
{
    take(4, 3, 0, 4);
    crash_guard_choose(&assignment, NOW);
    ck_assert(!is_read(0));
    ck_assert(is_read(1));
    ck_assert(!is_read(3));
}
END_TEST

START_TEST(a_suspect_that_makes_progress_lets_the_next_have_its_turn)
{
    take(2, 2, 0, 0);
    crash_guard_choose(&assignment, NOW);
    progress(2);
    ck_assert(!crash_guard_is_due(&assignment, NOW));
    progress(0);
    ck_assert(crash_guard_is_due(&assignment, NOW));
}
END_TEST

START_TEST(a_suspect_without_progress_blocks_the_others_for_a_while_only)
{
    take(2, 2, 0, 0);
    crash_guard_choose(&assignment, NOW);
    ck_assert(!crash_guard_is_due(&assignment, NOW + CRASH_GUARD_TURN_MS - 1));
    ck_assert(crash_guard_is_due(&assignment, NOW + CRASH_GUARD_TURN_MS));
}
END_TEST

START_TEST(after_too_many_deaths_a_partition_rests)
{
    static const struct {
        int tries;
        int64_t rest_ms;
    } cases[] = {
        {5, 60000},    {6, 120000},   {7, 240000},     {10, 1920000},
        {11, 3600000}, {12, 3600000}, {1000, 3600000},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        take(cases[i].tries, 0, 0, 0);
        crash_guard_choose(&assignment, NOW);
        ck_assert(!is_read(0));
        ck_assert_int_eq(partitions[0].backoff_until_ms, NOW + cases[i].rest_ms);
        ck_assert(!crash_guard_is_due(&assignment, NOW + cases[i].rest_ms - 1));
        ck_assert(crash_guard_is_due(&assignment, NOW + cases[i].rest_ms));

        take(cases[i].tries, 0, 0, 0);
        partitions[0].tried_ago_ms = cases[i].rest_ms;
        crash_guard_choose(&assignment, NOW);
        ck_assert(is_read(0));
    }
}
END_TEST

START_TEST(a_resting_partition_does_not_keep_suspects_from_their_turn)
{
    take(5, 2, 2, 0);
    crash_guard_choose(&assignment, NOW);
    ck_assert(!is_read(0));
    ck_assert(is_read(1));
    ck_assert(!is_read(2));
}
END_TEST

START_TEST(a_partition_without_messages_is_no_suspect)
{
    take(9, 2, 0, 0);
    partitions[0].has_messages = false;
    crash_guard_choose(&assignment, NOW);
    ck_assert(is_read(0));
    ck_assert(is_read(1));
}
END_TEST

static Suite *breaker_suite(void)
{
    Suite *suite = suite_create("crash guard");
    TCase *cases = tcase_create("crash guard");

    tcase_add_test(cases, without_deaths_everything_is_read);
    tcase_add_test(cases, one_suspect_is_read_at_a_time);
    tcase_add_test(cases, the_suspect_with_the_fewest_tries_is_first);
    tcase_add_test(cases, a_suspect_that_makes_progress_lets_the_next_have_its_turn);
    tcase_add_test(cases, a_suspect_without_progress_blocks_the_others_for_a_while_only);
    tcase_add_test(cases, after_too_many_deaths_a_partition_rests);
    tcase_add_test(cases, a_resting_partition_does_not_keep_suspects_from_their_turn);
    tcase_add_test(cases, a_partition_without_messages_is_no_suspect);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(breaker_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
