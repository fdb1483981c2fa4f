/* Brokers that don't answer, and those that only have nothing to say. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/kafka/presence.h"
#include "kansen/clock.h"

static struct client client;
static struct presence presence;
static int went;
static int came;
static char reason[300];

static void count(const struct logger *logger, enum log_level level, const char *message,
                  const struct log_field *fields, size_t field_count)
{
    (void)logger, (void)level;
    went += strcmp(message, "away") == 0;
    came += strcmp(message, "back") == 0;
    if (strcmp(message, "away") == 0 && field_count > 0)
        snprintf(reason, sizeof(reason), "%s", fields[0].value);
}

static const struct logger logger = {count};

static void set_up(void)
{
    char why[256];

    client.kafka = rd_kafka_new(RD_KAFKA_CONSUMER, NULL, why, sizeof(why));
    ck_assert_ptr_nonnull(client.kafka);
    client.answered_ms = clock_ms(CLOCK_BOOTTIME);
    presence.outage = outage_of(&logger, "away", "back", NULL, NULL);
    presence_begin(&presence, &client);
}

static void tear_down(void)
{
    rd_kafka_destroy(client.kafka);
}

/* Time goes by in which the loop has its turns, and nobody answers. */
static void pass(int64_t ms)
{
    presence.since_ms -= ms;
    presence.answered_ms -= ms;
    client.answered_ms -= ms;
    if (presence.lost_ms != 0)
        presence.lost_ms -= ms;
}

static void answer(void)
{
    client.answered_ms = clock_ms(CLOCK_BOOTTIME) + 1;
}

START_TEST(patience_is_longer_than_the_time_between_two_heartbeats)
{
    ck_assert_int_eq(presence.patience_ms, PRESENCE_SILENCE_MS + 3000);
}
END_TEST

START_TEST(silence_is_told_once_and_its_end_once)
{
    pass(12000);
    presence_look(&presence, &client, false);
    ck_assert_int_eq(went, 0);
    pass(1000);
    for (int turn = 0; turn < 3; turn++)
        presence_look(&presence, &client, false);
    ck_assert_int_eq(went, 1);
    ck_assert_str_eq(reason, "they are silent");
    answer();
    for (int turn = 0; turn < 3; turn++)
        presence_look(&presence, &client, false);
    ck_assert_int_eq(came, 1);
    ck_assert_int_eq(went, 1);
}
END_TEST

START_TEST(brokers_that_answer_now_and_then_are_there)
{
    for (int turn = 0; turn < 10; turn++) {
        pass(9000);
        answer();
        presence_look(&presence, &client, false);
    }
    ck_assert_int_eq(went + came, 0);
}
END_TEST

START_TEST(a_loop_that_stood_still_has_not_listened)
{
    pass(100000);
    presence.looked_ms -= 100000;
    presence_look(&presence, &client, false);
    ck_assert_int_eq(went, 0);
    pass(13000);
    presence_look(&presence, &client, false);
    ck_assert_int_eq(went, 1);
}
END_TEST

START_TEST(a_group_that_lets_us_wait_is_no_silence)
{
    for (int turn = 0; turn < 10; turn++) {
        pass(12000);
        presence_look(&presence, &client, true);
    }
    ck_assert_int_eq(went, 0);
}
END_TEST

START_TEST(lost_brokers_are_away_after_a_while_for_the_reason_that_was_told)
{
    presence_note_error(&presence, RD_KAFKA_RESP_ERR__TRANSPORT, "refused");
    presence_note_error(&presence, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "2/2 brokers are down");
    pass(PRESENCE_LOST_MS - 1000);
    presence_look(&presence, &client, true);
    ck_assert_int_eq(went, 0);
    pass(1000);
    presence_look(&presence, &client, true);
    ck_assert_int_eq(went, 1);
    ck_assert_str_eq(reason, "refused");
    /* Other words for the same are librdkafka's to write. */
    presence_note_error(&presence, RD_KAFKA_RESP_ERR__RESOLVE, "no such host");
    presence_look(&presence, &client, true);
    ck_assert_int_eq(went, 1);
}
END_TEST

START_TEST(an_idle_connection_that_is_closed_is_no_outage)
{
    presence_note_error(&presence, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1 brokers are down");
    pass(1000);
    answer();
    presence_look(&presence, &client, false);
    pass(PRESENCE_LOST_MS);
    presence_look(&presence, &client, false);
    ck_assert_int_eq(went, 0);
}
END_TEST

START_TEST(one_broker_of_several_is_no_outage)
{
    presence_note_error(&presence, RD_KAFKA_RESP_ERR__TRANSPORT, "refused");
    pass(PRESENCE_LOST_MS);
    presence_look(&presence, &client, false);
    ck_assert_int_eq(went, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("presence");
    TCase *cases = tcase_create("presence");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, patience_is_longer_than_the_time_between_two_heartbeats);
    tcase_add_test(cases, silence_is_told_once_and_its_end_once);
    tcase_add_test(cases, brokers_that_answer_now_and_then_are_there);
    tcase_add_test(cases, a_loop_that_stood_still_has_not_listened);
    tcase_add_test(cases, a_group_that_lets_us_wait_is_no_silence);
    tcase_add_test(cases, lost_brokers_are_away_after_a_while_for_the_reason_that_was_told);
    tcase_add_test(cases, an_idle_connection_that_is_closed_is_no_outage);
    tcase_add_test(cases, one_broker_of_several_is_no_outage);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
