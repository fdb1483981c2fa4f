/* Messages made from a good event, and what the decoder says to them. */
#ifndef KANSEN_TESTS_DECODE_FIXTURE_H
#define KANSEN_TESTS_DECODE_FIXTURE_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/event/decode.h"

#define TEXT(literal) literal, sizeof(literal) - 1
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define SHA256 "0741ba2f9d5e4c1a8b7e6f5d4c3b2a190741ba2f9d5e4c1a8b7e6f5d4c3b2a19"
#define DEVICE "8b8be822-b922-3a25-f9ce-4c54a6f263ac"
#define EVENT_ID "c386bbc4-cd61-3e30-d8f1-6adf91b7584a"
#define EMOJI "\xF0\x9F\x98\x80"

/* A small event that is not closed yet. */
#define EVENT(rest)                                                                                \
    TEXT("{\"time\":1379088328000,\"device\":\"a\",\"name\":\"b\",\"ip\":\"::\"" rest)

/* 2013-01-01 to 2015-01-01. */
static const struct time_policy policy = {1356998400000000, 1420070400000000};

static struct decoder *decoder;

static inline void open_decoder(void)
{
    decoder = decoder_new();
    ck_assert_ptr_nonnull(decoder);
}

static inline void close_decoder(void)
{
    decoder_free(decoder);
}

/* An event as text, one member a line of this table; a null value leaves the member out. */
struct member {
    const char *key;
    const char *value;
};

static const struct member good_event[] = {
    {"id", "\"" EVENT_ID "\""},    {"time", "\"2013-09-13T16:05:28.000Z\""},
    {"device", "\"" DEVICE "\""},  {"name", "\"TROJ_COINMINE.A\""},
    {"ip", "\"203.0.113.7\""},     {"country", NULL},
    {"sha256", "\"" SHA256 "\""},  {"vendor", "\"Example\""},
    {"product", "\"Endpoint\""},   {"version", "\"11.0.1028\""},
    {"action", "\"quarantined\""}, {"os", "\"Windows 7\""},
    {"segment", "\"retail\""},
};

#define MEMBERS COUNT(good_event)

static char message[2 * EVENT_MESSAGE_MAX];

static inline void append(const char *text)
{
    size_t length = strlen(message);

    ck_assert_uint_lt(length + strlen(text), sizeof(message));
    memcpy(message + length, text, strlen(text) + 1);
}

static inline void append_member(const char *key, const char *value)
{
    if (value == NULL)
        return;
    append(message[strlen(message) - 1] == '{' ? "\"" : ",\"");
    append(key);
    append("\":");
    append(value);
}

/* The good event with the members of `changes` in place of its own; new ones come last. */
static inline const char *message_with(const struct member *changes, size_t count)
{
    message[0] = '\0';
    append("{");
    for (size_t place = 0; place < MEMBERS; place++) {
        const char *value = good_event[place].value;

        for (size_t change = 0; change < count; change++)
            if (strcmp(changes[change].key, good_event[place].key) == 0)
                value = changes[change].value;
        append_member(good_event[place].key, value);
    }
    for (size_t change = 0; change < count; change++) {
        bool known = false;

        for (size_t place = 0; place < MEMBERS; place++)
            known |= strcmp(changes[change].key, good_event[place].key) == 0;
        if (!known)
            append_member(changes[change].key, changes[change].value);
    }
    append("}");
    return message;
}

static inline const char *message_with_one(const char *key, const char *value)
{
    const struct member change = {key, value};

    return message_with(&change, 1);
}

static inline struct event accept_bytes(const char *text, size_t length)
{
    struct event event;
    struct rejection why = {REJECT_REASONS, ""};
    enum status status = decode_event(decoder, text, length, &policy, &event, &why);

    ck_assert_msg(status == STATUS_OK, "rejected as %s (%s): %.300s",
                  status == STATUS_OK ? "" : reject_reason_name(why.reason), why.detail, text);
    return event;
}

static inline struct event accept(const char *text)
{
    return accept_bytes(text, strlen(text));
}

static inline struct event accept_one(const char *key, const char *value)
{
    return accept(message_with_one(key, value));
}

/* The detail goes to people's terminals: one line of plain text, and *out is untouched. */
static inline void reject_bytes(const char *text, size_t length, enum reject_reason reason,
                                struct rejection *why)
{
    struct event event;
    struct event before;

    memset(&before, 0xA5, sizeof(before));
    memcpy(&event, &before, sizeof(event));
    memset(why, 0, sizeof(*why));

    enum status status = decode_event(decoder, text, length, &policy, &event, why);

    ck_assert_msg(status == STATUS_REJECT, "accepted: %.300s", text);
    ck_assert_msg(why->reason == reason, "%s (%s) instead of %s: %.300s",
                  reject_reason_name(why->reason), why->detail, reject_reason_name(reason), text);
    ck_assert_uint_gt(strlen(why->detail), 0);
    for (const char *at = why->detail; *at != '\0'; at++)
        ck_assert_msg(*at >= ' ' && *at <= '~', "detail: %s", why->detail);
    ck_assert_mem_eq(&event, &before, sizeof(event));
}

static inline void assert_slice(struct slice slice, const char *text)
{
    ck_assert_uint_eq(slice.length, strlen(text));
    if (slice.length > 0)
        ck_assert_mem_eq(slice.data, text, slice.length);
}

/* A JSON string of `count` times `text`, in one of a few buffers used in turn. */
static inline const char *repeated(const char *text, size_t count)
{
    static char buffers[4][EVENT_MESSAGE_MAX];
    static size_t next;
    char *buffer = buffers[next++ % 4];
    size_t length = strlen(text);

    ck_assert_uint_lt(count * length + 3, EVENT_MESSAGE_MAX);
    buffer[0] = '"';
    for (size_t place = 0; place < count; place++)
        memcpy(buffer + 1 + place * length, text, length);
    memcpy(buffer + 1 + count * length, "\"", 2);
    return buffer;
}
/* A test case with a decoder of its own. */
static inline TCase *decode_case(const char *name)
{
    TCase *cases = tcase_create(name);

    tcase_add_checked_fixture(cases, open_decoder, close_decoder);
    tcase_set_timeout(cases, 60);
    return cases;
}

static inline int run_case(TCase *cases, const char *name)
{
    Suite *suite = suite_create(name);

    suite_add_tcase(suite, cases);

    SRunner *runner = srunner_create(suite);

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
