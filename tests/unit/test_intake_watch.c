/* What is said about a partition or file that is mostly rejected, and with which example. */

#include "ingest/intake_watch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The lines that were written: level, message and fields, one a line. */
static char said[65536];

static void keep(const struct logger *logger, enum log_level level, const char *message,
                 const struct log_field *fields, size_t count)
{
    size_t used = strlen(said);

    (void)logger;
    used += (size_t)snprintf(said + used, sizeof(said) - used, "%d %s", (int)level, message);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(said + used, sizeof(said) - used, "|%s=%s", fields[i].name,
                                 fields[i].value);
    snprintf(said + used, sizeof(said) - used, "\n");
}

static const struct logger logger = {keep};

static int lines(void)
{
    int count = 0;

    for (const char *at = said; *at != '\0'; at++)
        count += *at == '\n';
    return count;
}

static bool has(const char *text)
{
    return strstr(said, text) != NULL;
}

static struct intake_watch *start(void)
{
    said[0] = '\0';
    return intake_watch_new(&logger);
}

/* `count` messages of an origin from an offset on; REJECT_REASONS: accepted. */
static int64_t give(struct intake_watch *watch, struct origin *origin, int64_t offset, int count,
                    enum reject_reason reason)
{
    for (int i = 0; i < count; i++) {
        struct message message = {.origin = origin, .offset = offset};
        struct rejection why;

        ck_assert(intake_watch_begin(watch, &message));
        if (reason != REJECT_REASONS)
            (void)rejection_set(&why, reason, "detail of %d", (int)offset);
        intake_watch_note(watch, &message, reason == REJECT_REASONS ? NULL : &why);
        offset++;
    }
    return offset;
}

START_TEST(a_new_partition_is_judged_by_its_first_hundred)
{
    struct intake_watch *watch = start();
    struct origin origin = {.source = "kafka:x", .topic = "detections", .partition = 3};

    give(watch, &origin, 100, 50, REJECT_BAD_JSON);
    ck_assert_int_eq(lines(), 0);
    give(watch, &origin, 150, 1, REJECT_BAD_JSON);
    ck_assert_int_eq(lines(), 1);
    ck_assert(has("1 more than half of a partition is rejected|topic=detections|partition=3|"
                  "rejected=51|of=51|reason=bad_json|offset=150|detail=detail of 150|"
                  "see=kansen dead-letters show detections 3 150\n"));
    intake_watch_free(watch);
}
END_TEST

START_TEST(a_known_partition_is_judged_by_its_last_thousand)
{
    struct intake_watch *watch = start();
    struct origin origin = {.source = "kafka:x", .topic = "detections"};
    int64_t offset = give(watch, &origin, 0, 5000, REJECT_REASONS);

    offset = give(watch, &origin, offset, 500, REJECT_BAD_TIME);
    ck_assert_int_eq(lines(), 0);
    give(watch, &origin, offset, 1, REJECT_BAD_TIME);
    ck_assert(has("|rejected=501|of=1000|reason=bad_time|offset=5500|"));
    intake_watch_free(watch);
}
END_TEST

START_TEST(it_is_said_once_until_it_is_over)
{
    struct intake_watch *watch = start();
    struct origin origin = {.source = "kafka:x", .topic = "detections"};
    int64_t offset = give(watch, &origin, 0, 44000, REJECT_MISSING_FIELD);

    ck_assert_int_eq(lines(), 1);
    offset = give(watch, &origin, offset, 750, REJECT_REASONS);
    ck_assert_int_eq(lines(), 1);
    offset = give(watch, &origin, offset, 1, REJECT_REASONS);
    ck_assert_int_eq(lines(), 2);
    ck_assert(has("\n0 most of the partition is accepted again|topic=detections|partition=0|"
                  "rejected=249|of=1000\n"));
    offset = give(watch, &origin, offset, 1000, REJECT_REASONS);
    give(watch, &origin, offset, 600, REJECT_MISSING_FIELD);
    ck_assert_int_eq(lines(), 3);
    intake_watch_free(watch);
}
END_TEST

START_TEST(the_most_frequent_reason_is_named_with_an_example_of_it)
{
    struct intake_watch *watch = start();
    struct origin origin = {.source = "kafka:x", .topic = "detections"};
    int64_t offset = give(watch, &origin, 0, 20, REJECT_BAD_UTF8);

    offset = give(watch, &origin, offset, 29, REJECT_BAD_JSON);
    give(watch, &origin, offset, 2, REJECT_EMPTY);
    ck_assert(has("|reason=bad_json|offset=48|detail=detail of 48|"));
    intake_watch_free(watch);
}
END_TEST

START_TEST(partitions_are_judged_each_by_its_own)
{
    struct intake_watch *watch = start();
    struct origin origins[40];

    for (int i = 0; i < 40; i++)
        origins[i] = (struct origin){.source = "kafka:x", .topic = "t", .partition = i};
    for (int i = 0; i < 40; i++)
        give(watch, &origins[i], 0, i % 2 == 0 ? 50 : 51, REJECT_BAD_JSON);
    ck_assert_int_eq(lines(), 20);
    intake_watch_free(watch);
}
END_TEST

START_TEST(a_partition_that_comes_back_has_its_window_again)
{
    struct intake_watch *watch = start();

    for (int i = 0; i < 10; i++) {
        struct origin origin = {.source = "kafka:x", .topic = "t", .partition = 7};

        give(watch, &origin, 10 * i, 10, REJECT_BAD_JSON);
    }
    ck_assert_int_eq(lines(), 1);
    intake_watch_free(watch);
}
END_TEST

START_TEST(each_file_begins_anew)
{
    struct intake_watch *watch = start();

    for (int i = 0; i < 3; i++) {
        struct origin origin = {.source = "file", .topic = "events"};

        give(watch, &origin, 1, i == 1 ? 60 : 40, REJECT_NUL);
    }
    ck_assert_int_eq(lines(), 1);
    ck_assert(has("more than half of a file is rejected|file=events|"));
    ck_assert(has("|reason=nul|line=51|detail=detail of 51|"
                  "see=kansen dead-letters list --each --reason nul --limit 10\n"));
    intake_watch_free(watch);
}
END_TEST

START_TEST(dead_letters_that_are_replayed_are_of_no_partition)
{
    struct intake_watch *watch = start();
    struct origin origin = {.source = "replay", .topic = "dead letters"};
    struct rejection why;

    (void)rejection_set(&why, REJECT_BAD_JSON, "still");
    for (int i = 1; i < 2000; i++) {
        struct message message = {.origin = &origin, .offset = i, .dead_letter_id = i};

        ck_assert(intake_watch_begin(watch, &message));
        intake_watch_note(watch, &message, &why);
    }
    ck_assert_int_eq(lines(), 0);
    intake_watch_free(watch);
}
END_TEST

START_TEST(no_geoip_is_said_once)
{
    struct intake_watch *watch = start();

    for (int i = 0; i < 3; i++)
        intake_watch_note_no_geoip(watch);
    ck_assert_int_eq(lines(), 1);
    ck_assert(has("--geoip"));
    intake_watch_free(watch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("intake_watch");
    TCase *cases = tcase_create("intake_watch");
    SRunner *runner;
    int failed;

    tcase_add_test(cases, a_new_partition_is_judged_by_its_first_hundred);
    tcase_add_test(cases, a_known_partition_is_judged_by_its_last_thousand);
    tcase_add_test(cases, it_is_said_once_until_it_is_over);
    tcase_add_test(cases, the_most_frequent_reason_is_named_with_an_example_of_it);
    tcase_add_test(cases, partitions_are_judged_each_by_its_own);
    tcase_add_test(cases, a_partition_that_comes_back_has_its_window_again);
    tcase_add_test(cases, each_file_begins_anew);
    tcase_add_test(cases, dead_letters_that_are_replayed_are_of_no_partition);
    tcase_add_test(cases, no_geoip_is_said_once);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
