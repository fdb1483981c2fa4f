/* What a batch drops because it has the same event already. */
#include "ingest/store/repeats.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "batch_fixture.h"

static struct detections *detections;

static void make(void)
{
    struct error error;

    ck_assert_int_eq(batch_new(&batch, &error), STATUS_OK);
    detections = calloc(1, sizeof(*detections));
    ck_assert_int_eq(detections_init(detections, &error), STATUS_OK);
}

static void clear(void)
{
    batch_free(batch);
    detections_clear(detections);
    free(detections);
}

/* As the store does it. */
static bool drop(void)
{
    detections_sort(detections, batch);
    return repeats_drop(batch, detections->keys);
}

START_TEST(a_repeated_event_is_dropped_and_counted)
{
    struct event event = event_of(1);
    struct event other = event_of(2);

    ck_assert(add(&event, 10) && add(&other, 11) && add(&event, 12) && add(&other, 13));
    ck_assert(add(&event, 14));
    ck_assert(drop());
    ck_assert_uint_eq(batch->row_count, 2);
    ck_assert_int_eq(batch->messages[0].offset, 10);
    ck_assert_int_eq(batch->messages[1].offset, 11);
    ck_assert_mem_eq(batch->rows[1].device, other.device, 16);
    ck_assert_uint_eq(batch->repeated, 3);
    ck_assert_uint_eq(batch->conflicting, 0);
    ck_assert(!drop());
    ck_assert_uint_eq(batch->row_count, 2);
    ck_assert_uint_eq(batch->repeated, 3);
}
END_TEST

static void change_name(struct event *event)
{
    event->name = slice_of("WORM.B");
}
static void change_vendor(struct event *event)
{
    event->vendor = slice_of("Other");
}
static void drop_vendor(struct event *event)
{
    event->vendor = (struct slice){NULL, 0};
}
static void change_action(struct event *event)
{
    event->action = slice_of("none");
}
static void add_os(struct event *event)
{
    event->os = slice_of("Windows 7");
}
static void add_segment(struct event *event)
{
    event->segment = slice_of("retail");
}
static void change_country(struct event *event)
{
    strcpy(event->country, "US");
}
static void change_address(struct event *event)
{
    event->address[3] = 2;
}
static void drop_address(struct event *event)
{
    event->address_family = ADDRESS_NONE;
}
static void change_family(struct event *event)
{
    event->address_family = ADDRESS_IPV6;
}
static void add_hash(struct event *event)
{
    event->has_sha256 = 1;
}

static void (*const changes[])(struct event *) = {
    change_name,  change_vendor, drop_vendor, change_action, change_country, change_address,
    drop_address, change_family, add_hash,    add_os,        add_segment};

START_TEST(the_first_of_two_that_differ_stands_and_the_other_is_counted)
{
    struct event event = event_of(1);
    struct event other = event;

    changes[_i](&other);
    ck_assert(add(&event, 0) && add(&other, 1) && drop());
    ck_assert_uint_eq(batch->row_count, 1);
    ck_assert_uint_eq(batch->repeated, 1);
    ck_assert_uint_eq(batch->conflicting, 1);
    ck_assert_mem_eq(string_set_get(&batch->names, batch->rows[0].name).data, "WORM.A", 6);
}
END_TEST

static const struct geoip_build builds[] = {{1, {1}}, {1, {2}}};

static struct event looked_up_event(uint32_t number, const struct geoip_build *build)
{
    struct event event = event_of(number);

    event.has_own_country = 0;
    event.geoip = build;
    return event;
}

/* It is what a MaxMind DB said, and the next one may say something else. */
START_TEST(a_country_that_was_looked_up_is_no_difference)
{
    struct event event = looked_up_event(1, &builds[0]);
    struct event other = looked_up_event(1, &builds[1]);
    struct event own = event_of(1);

    strcpy(other.country, "US");
    ck_assert(add(&event, 0) && add(&other, 1) && drop());
    ck_assert_uint_eq(batch->conflicting, 0);
    other.geoip = NULL;
    ck_assert(add(&other, 2) && drop());
    ck_assert_uint_eq(batch->conflicting, 0);
    ck_assert(add(&own, 3) && drop());
    ck_assert_uint_eq(batch->conflicting, 1);
    ck_assert_uint_eq(batch->row_count, 1);
}
END_TEST

/* Bytes behind an IPv4 address mean nothing. */
START_TEST(what_is_not_part_of_an_address_is_no_difference)
{
    struct event event = event_of(1);
    struct event other = event;

    other.address[4] = 9;
    ck_assert(add(&event, 0) && add(&other, 1) && drop());
    ck_assert_uint_eq(batch->conflicting, 0);
}
END_TEST

static void change_time(struct event *event)
{
    event->time_us++;
}
static void change_device(struct event *event)
{
    event->device[15] = 1;
}
static void change_id(struct event *event)
{
    event->id[15] = 1;
}

static void (*const identities[])(struct event *) = {change_time, change_device, change_id};

START_TEST(time_device_and_id_tell_events_apart)
{
    struct event event = event_of(1);
    struct event other = event;

    identities[_i](&other);
    ck_assert(add(&event, 0) && add(&other, 1) && !drop());
    ck_assert_uint_eq(batch->row_count, 2);
    ck_assert_uint_eq(batch->repeated, 0);
}
END_TEST

/* Its name is what tells them apart. */
START_TEST(a_heartbeat_repeats_no_detection)
{
    struct event event = event_of(1);
    struct event heartbeat = event;

    heartbeat.name = (struct slice){NULL, 0};
    ck_assert(add(&event, 0) && add(&heartbeat, 1) && !drop());
    ck_assert_uint_eq(batch->row_count, 2);
    ck_assert(add(&event, 2) && add(&heartbeat, 3) && add(&event, 4) && drop());
    ck_assert_uint_eq(batch->row_count, 2);
    ck_assert_int_eq(batch->messages[0].offset, 0);
    ck_assert_int_eq(batch->messages[1].offset, 1);
    ck_assert_uint_eq(batch->repeated, 3);
    ck_assert_uint_eq(batch->conflicting, 0);
}
END_TEST

static bool replay(uint32_t number, int64_t dead_letter_id)
{
    struct event event = event_of(number);
    struct message message = {
        .origin = &origin, .value = slice_of("{}"), .dead_letter_id = dead_letter_id};

    return batch_add_event(batch, &event, &message);
}

/* All of them are done with when it is stored. */
START_TEST(letters_with_one_event_are_of_the_row_that_stands)
{
    static const struct batch_replayed expected[] = {{1, 0}, {2, 1}, {3, 0},
                                                     {4, 2}, {5, 1}, {6, 2}};

    ck_assert(replay(7, 1) && replay(5, 2) && replay(7, 3) && replay(9, 4) && replay(5, 5));
    ck_assert(replay(9, 6) && drop());
    ck_assert_uint_eq(batch->row_count, 3);
    ck_assert_uint_eq(batch->replayed_count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        ck_assert_int_eq(batch->replayed[i].dead_letter_id, expected[i].dead_letter_id);
        ck_assert_uint_eq(batch->replayed[i].row, expected[i].row);
    }
}
END_TEST

/* In any order, of many times, devices and ids: what is left is what came first of each. */
START_TEST(the_first_of_each_stays_in_the_order_of_arrival)
{
    enum { EVENTS = 40, ADDED = 5000 };
    bool came[EVENTS] = {false};
    uint32_t expected[EVENTS];
    uint32_t count = 0;

    srand(1);
    for (uint32_t i = 0; i < ADDED; i++) {
        uint32_t number = (uint32_t)rand() % EVENTS;
        struct event event = event_of(number % 5);

        event.time_us += number / 5 % 2;
        event.id[0] = (uint8_t)(number / 10);
        ck_assert(add(&event, i));
        if (!came[number])
            expected[count++] = i;
        came[number] = true;
    }
    ck_assert(drop());
    ck_assert_uint_eq(batch->row_count, count);
    ck_assert_uint_eq(batch->repeated, ADDED - count);
    for (uint32_t i = 0; i < count; i++)
        ck_assert_int_eq(batch->messages[i].offset, expected[i]);
    ck_assert(!drop());
}
END_TEST

static Suite *repeats_suite(void)
{
    Suite *suite = suite_create("repeats");
    TCase *cases = tcase_create("repeats");

    tcase_add_checked_fixture(cases, make, clear);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, a_repeated_event_is_dropped_and_counted);
    tcase_add_loop_test(cases, the_first_of_two_that_differ_stands_and_the_other_is_counted, 0,
                        sizeof(changes) / sizeof(changes[0]));
    tcase_add_test(cases, a_country_that_was_looked_up_is_no_difference);
    tcase_add_test(cases, what_is_not_part_of_an_address_is_no_difference);
    tcase_add_loop_test(cases, time_device_and_id_tell_events_apart, 0, 3);
    tcase_add_test(cases, a_heartbeat_repeats_no_detection);
    tcase_add_test(cases, letters_with_one_event_are_of_the_row_that_stands);
    tcase_add_test(cases, the_first_of_each_stays_in_the_order_of_arrival);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(repeats_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
