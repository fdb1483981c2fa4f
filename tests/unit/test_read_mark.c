/* Up to when a partition has been read: what is said is true, and nothing moves it back. */
#include "ingest/kafka/read_mark.h"

#include <check.h>
#include <stdlib.h>

#define MINUTE READ_MARK_INTERVAL_US
#define NOW (INT64_C(1385600000) * 1000000)

START_TEST(a_message_that_was_read_says_until_when)
{
    struct read_mark mark = {0};

    read_mark_note_message(&mark, NOW - 5 * MINUTE, NOW);
    ck_assert_int_eq(mark.until_us, NOW - 5 * MINUTE);
    read_mark_note_message(&mark, NOW - 9 * MINUTE, NOW); /* a producer whose clock is slow */
    read_mark_note_message(&mark, 0, NOW);                /* one that has none */
    ck_assert_int_eq(mark.until_us, NOW - 5 * MINUTE);
    read_mark_note_message(&mark, NOW, NOW);
    ck_assert_int_eq(mark.until_us, NOW);
}
END_TEST

START_TEST(the_future_says_nothing)
{
    struct read_mark mark = {0};

    read_mark_note_message(&mark, NOW + 1, NOW);
    read_mark_note_message(&mark, INT64_MAX, NOW);
    ck_assert_int_eq(mark.until_us, 0);
}
END_TEST

START_TEST(the_end_says_that_all_before_the_question_was_read)
{
    struct read_mark mark = {0};

    read_mark_ask(&mark, 100, NOW);
    read_mark_answer(&mark, 150);
    ck_assert(read_mark_is_awaited(&mark));
    ck_assert(!read_mark_reach(&mark, 149, 150));
    ck_assert_int_eq(mark.until_us, 0);
    ck_assert(read_mark_reach(&mark, 150, 150));
    ck_assert_int_eq(mark.until_us, NOW);
    ck_assert(!read_mark_is_awaited(&mark));
    ck_assert(!read_mark_reach(&mark, 151, 151)); /* once */
}
END_TEST

START_TEST(an_empty_partition_has_an_end)
{
    struct read_mark mark = {0};

    read_mark_ask(&mark, 0, NOW);
    read_mark_answer(&mark, 0);
    ck_assert(read_mark_is_awaited(&mark));
    ck_assert(read_mark_reach(&mark, 0, 0));
    ck_assert_int_eq(mark.until_us, NOW);
}
END_TEST

START_TEST(an_end_in_front_of_the_reader_is_another_topics)
{
    struct read_mark mark = {0};

    read_mark_ask(&mark, 100, NOW);
    read_mark_answer(&mark, 5);
    ck_assert(!read_mark_reach(&mark, 100, 100));
    ck_assert(!read_mark_is_awaited(&mark));
    ck_assert_int_eq(mark.until_us, 0);
}
END_TEST

/* The committed part ends at 100; behind it an open transaction hides 50 messages. */
START_TEST(what_an_open_transaction_hides_was_not_read)
{
    struct read_mark mark = {0};

    read_mark_ask(&mark, 100, NOW);
    read_mark_answer(&mark, 100);
    ck_assert(!read_mark_reach(&mark, 100, 150));
    ck_assert(!read_mark_is_awaited(&mark)); /* a run until the end doesn't wait for it */
    ck_assert(!read_mark_reach(&mark, 149, 170));
    ck_assert_int_eq(mark.until_us, 0);
    ck_assert(read_mark_reach(&mark, 150, 170)); /* what came later is no matter */
    ck_assert_int_eq(mark.until_us, NOW);
}
END_TEST

START_TEST(an_end_that_nobody_has_heard_of_is_none)
{
    struct read_mark mark = {0};

    read_mark_ask(&mark, 100, NOW);
    read_mark_answer(&mark, 100);
    ck_assert(read_mark_reach(&mark, 100, -1001)); /* of the log; the brokers' answer stands */
}
END_TEST

START_TEST(the_end_is_asked_for_once_a_minute_at_most)
{
    struct read_mark mark = {0};

    ck_assert(read_mark_is_due(&mark, NOW));
    read_mark_ask(&mark, 100, NOW);
    read_mark_answer(&mark, 150);
    ck_assert(!read_mark_is_due(&mark, NOW + 9 * MINUTE)); /* not before the last one is reached */
    ck_assert(read_mark_reach(&mark, 150, 150));
    ck_assert(!read_mark_is_due(&mark, NOW + MINUTE - 1));
    ck_assert(read_mark_is_due(&mark, NOW + MINUTE));
    read_mark_note_message(&mark, NOW + MINUTE, NOW + MINUTE); /* messages say it as well */
    ck_assert(!read_mark_is_due(&mark, NOW + MINUTE));
}
END_TEST

START_TEST(an_old_answer_does_not_move_the_mark_back)
{
    struct read_mark mark = {0};

    read_mark_ask(&mark, 100, NOW);
    read_mark_answer(&mark, 150);
    read_mark_note_message(&mark, NOW + MINUTE, NOW + MINUTE);
    ck_assert(read_mark_reach(&mark, 150, 150));
    ck_assert_int_eq(mark.until_us, NOW + MINUTE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("read_mark");
    TCase *cases = tcase_create("read_mark");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(cases, a_message_that_was_read_says_until_when);
    tcase_add_test(cases, the_future_says_nothing);
    tcase_add_test(cases, the_end_says_that_all_before_the_question_was_read);
    tcase_add_test(cases, an_empty_partition_has_an_end);
    tcase_add_test(cases, an_end_in_front_of_the_reader_is_another_topics);
    tcase_add_test(cases, what_an_open_transaction_hides_was_not_read);
    tcase_add_test(cases, an_end_that_nobody_has_heard_of_is_none);
    tcase_add_test(cases, the_end_is_asked_for_once_a_minute_at_most);
    tcase_add_test(cases, an_old_answer_does_not_move_the_mark_back);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
