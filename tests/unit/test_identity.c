/* Ids are stored for good, so these vectors may never change. Made with Python's uuid.uuid5. */
#include "ingest/event/identity.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <uuid/uuid.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct slice slice_of(const char *text)
{
    struct slice slice = {text, strlen(text)};

    return slice;
}

static void assert_id(const uint8_t id[IDENTITY_SIZE], const char *expected)
{
    char text[UUID_STR_LEN];

    uuid_unparse_lower(id, text);
    ck_assert_str_eq(text, expected);
}

static const struct {
    const char *name;
    const char *id;
} devices[] = {
    {"8b8be822-b922-3a25-f9ce-4c54a6f263ac", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"8B8BE822-B922-3A25-F9CE-4C54A6F263AC", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"8b8BE822-b922-3A25-f9ce-4c54A6F263ac", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"},
    {"ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
    {"a", "a3e46786-43c5-596d-9534-cfcd75750747"},
    {"desk-17", "bbff83cc-c3d0-574d-b743-726efbdda3b4"},
    {"端末", "f91e1adb-0b5d-51b5-af4c-ad5bf80e3653"},
    {"8b8be822b9223a25f9ce4c54a6f263ac", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"8B8BE822B9223A25F9CE4C54A6F263AC", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"8B8be822b9223a25f9ce4c54a6f263aC", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"{8b8be822-b922-3a25-f9ce-4c54a6f263ac}", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"{8B8BE822-B922-3A25-F9CE-4C54A6F263AC}", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"urn:uuid:8b8be822-b922-3a25-f9ce-4c54a6f263ac", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"URN:UUID:8B8BE822-B922-3A25-F9CE-4C54A6F263AC", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"Urn:Uuid:8b8be822-b922-3a25-f9ce-4c54A6F263AC", "8b8be822-b922-3a25-f9ce-4c54a6f263ac"},
    {"00000000000000000000000000000000", "00000000-0000-0000-0000-000000000000"},
    {"12345678901234567890123456789012", "12345678-9012-3456-7890-123456789012"},
};

START_TEST(devices_keep_their_ids)
{
    uint8_t id[IDENTITY_SIZE];

    identity_of_device(slice_of(devices[_i].name), id);
    assert_id(id, devices[_i].id);
}
END_TEST

/* None of them is a UUID: each becomes a version 5 one. The first ones have its 36 characters. */
static const char *const near_uuids[] = {
    "8b8be822-b922-3a25-f9ce-4c54a6f263ag",
    "g b8be822-b922-3a25-f9ce-4c54a6f263a",
    "8b8be822_b922-3a25-f9ce-4c54a6f263ac",
    "8b8be822-b922-3a25-f9ce_4c54a6f263ac",
    "8b8be8-22b922-3a25-f9ce-4c54a6f263ac",
    "8b8be822-b9223a25--f9ce-4c54a6f263ac",
    "8b8be822-b922-3a25-f9ce-4c54a6f263\xC3\xA9",
    " 8b8be82-b922-3a25-f9ce-4c54a6f263ac",
    "+8b8be82-b922-3a25-f9ce-4c54a6f263ac",
    "0x8be822-b922-3a25-f9ce-4c54a6f263ac",
    "8b8be822b9223a25f9ce4c54a6f263a",
    "8b8be822b9223a25f9ce4c54a6f263acc",
    "8b8be822b9223a25f9ce4c54a6f263ag",
    "0x8be822b9223a25f9ce4c54a6f263ac",
    "8b8be822b9223a25-f9ce4c54a6f263ac",
    "(8b8be822-b922-3a25-f9ce-4c54a6f263ac)",
    "[8b8be822-b922-3a25-f9ce-4c54a6f263ac]",
    "{8b8be822-b922-3a25-f9ce-4c54a6f263ac",
    "8b8be822-b922-3a25-f9ce-4c54a6f263ac}",
    "}8b8be822-b922-3a25-f9ce-4c54a6f263ac{",
    "{8b8be822-b922-3a25-f9ce-4c54a6f263ac)",
    "{8b8be822-b922-3a25-f9ce-4c54a6f263ag}",
    "{{8b8be822-b922-3a25-f9ce-4c54a6f263ac}}",
    "{8b8be822b9223a25f9ce4c54a6f263ac}",
    "{8b8be822b9223a25f9ce4c54a6f263acabcd}",
    "urn:uuid:8b8be822b9223a25f9ce4c54a6f263ac",
    "urn:uuid:{8b8be822-b922-3a25-f9ce-4c54a6f263ac}",
    "uuid:8b8be822-b922-3a25-f9ce-4c54a6f263ac",
    "urn:guid:8b8be822-b922-3a25-f9ce-4c54a6f263ac",
    "urn:uuid-8b8be822-b922-3a25-f9ce-4c54a6f263ac",
    "urn:uuid:8b8be822-b922-3a25-f9ce-4c54a6f263ag",
    "urn:uuid:",
    " 8b8be822-b922-3a25-f9ce-4c54a6f263ac",
    "8b8be822-b922-3a25-f9ce-4c54a6f263ac ",
    "\"8b8be822-b922-3a25-f9ce-4c54a6f263ac\"",
    "{}",
    "{",
};

/* In a buffer of its own, so that AddressSanitizer sees a read past the end. */
static void identity_of_copy(const char *text, uint8_t id[IDENTITY_SIZE])
{
    size_t length = strlen(text);
    char *copy = malloc(length);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, length);
    identity_of_device((struct slice){copy, length}, id);
    free(copy);
}

START_TEST(what_nearly_is_a_uuid_is_a_name)
{
    uuid_t id;

    identity_of_copy(near_uuids[_i], id);
    ck_assert_int_eq(uuid_type(id), UUID_TYPE_DCE_SHA1);
    ck_assert_int_eq(uuid_variant(id), UUID_VARIANT_DCE);
}
END_TEST

START_TEST(event_ids_have_a_namespace_of_their_own)
{
    uint8_t id[IDENTITY_SIZE];

    identity_of_event(slice_of("desk-17"), id);
    assert_id(id, "41587fec-01fc-557e-94b6-a88cde7bf294");
    identity_of_event(slice_of("4711"), id);
    assert_id(id, "74607f88-0f74-5759-b3b8-af35621362be");
    identity_of_event(slice_of("C386BBC4-CD61-3E30-D8F1-6ADF91B7584A"), id);
    assert_id(id, "c386bbc4-cd61-3e30-d8f1-6adf91b7584a");
    identity_of_event(slice_of("{C386BBC4-CD61-3E30-D8F1-6ADF91B7584A}"), id);
    assert_id(id, "c386bbc4-cd61-3e30-d8f1-6adf91b7584a");
    identity_of_event(slice_of("urn:uuid:c386bbc4-cd61-3e30-d8f1-6adf91b7584a"), id);
    assert_id(id, "c386bbc4-cd61-3e30-d8f1-6adf91b7584a");
    identity_of_event(slice_of("c386bbc4cd613e30d8f16adf91b7584a"), id);
    assert_id(id, "c386bbc4-cd61-3e30-d8f1-6adf91b7584a");
}
END_TEST

static struct event example_event(void)
{
    struct event event = {
        .time_us = 1379088328000000,
        .name = slice_of("TROJ_COINMINE.A"),
        .vendor = slice_of("Example"),
        .version = slice_of("11"),
        .address_family = ADDRESS_IPV4,
        .address = {203, 0, 113, 7},
        .country = "JP",
    };

    identity_of_device(slice_of("8b8be822-b922-3a25-f9ce-4c54a6f263ac"), event.device);
    return event;
}

START_TEST(content_keeps_its_id)
{
    struct event event = example_event();
    uint8_t id[IDENTITY_SIZE];

    identity_of_content(&event, id);
    assert_id(id, "d858fe03-2ba2-5966-bfd0-7a664e7d0e2b");
}
END_TEST

/* Behind the others: those of old events stay what they are. */
START_TEST(os_and_segment_are_content_where_there_is_one)
{
    struct event event = example_event();
    uint8_t id[IDENTITY_SIZE];

    event.os = slice_of("Windows 7");
    identity_of_content(&event, id);
    assert_id(id, "680a7195-7560-552b-8cbf-33b0bcc8b7d4");
    event.segment = slice_of("retail");
    identity_of_content(&event, id);
    assert_id(id, "01ca2dc1-f1f3-5666-9eef-2a844aff9b4c");
    event.os = slice_of("");
    identity_of_content(&event, id);
    assert_id(id, "4a8602ad-c4d3-5db1-8563-d7095fbd264c");
}
END_TEST

START_TEST(the_id_is_no_part_of_the_content)
{
    struct event event = example_event();
    uint8_t id[IDENTITY_SIZE];

    memset(event.id, 0xFF, sizeof(event.id));
    identity_of_content(&event, id);
    assert_id(id, "d858fe03-2ba2-5966-bfd0-7a664e7d0e2b");
}
END_TEST

/* AddressSanitizer watches the buffer. */
START_TEST(the_largest_content_fits)
{
    static char text[EVENT_NAME_MAX];
    struct event event = example_event();
    uint8_t id[IDENTITY_SIZE];

    memset(text, 'x', sizeof(text));
    event.name = (struct slice){text, EVENT_NAME_MAX};
    event.vendor = event.product = event.version = event.action = event.os = event.segment =
        (struct slice){text, EVENT_LABEL_MAX};
    identity_of_content(&event, id);
    ck_assert_int_eq(uuid_type(id), UUID_TYPE_DCE_SHA1);
}
END_TEST

static Suite *identity_suite(void)
{
    Suite *suite = suite_create("identity");
    TCase *cases = tcase_create("identity");

    tcase_add_loop_test(cases, devices_keep_their_ids, 0, COUNT(devices));
    tcase_add_loop_test(cases, what_nearly_is_a_uuid_is_a_name, 0, COUNT(near_uuids));
    tcase_add_test(cases, event_ids_have_a_namespace_of_their_own);
    tcase_add_test(cases, content_keeps_its_id);
    tcase_add_test(cases, os_and_segment_are_content_where_there_is_one);
    tcase_add_test(cases, the_id_is_no_part_of_the_content);
    tcase_add_test(cases, the_largest_content_fits);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(identity_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
