/* Which messages are taken, and when a partition is no longer the one that was stored. */

#include "ingest/kafka/assignment.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t ours[FINGERPRINT_SIZE] = {1, 2, 3};
static const uint8_t other[FINGERPRINT_SIZE] = {1, 2, 4};

/* Stored up to offset 100, of which 99 was the last message. */
static struct assigned partition_at_100(void)
{
    struct assigned assigned = {
        .origin = {.topic = "detections", .partition = 3}, .position = 100, .last_offset = 99};

    memcpy(assigned.last_fingerprint, ours, FINGERPRINT_SIZE);
    return assigned;
}

static enum status admit(struct assigned *assigned, int64_t offset, const uint8_t *fingerprint,
                         bool *admitted, struct error *error)
{
    const rd_kafka_message_t message = {.partition = 3, .offset = offset};

    return assignment_admit(assigned, &message, fingerprint, admitted, error);
}

/* A group gives partitions in a row, as a rule; nothing depends on it. */
START_TEST(a_partition_is_found_wherever_there_are_gaps)
{
    static const struct {
        int32_t numbers[6];
        int count;
    } cases[] = {{{0}, 0},
                 {{0}, 1},
                 {{7}, 1},
                 {{3, 4, 5, 6}, 4},
                 {{0, 2, 3}, 3},
                 {{1, 2, 9}, 3},
                 {{2, 5, 6, 8, 11, 12}, 6},
                 {{0, 1, 2, 3, 4, 5}, 6}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct assigned partitions[6] = {0};
        const struct assignment assignment = {.partitions = partitions, .count = cases[i].count};
        int found = 0;

        for (int j = 0; j < cases[i].count; j++)
            partitions[j].origin.partition = cases[i].numbers[j];
        for (int32_t number = -1; number < 15; number++) {
            const struct assigned *assigned = assignment_find(&assignment, number);

            if (assigned == NULL)
                continue;
            ck_assert_int_eq(assigned->origin.partition, number);
            found++;
        }
        ck_assert_int_eq(found, cases[i].count);
    }
}
END_TEST

START_TEST(a_message_below_the_expected_offset_is_dropped)
{
    static const int64_t below[] = {0, 1, 98, 99};
    struct assigned assigned = partition_at_100();
    struct error error;
    bool admitted = true;

    for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
        ck_assert_int_eq(admit(&assigned, below[i], other, &admitted, &error), STATUS_OK);
        ck_assert(!admitted);
    }
    ck_assert_int_eq(admit(&assigned, 100, other, &admitted, &error), STATUS_OK);
    ck_assert(admitted);
}
END_TEST

START_TEST(a_message_that_was_taken_is_not_taken_again)
{
    struct assigned assigned = partition_at_100();
    struct error error;
    bool admitted = false;

    assignment_note_message(&assigned, 100, other);
    ck_assert_int_eq(admit(&assigned, 100, other, &admitted, &error), STATUS_OK);
    ck_assert(!admitted);
    ck_assert_int_eq(admit(&assigned, 101, other, &admitted, &error), STATUS_OK);
    ck_assert(admitted);
}
END_TEST

START_TEST(offsets_may_be_missing)
{
    struct assigned assigned = partition_at_100();
    struct error error;
    bool admitted = false;

    ck_assert_int_eq(admit(&assigned, 107, other, &admitted, &error), STATUS_OK);
    ck_assert(admitted);
    assignment_note_message(&assigned, 107, other);
    ck_assert_int_eq(admit(&assigned, 101, other, &admitted, &error), STATUS_OK);
    ck_assert(!admitted);
}
END_TEST

START_TEST(a_doubted_partition_is_read_from_its_last_message)
{
    struct assigned assigned = partition_at_100();
    struct assignment assignment = {.partitions = &assigned, .count = 1};
    struct error error;
    bool admitted = true;

    ck_assert_int_eq(assignment_start(&assigned), 100);
    assignment_unverify(&assignment);
    ck_assert_int_eq(assignment_start(&assigned), 99);
    ck_assert_int_eq(admit(&assigned, 99, ours, &admitted, &error), STATUS_OK);
    ck_assert(!admitted);
    ck_assert_int_eq(assignment_start(&assigned), 100);
}
END_TEST

START_TEST(another_message_in_its_place_halts)
{
    struct assigned assigned = partition_at_100();
    struct assignment assignment = {.partitions = &assigned, .count = 1};
    struct error error;
    bool admitted = false;

    assignment_unverify(&assignment);
    ck_assert_int_eq(admit(&assigned, 99, other, &admitted, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "detections [3]"));
    ck_assert_ptr_nonnull(strstr(error.message, "offset 99"));
    ck_assert_ptr_nonnull(strstr(error.message, "kansen db reread"));
}
END_TEST

START_TEST(a_last_message_that_was_compacted_away_is_no_reason_to_halt)
{
    struct assigned assigned = partition_at_100();
    struct assignment assignment = {.partitions = &assigned, .count = 1};
    struct error error;
    bool admitted = false;

    assignment_unverify(&assignment);
    ck_assert_int_eq(admit(&assigned, 98, other, &admitted, &error), STATUS_OK);
    ck_assert_int_eq(assignment_start(&assigned), 99);
    ck_assert_int_eq(admit(&assigned, 104, other, &admitted, &error), STATUS_OK);
    ck_assert(admitted && !assigned.unverified);

    assignment_unverify(&assignment);
    assignment_note_end(&assigned, 99);
    ck_assert(assigned.unverified);
    assignment_note_end(&assigned, 104);
    ck_assert(!assigned.unverified);
    ck_assert_int_eq(assigned.position, 104);
}
END_TEST

START_TEST(an_end_in_front_of_the_expected_offset_moves_nothing)
{
    struct assigned assigned = partition_at_100();

    assignment_note_end(&assigned, 50);
    ck_assert_int_eq(assigned.position, 100);
}
END_TEST

START_TEST(what_comes_next_must_lie_within_the_log)
{
    static const struct {
        int64_t low, high;
        const char *words; /* NULL: it does */
    } cases[] = {
        {0, 100, NULL},
        {0, 5000, NULL},
        {99, 100, NULL},
        {100, 100, NULL},
        {101, 5000, "offsets 100 to 100 were deleted"},
        {5000, 5000, "offsets 100 to 4999 were deleted"},
        {0, 99, "ends at offset 99, but is stored up to 100"},
        {0, 0, "ends at offset 0, but is stored up to 100"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct assigned assigned = partition_at_100();
        struct error error;
        enum status status = assignment_check_range(&assigned, cases[i].low, cases[i].high, &error);

        ck_assert_int_eq(status, cases[i].words == NULL ? STATUS_OK : STATUS_FATAL);
        if (cases[i].words == NULL)
            continue;
        ck_assert_ptr_nonnull(strstr(error.message, "detections [3]"));
        ck_assert_ptr_nonnull(strstr(error.message, cases[i].words));
        ck_assert_ptr_nonnull(strstr(error.message, "kansen db reread"));
    }
}
END_TEST

START_TEST(a_last_message_that_retention_took_is_not_looked_for)
{
    struct assigned assigned = partition_at_100();
    struct assignment assignment = {.partitions = &assigned, .count = 1};
    struct error error;

    assignment_unverify(&assignment);
    ck_assert_int_eq(assignment_check_range(&assigned, 100, 200, &error), STATUS_OK);
    ck_assert_int_eq(assignment_start(&assigned), 100);
    assignment_unverify(&assignment);
    ck_assert_int_eq(assignment_start(&assigned), 100);
}
END_TEST

/* librdkafka with a broker of its own inside. */
static rd_kafka_t *new_consumer(void)
{
    static const char *const properties[][2] = {
        {"test.mock.num.brokers", "1"}, {"group.id", "kansen"}, {"enable.auto.commit", "false"}};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[512];

    for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
        ck_assert_int_eq(
            rd_kafka_conf_set(conf, properties[i][0], properties[i][1], why, sizeof(why)),
            RD_KAFKA_CONF_OK);
    rd_kafka_conf_set_log_cb(conf, NULL);

    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof(why));

    ck_assert_msg(kafka != NULL, "%s", why);
    rd_kafka_poll_set_consumer(kafka);
    return kafka;
}

/* As when a worker that was stopped looks at its partitions again and is told that it has lost
 * them. librdkafka aborts when these calls follow each other without a pause. */
START_TEST(partitions_may_change_at_any_moment)
{
    rd_kafka_t *kafka = new_consumer();
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(4);
    struct error error;

    for (int partition = 0; partition < 4; partition++)
        rd_kafka_topic_partition_list_add(list, "detections", partition)->offset = 0;
    for (int round = 0; round < 100; round++) {
        rd_kafka_message_t *message;

        ck_assert_int_eq(assignment_fetch(kafka, list, &error), STATUS_OK);
        message = rd_kafka_consumer_poll(kafka, round % 5);
        if (message != NULL)
            rd_kafka_message_destroy(message);
        ck_assert_int_eq(assignment_fetch(kafka, list, &error), STATUS_OK);
        ck_assert_int_eq(assignment_fetch(kafka, NULL, &error), STATUS_OK);
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_consumer_close(kafka);
    rd_kafka_destroy(kafka);
}
END_TEST

static Suite *assignment_suite(void)
{
    Suite *suite = suite_create("assignment");
    TCase *cases = tcase_create("assignment");

    tcase_add_test(cases, a_partition_is_found_wherever_there_are_gaps);
    tcase_add_test(cases, a_message_below_the_expected_offset_is_dropped);
    tcase_add_test(cases, a_message_that_was_taken_is_not_taken_again);
    tcase_add_test(cases, offsets_may_be_missing);
    tcase_add_test(cases, a_doubted_partition_is_read_from_its_last_message);
    tcase_add_test(cases, another_message_in_its_place_halts);
    tcase_add_test(cases, a_last_message_that_was_compacted_away_is_no_reason_to_halt);
    tcase_add_test(cases, an_end_in_front_of_the_expected_offset_moves_nothing);
    tcase_add_test(cases, what_comes_next_must_lie_within_the_log);
    tcase_add_test(cases, a_last_message_that_retention_took_is_not_looked_for);
    tcase_add_test(cases, partitions_may_change_at_any_moment);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(assignment_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
