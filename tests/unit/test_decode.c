/* The event format as tables: what is accepted, what is rejected and why. */
#include "ingest/event/decode.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) literal, sizeof(literal) - 1
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define SHA256 "0741ba2f9d5e4c1a8b7e6f5d4c3b2a190741ba2f9d5e4c1a8b7e6f5d4c3b2a19"
#define DEVICE "8b8be822-b922-3a25-f9ce-4c54a6f263ac"
#define EVENT_ID "c386bbc4-cd61-3e30-d8f1-6adf91b7584a"
#define EMOJI "\xF0\x9F\x98\x80"

/* 2013-01-01 to 2015-01-01. */
static const struct time_policy policy = {1356998400000000, 1420070400000000};

static struct decoder *decoder;

static void open_decoder(void)
{
    decoder = decoder_new();
    ck_assert_ptr_nonnull(decoder);
}

static void close_decoder(void)
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
    {"action", "\"quarantined\""},
};

#define MEMBERS COUNT(good_event)

static char message[2 * EVENT_MESSAGE_MAX];

static void append(const char *text)
{
    size_t length = strlen(message);

    ck_assert_uint_lt(length + strlen(text), sizeof(message));
    memcpy(message + length, text, strlen(text) + 1);
}

static void append_member(const char *key, const char *value)
{
    if (value == NULL)
        return;
    append(message[strlen(message) - 1] == '{' ? "\"" : ",\"");
    append(key);
    append("\":");
    append(value);
}

/* The good event with the members of `changes` in place of its own; new ones come last. */
static const char *message_with(const struct member *changes, size_t count)
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

static const char *message_with_one(const char *key, const char *value)
{
    const struct member change = {key, value};

    return message_with(&change, 1);
}

static struct event accept_bytes(const char *text, size_t length)
{
    struct event event;
    struct rejection why = {REJECT_REASONS, ""};
    enum status status = decode_event(decoder, text, length, &policy, &event, &why);

    ck_assert_msg(status == STATUS_OK, "rejected as %s (%s): %.300s",
                  status == STATUS_OK ? "" : reject_reason_name(why.reason), why.detail, text);
    return event;
}

static struct event accept(const char *text)
{
    return accept_bytes(text, strlen(text));
}

static struct event accept_one(const char *key, const char *value)
{
    return accept(message_with_one(key, value));
}

/* The detail goes to people's terminals: one line of plain text, and *out is untouched. */
static void reject_bytes(const char *text, size_t length, enum reject_reason reason,
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

static void assert_slice(struct slice slice, const char *text)
{
    ck_assert_uint_eq(slice.length, strlen(text));
    if (slice.length > 0)
        ck_assert_mem_eq(slice.data, text, slice.length);
}

/* A JSON string of `count` times `text`, in one of a few buffers used in turn. */
static const char *repeated(const char *text, size_t count)
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

START_TEST(every_field_reaches_the_event)
{
    static const uint8_t device[] = {0x8b, 0x8b, 0xe8, 0x22, 0xb9, 0x22, 0x3a, 0x25,
                                     0xf9, 0xce, 0x4c, 0x54, 0xa6, 0xf2, 0x63, 0xac};
    static const uint8_t id[] = {0xc3, 0x86, 0xbb, 0xc4, 0xcd, 0x61, 0x3e, 0x30,
                                 0xd8, 0xf1, 0x6a, 0xdf, 0x91, 0xb7, 0x58, 0x4a};
    static const uint8_t address[16] = {203, 0, 113, 7};
    static const uint8_t hash[] = {0x07, 0x41, 0xba, 0x2f, 0x9d, 0x5e, 0x4c, 0x1a};
    struct event event = accept(message_with(NULL, 0));

    ck_assert_int_eq(event.time_us, 1379088328000000);
    ck_assert_mem_eq(event.device, device, sizeof(device));
    ck_assert_mem_eq(event.id, id, sizeof(id));
    assert_slice(event.name, "TROJ_COINMINE.A");
    assert_slice(event.vendor, "Example");
    assert_slice(event.product, "Endpoint");
    assert_slice(event.version, "11.0.1028");
    assert_slice(event.action, "quarantined");
    ck_assert_int_eq(event.address_family, ADDRESS_IPV4);
    ck_assert_mem_eq(event.address, address, sizeof(address));
    ck_assert_int_eq(event.has_sha256, 1);
    ck_assert_mem_eq(event.sha256, hash, sizeof(hash));
    ck_assert_str_eq(event.country, "");
}
END_TEST

START_TEST(the_smallest_event_leaves_the_rest_empty)
{
    struct event event = accept("{\"time\":1379088328000,\"device\":\"a\",\"name\":\"b\","
                                "\"country\":\"JP\"}");

    ck_assert_int_eq(event.time_us, 1379088328000000);
    assert_slice(event.name, "b");
    assert_slice(event.vendor, "");
    assert_slice(event.product, "");
    assert_slice(event.version, "");
    assert_slice(event.action, "");
    ck_assert_int_eq(event.address_family, ADDRESS_NONE);
    ck_assert_int_eq(event.has_sha256, 0);
    ck_assert_str_eq(event.country, "JP");
}
END_TEST

/* Members that differ from the good event, and are good too. */
static const struct member good_members[] = {
    {"time", "\"2013-09-13t16:05:28z\""},
    {"time", "\"2013-09-14T01:05:28+09:00\""},
    {"time", "\"2013-09-13T16:05:28.123456789012345678901234567890-00:00\""},
    {"time", "1379088328000"},
    {"time", "1356998400000"},            /* the first instant of the policy */
    {"time", "\"2015-01-01T00:00:00Z\""}, /* the last one */
    {"time", "\"2013-01-01T09:00:00+09:00\""},
    {"time", "\"2015-01-01T00:00:00.0000009Z\""}, /* cut to microseconds before it is compared */
    {"time", "\"\\u0032013-09-13T16:05:28Z\""},   /* escapes are read first */
    {"device", "\"8B8BE822-B922-3A25-F9CE-4C54A6F263AC\""},
    {"device", "\"00000000-0000-0000-0000-000000000000\""},
    {"device", "\"desk-17.example.com\""},
    {"device", "\"端末\""},
    {"device", "\" \""},
    {"device", "\"tab\\there\""},
    {"id", "\"4711\""},
    {"id", "\"0\""},
    {"id", NULL},
    {"id", "null"},
    {"name", "\"a\""},
    {"name", "\"感染\""},
    {"name", "\"" EMOJI "\""},
    {"name", "\"\\ud83d\\ude00\""},
    {"name", "\"\\uD83D\\uDE00\""},
    {"name", "\"\\\\u0000\""}, /* a backslash and a word, no NUL */
    {"name", "\"\\\\ud800\""},
    {"name", "\"a\\\\\\\\u0000\""},
    {"name", "\"\\u0001\\u001f\\u007f\\u0080\""},
    {"name", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""},
    {"name", "\"=cmd|'/c calc'!A1\""},
    {"name", "\"\xF4\x8F\xBF\xBF\""}, /* U+10FFFF */
    {"name", "\"\xEF\xBB\xBF\""},     /* a byte order mark inside text is text */
    {"name", "\"\xEF\xBF\xBF\""},
    {"ip", "\"0.0.0.0\""},
    {"ip", "\"255.255.255.255\""},
    {"ip", "\"10.0.0.1\""},
    {"ip", "\"::\""},
    {"ip", "\"::1\""},
    {"ip", "\"2001:db8::7\""},
    {"ip", "\"2001:DB8:0:0:0:0:0:7\""},
    {"ip", "\"2001:0db8:0000:0000:0000:0000:0000:0007\""},
    {"ip", "\"::ffff:203.0.113.7\""},
    {"ip", "\"::ffff:cb00:7107\""},
    {"ip", "\"::203.0.113.7\""},
    {"ip", "\"0000:0000:0000:0000:0000:ffff:203.0.113.7\" "},
    {"ip", "\"64:ff9b::203.0.113.7\""},
    {"ip", "\"fe80::1\""},
    {"ip", "\"2001:0db8:0000:0000:0000:0000:255.255.255.255\""}, /* the longest spelling */
    {"country", "\"JP\""},
    {"country", "\"GB\""},
    {"country", "\"XK\""},
    {"country", "\"ZZ\""},
    {"country", "\"SS\""},
    {"country", "null"},
    {"country", "\"\\u004aP\""},
    {"sha256", "\"0741BA2F9D5E4C1A8B7E6F5D4C3B2A190741ba2f9d5e4c1a8b7e6f5d4c3b2a19\""},
    {"sha256", "null"},
    {"sha256", NULL},
    {"vendor", "\"\""},
    {"product", "null"},
    {"version", NULL},
    {"action", "\"\""},
    {"action", "\"cleaned \\u00e9\""},
    {"unknown", "null"},
    {"unknown", "{\"time\":[1,2,{\"a\":null}],\"a\":1,\"a\":2}"}, /* nobody looks below */
    {"unknown", "[[[[[[[[[[]]]]]]]]]]"},
    {"unknown", "-0.5e-10"},
    {"unknown", "18446744073709551615"},
    {"unknown", "-9223372036854775808"},
    {"unknown", "1.7976931348623157e308"},
    {"", "true"},  /* an empty key is a key */
    {"Time", "1"}, /* keys are compared byte by byte */
    {"TIME", "1"},
    {"time ", "1"},
    {"n\\u0061me2", "1"},
    {"key\\n", "1"},
    {"感染", "1"},
};

START_TEST(good_members_are_accepted)
{
    accept_one(good_members[_i].key, good_members[_i].value);
}
END_TEST

static const struct {
    const char *text;
    size_t length;
} good_messages[] = {
    {TEXT(
        " \t\r\n{ \"time\" : 1379088328000 ,\n\"device\":\"a\",\"name\":\"b\",\"ip\":\"::\" } \n")},
    {TEXT("{\"time\":1379088328000,\"device\":\"a\",\"name\":\"b\",\"ip\":\"::\",\"country\":"
          "\"JP\"}")},
    {TEXT(
        "{\"time\":1379088328000,\"device\":\"a\",\"name\":\"b\",\"ip\":null,\"country\":\"JP\"}")},
    {TEXT("{\"t\\u0069me\":1379088328000,\"device\":\"a\",\"name\":\"b\",\"ip\":\"::\"}")},
    {TEXT("{\"\\u0074\\u0069\\u006D\\u0065\":1379088328000,\"device\":\"a\",\"name\":\"b\","
          "\"ip\":\"::\"}")},
};

START_TEST(good_messages_are_accepted)
{
    accept_bytes(good_messages[_i].text, good_messages[_i].length);
}
END_TEST

/* Members in place of the good event's own, and why they are rejected. */
static const struct {
    const char *key;
    const char *value;
    enum reject_reason reason;
} bad_members[] = {
    {"time", NULL, REJECT_MISSING_FIELD},
    {"time", "null", REJECT_MISSING_FIELD},
    {"time", "true", REJECT_WRONG_TYPE},
    {"time", "false", REJECT_WRONG_TYPE},
    {"time", "[]", REJECT_WRONG_TYPE},
    {"time", "[1379088328000]", REJECT_WRONG_TYPE},
    {"time", "{}", REJECT_WRONG_TYPE},
    {"time", "{\"$date\":1379088328000}", REJECT_WRONG_TYPE},
    {"time", "1379088328000.0", REJECT_BAD_TIME},
    {"time", "1379088328000.5", REJECT_BAD_TIME},
    {"time", "1.379088328e12", REJECT_BAD_TIME},
    {"time", "1e300", REJECT_BAD_TIME},
    {"time", "9223372036854775808", REJECT_BAD_TIME},
    {"time", "18446744073709551615", REJECT_BAD_TIME},
    {"time", "18446744073709551616", REJECT_BAD_JSON}, /* more than 64 bits */
    {"time", "-9223372036854775809", REJECT_BAD_JSON},
    {"time", "9223372036854775807", REJECT_TIME_OUT_OF_RANGE},
    {"time", "-9223372036854775808", REJECT_TIME_OUT_OF_RANGE},
    {"time", "9223372036854775", REJECT_TIME_OUT_OF_RANGE},
    {"time", "9223372036854776", REJECT_TIME_OUT_OF_RANGE},
    {"time", "-9223372036854776", REJECT_TIME_OUT_OF_RANGE},
    {"time", "0", REJECT_TIME_OUT_OF_RANGE},
    {"time", "-1", REJECT_TIME_OUT_OF_RANGE},
    {"time", "1379088328", REJECT_TIME_OUT_OF_RANGE}, /* seconds are never guessed */
    {"time", "1356998399999", REJECT_TIME_OUT_OF_RANGE},
    {"time", "1420070400001", REJECT_TIME_OUT_OF_RANGE},
    {"time", "\"2012-12-31T23:59:59.999999Z\"", REJECT_TIME_OUT_OF_RANGE},
    {"time", "\"2015-01-01T00:00:00.000001Z\"", REJECT_TIME_OUT_OF_RANGE},
    {"time", "\"2013-01-01T00:00:00+09:00\"", REJECT_TIME_OUT_OF_RANGE},
    {"time", "\"0000-01-01T00:00:00+23:59\"", REJECT_TIME_OUT_OF_RANGE},
    {"time", "\"9999-12-31T23:59:59-23:59\"", REJECT_TIME_OUT_OF_RANGE},
    {"time", "\"\"", REJECT_BAD_TIME},
    {"time", "\"now\"", REJECT_BAD_TIME},
    {"time", "\"infinity\"", REJECT_BAD_TIME},
    {"time", "\"-infinity\"", REJECT_BAD_TIME},
    {"time", "\"epoch\"", REJECT_BAD_TIME},
    {"time", "\"1379088328000\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13 16:05:28Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:60Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-06-30T23:59:60Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T24:00:00Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-02-29T00:00:00Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-31T00:00:00Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-13-01T00:00:00Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28.Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28,5Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28+0900\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28+9:00\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28+09\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28+24:00\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28 Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28Z \"", REJECT_BAD_TIME},
    {"time", "\" 2013-09-13T16:05:28Z\"", REJECT_BAD_TIME},
    {"time", "\"2013-09-13T16:05:28UTC\"", REJECT_BAD_TIME},
    {"time", "\"13/09/2013 16:05:28\"", REJECT_BAD_TIME},
    {"time", "\"２０１３-09-13T16:05:28Z\"", REJECT_BAD_TIME},

    {"device", NULL, REJECT_MISSING_FIELD},
    {"device", "null", REJECT_MISSING_FIELD},
    {"device", "17", REJECT_WRONG_TYPE},
    {"device", "1.5", REJECT_WRONG_TYPE},
    {"device", "true", REJECT_WRONG_TYPE},
    {"device", "[\"a\"]", REJECT_WRONG_TYPE},
    {"device", "{\"id\":\"a\"}", REJECT_WRONG_TYPE},
    {"device", "\"\"", REJECT_BAD_DEVICE},

    {"name", NULL, REJECT_MISSING_FIELD},
    {"name", "null", REJECT_MISSING_FIELD},
    {"name", "17", REJECT_WRONG_TYPE},
    {"name", "false", REJECT_WRONG_TYPE},
    {"name", "[\"TROJ_COINMINE.A\"]", REJECT_WRONG_TYPE},
    {"name", "{}", REJECT_WRONG_TYPE},
    {"name", "\"\"", REJECT_BAD_NAME},

    {"ip", NULL, REJECT_MISSING_FIELD}, /* the good event has no country */
    {"ip", "null", REJECT_MISSING_FIELD},
    {"ip", "3405803783", REJECT_WRONG_TYPE},
    {"ip", "true", REJECT_WRONG_TYPE},
    {"ip", "[203,0,113,7]", REJECT_WRONG_TYPE},
    {"ip", "{}", REJECT_WRONG_TYPE},
    {"ip", "\"\"", REJECT_BAD_ADDRESS},
    {"ip", "\" \"", REJECT_BAD_ADDRESS},
    {"ip", "\"localhost\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.7.1\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.256\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.-7\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.007\"", REJECT_BAD_ADDRESS}, /* octal for some */
    {"ip", "\"0203.0.113.7\"", REJECT_BAD_ADDRESS},
    {"ip", "\"0xcb.0.113.7\"", REJECT_BAD_ADDRESS},
    {"ip", "\"3405803783\"", REJECT_BAD_ADDRESS},
    {"ip", "\" 203.0.113.7\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.7 \"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.7\\n\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.7/32\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.7:443\"", REJECT_BAD_ADDRESS},
    {"ip", "\"203.0.113.7,198.51.100.1\"", REJECT_BAD_ADDRESS},
    {"ip", "\"[2001:db8::7]\"", REJECT_BAD_ADDRESS},
    {"ip", "\"2001:db8::7%eth0\"", REJECT_BAD_ADDRESS},
    {"ip", "\"fe80::1%1\"", REJECT_BAD_ADDRESS},
    {"ip", "\"2001:db8::7/64\"", REJECT_BAD_ADDRESS},
    {"ip", "\"2001:db8::7::1\"", REJECT_BAD_ADDRESS},
    {"ip", "\"2001:db8:0:0:0:0:7\"", REJECT_BAD_ADDRESS},
    {"ip", "\"2001:db8:0:0:0:0:0:0:7\"", REJECT_BAD_ADDRESS},
    {"ip", "\"2001:db8::12345\"", REJECT_BAD_ADDRESS},
    {"ip", "\"2001:db8::g\"", REJECT_BAD_ADDRESS},
    {"ip", "\":\"", REJECT_BAD_ADDRESS},
    {"ip", "\":::\"", REJECT_BAD_ADDRESS},
    {"ip", "\"::ffff:203.0.113.256\"", REJECT_BAD_ADDRESS},
    {"ip", "\"::ffff:203.0.113.07\"", REJECT_BAD_ADDRESS},
    {"ip", "\"２０３.0.113.7\"", REJECT_BAD_ADDRESS},
    {"ip", "\"2001:0db8:0000:0000:0000:0000:0000:0000:0000:0007\"", REJECT_BAD_ADDRESS},

    {"country", "\"\"", REJECT_BAD_COUNTRY},
    {"country", "\"J\"", REJECT_BAD_COUNTRY},
    {"country", "\"jp\"", REJECT_BAD_COUNTRY},
    {"country", "\"Jp\"", REJECT_BAD_COUNTRY},
    {"country", "\"JPN\"", REJECT_BAD_COUNTRY},
    {"country", "\"JP \"", REJECT_BAD_COUNTRY},
    {"country", "\"392\"", REJECT_BAD_COUNTRY},
    {"country", "\"Japan\"", REJECT_BAD_COUNTRY},
    {"country", "\"日\"", REJECT_BAD_COUNTRY},
    {"country", "\"日本\"", REJECT_BAD_COUNTRY},
    {"country", "\"ＪＰ\"", REJECT_BAD_COUNTRY},
    {"country", "\"\xC3\xA9\"", REJECT_BAD_COUNTRY}, /* two bytes, one dead letter */
    {"country", "\"UK\"", REJECT_BAD_COUNTRY},
    {"country", "\"EU\"", REJECT_BAD_COUNTRY},
    {"country", "\"AP\"", REJECT_BAD_COUNTRY},
    {"country", "\"A1\"", REJECT_BAD_COUNTRY},
    {"country", "\"A2\"", REJECT_BAD_COUNTRY},
    {"country", "\"O1\"", REJECT_BAD_COUNTRY},
    {"country", "\"AN\"", REJECT_BAD_COUNTRY},
    {"country", "\"SU\"", REJECT_BAD_COUNTRY},
    {"country", "\"YU\"", REJECT_BAD_COUNTRY},
    {"country", "\"CS\"", REJECT_BAD_COUNTRY},
    {"country", "\"TP\"", REJECT_BAD_COUNTRY},
    {"country", "\"XX\"", REJECT_BAD_COUNTRY},
    {"country", "\"AA\"", REJECT_BAD_COUNTRY},
    {"country", "\"T1\"", REJECT_BAD_COUNTRY},
    {"country", "392", REJECT_WRONG_TYPE},
    {"country", "true", REJECT_WRONG_TYPE},
    {"country", "[\"JP\"]", REJECT_WRONG_TYPE},
    {"country", "{\"iso_code\":\"JP\"}", REJECT_WRONG_TYPE},

    {"id", "\"\"", REJECT_BAD_ID},
    {"id", "4711", REJECT_WRONG_TYPE},
    {"id", "-1.5", REJECT_WRONG_TYPE},
    {"id", "true", REJECT_WRONG_TYPE},
    {"id", "[]", REJECT_WRONG_TYPE},
    {"id", "{}", REJECT_WRONG_TYPE},

    {"sha256", "\"\"", REJECT_BAD_HASH},
    {"sha256", "\"0741ba2f\"", REJECT_BAD_HASH},
    {"sha256", "\"" SHA256 "0\"", REJECT_BAD_HASH},
    {"sha256", "\"" SHA256 " \"", REJECT_BAD_HASH},
    {"sha256", "\"0x41ba2f9d5e4c1a8b7e6f5d4c3b2a190741ba2f9d5e4c1a8b7e6f5d4c3b2a19\"",
     REJECT_BAD_HASH},
    {"sha256", "\"g741ba2f9d5e4c1a8b7e6f5d4c3b2a190741ba2f9d5e4c1a8b7e6f5d4c3b2a19\"",
     REJECT_BAD_HASH},
    {"sha256", "\"0741ba2f9d5e4c1a8b7e6f5d4c3b2a190741ba2f9d5e4c1a8b7e6f5d4c3b2a1g\"",
     REJECT_BAD_HASH},
    {"sha256", "\"0741ba2f9d5e4c1a8b7e6f5d4c3b2a190741ba2f9d5e4c1a8b7e6f5d4c3b2a1\"",
     REJECT_BAD_HASH},
    {"sha256", "\"d41d8cd98f00b204e9800998ecf8427e\"", REJECT_BAD_HASH}, /* an MD5 */
    {"sha256", "7", REJECT_WRONG_TYPE},
    {"sha256", "false", REJECT_WRONG_TYPE},
    {"sha256", "[7]", REJECT_WRONG_TYPE},
    {"sha256", "{}", REJECT_WRONG_TYPE},

    {"vendor", "1", REJECT_WRONG_TYPE},
    {"vendor", "[]", REJECT_WRONG_TYPE},
    {"product", "true", REJECT_WRONG_TYPE},
    {"product", "{}", REJECT_WRONG_TYPE},
    {"version", "11.0", REJECT_WRONG_TYPE},
    {"version", "11", REJECT_WRONG_TYPE},
    {"action", "false", REJECT_WRONG_TYPE},
    {"action", "[\"quarantined\"]", REJECT_WRONG_TYPE},
};

START_TEST(bad_members_are_rejected_by_name)
{
    const char *key = bad_members[_i].key;
    struct rejection why;

    message_with_one(key, bad_members[_i].value);
    reject_bytes(message, strlen(message), bad_members[_i].reason, &why);
    if (bad_members[_i].reason != REJECT_BAD_JSON)
        ck_assert_msg(strncmp(why.detail, key, strlen(key)) == 0, "%s names no %s", why.detail,
                      key);
}
END_TEST

static const char *const bad_addresses[] = {
    "\"\"",
    "\"-\"",
    "\"unknown\"",
    "\"203.0.113.256\"",
    "\"203.0.113.7:443\"",
    "\"203.0.113.7, 198.51.100.1\"",
    "\"fe80::1%eth0\"",
    "\"2001:db8::7/64\"",
    "\"2001:db8::1:2:3:4:5:6:7:8:9:a:b:c:d:e:f and more than any address has\"",
    "\"::ffff:203.0.113.256\"",
};

/* An event without id, so that the identity is that of the content. */
static struct event accept_address(const char *ip, const char *country)
{
    const struct member changes[] = {{"id", NULL}, {"ip", ip}, {"country", country}};

    return accept(message_with(changes, COUNT(changes)));
}

START_TEST(a_bad_address_beside_a_country_counts_as_absent)
{
    struct event absent = accept_address(NULL, "\"JP\"");
    struct event bad = accept_address(bad_addresses[_i], "\"JP\"");

    ck_assert_int_eq(absent.has_bad_address, 0);
    ck_assert_int_eq(bad.has_bad_address, 1);
    ck_assert_int_eq(bad.address_family, ADDRESS_NONE);
    ck_assert_mem_eq(bad.address, absent.address, sizeof(bad.address));
    ck_assert_str_eq(bad.country, "JP");
    ck_assert_mem_eq(bad.id, absent.id, sizeof(bad.id));
    ck_assert_int_eq(accept_address(bad_addresses[_i], "\"ZZ\"").has_bad_address, 1);
    ck_assert_int_eq(accept_address("\"203.0.113.7\"", "\"JP\"").has_bad_address, 0);
}
END_TEST

static const char *const no_countries[] = {NULL, "null", "\"\"", "\"jp\"", "\"UK\"", "5", "[]"};

START_TEST(a_bad_address_beside_no_country_is_rejected)
{
    for (size_t place = 0; place < COUNT(bad_addresses); place++) {
        const struct member changes[] = {{"ip", bad_addresses[place]},
                                         {"country", no_countries[_i]}};
        struct rejection why;

        message_with(changes, COUNT(changes));
        reject_bytes(message, strlen(message), REJECT_BAD_ADDRESS, &why);
    }
}
END_TEST

START_TEST(an_address_of_another_type_is_rejected_beside_a_country)
{
    const struct member changes[] = {{"ip", "3405803783"}, {"country", "\"JP\""}};
    struct rejection why;

    message_with(changes, COUNT(changes));
    reject_bytes(message, strlen(message), REJECT_WRONG_TYPE, &why);
}
END_TEST

#define EVENT(rest)                                                                                \
    TEXT("{\"time\":1379088328000,\"device\":\"a\",\"name\":\"b\",\"ip\":\"::\"" rest)

/* Whole messages that break a rule before any field is looked at. */
static const struct {
    const char *text;
    size_t length;
    enum reject_reason reason;
} bad_messages[] = {
    {TEXT(""), REJECT_EMPTY},
    {NULL, 0, REJECT_EMPTY},

    {TEXT(" "), REJECT_BAD_JSON},
    {TEXT("\n"), REJECT_BAD_JSON},
    {TEXT("{"), REJECT_BAD_JSON},
    {TEXT("}"), REJECT_BAD_JSON},
    {TEXT("hello"), REJECT_BAD_JSON},
    {TEXT("<event/>"), REJECT_BAD_JSON},
    {TEXT("\xEF\xBB\xBF"), REJECT_BAD_JSON},
    {TEXT("\xEF\xBB\xBF{}"), REJECT_BAD_JSON},
    {EVENT(""), REJECT_BAD_JSON},
    {EVENT(",}"), REJECT_BAD_JSON},
    {EVENT("}}"), REJECT_BAD_JSON},
    {EVENT("},"), REJECT_BAD_JSON},
    {EVENT("} x"), REJECT_BAD_JSON},
    {EVENT("}{}"), REJECT_BAD_JSON},
    {EVENT("}\n{}"), REJECT_BAD_JSON},
    {EVENT("} // comment"), REJECT_BAD_JSON},
    {EVENT(",/**/\"x\":1}"), REJECT_BAD_JSON},
    {EVENT(",\"x\"}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":}"), REJECT_BAD_JSON},
    {EVENT(",\"x\" 1}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":1 2}"), REJECT_BAD_JSON},
    {EVENT(",x:1}"), REJECT_BAD_JSON},
    {EVENT(",'x':1}"), REJECT_BAD_JSON},
    {EVENT(",1:1}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":NaN}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":Infinity}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":True}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":nul}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":nulls}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":01}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":+1}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":.5}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":1.}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":1e}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":-}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":0x10}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":1e400}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":99999999999999999999}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":[1,]}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":[1}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":{]}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"y}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"y\\"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"\\x41\"}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"\\'\"}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"\\u12\"}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"\\u12G4\"}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"\\U0041\"}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"\n\"}"), REJECT_BAD_JSON}, /* raw control characters */
    {EVENT(",\"x\":\"\t\"}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"\x01\"}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":\"\x1F\"}"), REJECT_BAD_JSON},
    {EVENT(",\"x\n\":1}"), REJECT_BAD_JSON},
    {EVENT("}\x01"), REJECT_BAD_JSON},
    {EVENT("}\xC2\xA0"), REJECT_BAD_JSON}, /* a no-break space is no white space of JSON */
    {EVENT("}\v"), REJECT_BAD_JSON},

    {TEXT("null"), REJECT_NOT_AN_OBJECT},
    {TEXT("true"), REJECT_NOT_AN_OBJECT},
    {TEXT("17"), REJECT_NOT_AN_OBJECT},
    {TEXT("-1.5"), REJECT_NOT_AN_OBJECT},
    {TEXT("\"text\""), REJECT_NOT_AN_OBJECT},
    {TEXT("\"\""), REJECT_NOT_AN_OBJECT},
    {TEXT("[]"), REJECT_NOT_AN_OBJECT},
    {TEXT("[{\"time\":1379088328000}]"), REJECT_NOT_AN_OBJECT},

    {TEXT("\xFF"), REJECT_BAD_UTF8},
    {TEXT("\xFF\xFE{\0}\0"), REJECT_BAD_UTF8},
    {EVENT(",\"x\":\"\xFF\"}"), REJECT_BAD_UTF8},
    {EVENT(",\"x\":\"\x80\"}"), REJECT_BAD_UTF8},
    {EVENT(",\"x\":\"\xC3\"}"), REJECT_BAD_UTF8},
    {EVENT(",\"x\":\"\xE9t\xE9\"}"), REJECT_BAD_UTF8},                /* Latin-1 */
    {EVENT(",\"x\":\"\x83\x65\x83\x58\"}"), REJECT_BAD_UTF8},         /* Shift_JIS */
    {EVENT(",\"x\":\"\xC0\x80\"}"), REJECT_BAD_UTF8},                 /* NUL, overlong */
    {EVENT(",\"x\":\"\xE0\x80\xAF\"}"), REJECT_BAD_UTF8},             /* overlong */
    {EVENT(",\"x\":\"\xF0\x82\x82\xAC\"}"), REJECT_BAD_UTF8},         /* overlong */
    {EVENT(",\"x\":\"\xED\xA0\x80\"}"), REJECT_BAD_UTF8},             /* a surrogate in UTF-8 */
    {EVENT(",\"x\":\"\xED\xA0\xBD\xED\xB8\x80\"}"), REJECT_BAD_UTF8}, /* CESU-8 */
    {EVENT(",\"x\":\"\xF4\x90\x80\x80\"}"), REJECT_BAD_UTF8},         /* past U+10FFFF */
    {EVENT(",\"x\":\"\xF8\x88\x80\x80\x80\"}"), REJECT_BAD_UTF8},
    {EVENT(",\"x\":\"\xE6\x84"), REJECT_BAD_UTF8}, /* cut in the middle of a character */
    {EVENT(",\"\xFF\":1}"), REJECT_BAD_UTF8},
    {EVENT(",\"x\":{\"\xFF\":1}}"), REJECT_BAD_UTF8},
    {EVENT("}\xFF"), REJECT_BAD_UTF8},
    {EVENT(",\"x\":\"\xFF\\u0000\\ud800\"}"), REJECT_BAD_UTF8}, /* bytes come first */

    {TEXT("\0"), REJECT_NUL},
    {TEXT("{\0}"), REJECT_NUL},
    {EVENT(",\"x\":\"\0\"}"), REJECT_NUL},
    {EVENT(",\"x\":\"a\0b\"}"), REJECT_NUL},
    {EVENT(",\"\0\":1}"), REJECT_NUL},
    {EVENT("}\0"), REJECT_NUL},
    {EVENT(",\"x\":\"\\u0000\"}"), REJECT_NUL},
    {EVENT(",\"x\":\"a\\u0000\"}"), REJECT_NUL},
    {EVENT(",\"x\":\"\\\\\\u0000\"}"), REJECT_NUL}, /* a backslash, then a NUL */
    {EVENT(",\"\\u0000\":1}"), REJECT_NUL},
    {EVENT(",\"x\":[{\"y\":[\"\\u0000\"]}]}"), REJECT_NUL},
    {EVENT(",\"x\":{\"\\u0000\":1}}"), REJECT_NUL},
    {TEXT("\"\\u0000\""), REJECT_NUL},
    {TEXT("{\"time\":1379088328000,\"device\":\"a\",\"name\":\"TROJ\\u0000X\",\"ip\":\"::\"}"),
     REJECT_NUL},
    {TEXT("{\"time\":1379088328000,\"device\":\"\\u0000\",\"name\":\"b\",\"ip\":\"::\"}"),
     REJECT_NUL},

    {EVENT(",\"x\":\"\\ud800\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\uDBFF\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\udc00\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\uDFFF\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\ud800x\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\ud800\\n\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\ud800\\u0041\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\ud800\\ud800\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\ud800\\ue000\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\udc00\\ud800\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\ud83d\\ude00\\ude00\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\ud800\\\\udc00\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":\"\\ud800\",\"y\":\"\\udc00\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"\\ud800\":1}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"\\udc00\":1}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":{\"y\":[\"\\udc00\"]}}"), REJECT_LONE_SURROGATE},
    {TEXT("{\"time\":1379088328000,\"device\":\"a\",\"name\":\"\\udc00\",\"ip\":\"::\"}"),
     REJECT_LONE_SURROGATE},

    {EVENT(",\"time\":1379088328000}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"time\":null}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"name\":\"b\"}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"n\\u0061me\":\"b\"}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"\\u0069\\u0070\":\"::1\"}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"country\":null,\"country\":\"JP\"}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"x\":1,\"x\":2}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"x\":1,\"y\":2,\"z\":3,\"x\":4}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"x\":1,\"\\u0078\":1}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"\":1,\"\":1}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"a/b\":1,\"a\\/b\":1}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"" EMOJI "\":1,\"\\ud83d\\ude00\":1}"), REJECT_DUPLICATE_KEY},
    {TEXT("{\"x\":1,\"x\":1}"), REJECT_DUPLICATE_KEY}, /* before any field is looked for */

    {TEXT("{}"), REJECT_MISSING_FIELD},
    {TEXT("{\"x\":1}"), REJECT_MISSING_FIELD},
    {TEXT("{\"event\":{\"time\":1379088328000,\"device\":\"a\",\"name\":\"b\",\"ip\":\"::\"}}"),
     REJECT_MISSING_FIELD},
    {TEXT("{\"Time\":1379088328000,\"device\":\"a\",\"name\":\"b\",\"ip\":\"::\"}"),
     REJECT_MISSING_FIELD},
};

START_TEST(bad_messages_are_rejected)
{
    struct rejection why;

    reject_bytes(bad_messages[_i].text, bad_messages[_i].length, bad_messages[_i].reason, &why);
}
END_TEST

START_TEST(every_cut_of_a_message_is_rejected)
{
    static char whole[1024];
    struct rejection why;

    snprintf(whole, sizeof(whole), "%s", message_with(NULL, 0));
    for (size_t length = 1; length < strlen(whole); length++)
        reject_bytes(whole, length, REJECT_BAD_JSON, &why);
}
END_TEST

/* The last length that is accepted; one more byte gets the reason. */
static const struct {
    const char *key;
    size_t limit;
    enum reject_reason reason;
} limits[] = {
    {"name", 256, REJECT_BAD_NAME},     {"device", 128, REJECT_BAD_DEVICE},
    {"id", 128, REJECT_BAD_ID},         {"vendor", 256, REJECT_BAD_LABEL},
    {"product", 256, REJECT_BAD_LABEL}, {"version", 256, REJECT_BAD_LABEL},
    {"action", 256, REJECT_BAD_LABEL},
};

START_TEST(limits_count_bytes)
{
    const char *key = limits[_i].key;
    size_t limit = limits[_i].limit;
    struct rejection why;

    accept_one(key, repeated("a", limit));
    message_with_one(key, repeated("a", limit + 1));
    reject_bytes(message, strlen(message), limits[_i].reason, &why);
    ck_assert_msg(strncmp(why.detail, key, strlen(key)) == 0, "%s", why.detail);

    /* Four bytes each. */
    accept_one(key, repeated(EMOJI, limit / 4));
    message_with_one(key, repeated(EMOJI, limit / 4 + 1));
    reject_bytes(message, strlen(message), limits[_i].reason, &why);

    /* Six bytes of JSON, one of text. */
    accept_one(key, repeated("\\u0061", limit));
    message_with_one(key, repeated("\\u0061", limit + 1));
    reject_bytes(message, strlen(message), limits[_i].reason, &why);
}
END_TEST

/* Fills the message with blanks up to `length` bytes. */
static const char *padded(size_t length)
{
    message_with(NULL, 0);

    size_t end = strlen(message);

    memset(message + end, ' ', length - end);
    message[length] = '\0';
    return message;
}

START_TEST(a_message_of_64_kib_is_accepted_and_one_byte_more_is_not)
{
    struct rejection why;

    accept(padded(65536));
    reject_bytes(padded(65537), 65537, REJECT_TOO_LARGE, &why);
    accept_one("unknown", repeated("x", 60000));
}
END_TEST

START_TEST(a_message_may_nest_64_deep)
{
    char value[256];
    struct rejection why;

    /* The message itself is the first level. */
    snprintf(value, sizeof(value), "%.*s1%.*s", 63,
             "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 63,
             "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
    accept_one("unknown", value);
    snprintf(value, sizeof(value), "%.*s1%.*s", 64,
             "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 64,
             "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
    message_with_one("unknown", value);
    reject_bytes(message, strlen(message), REJECT_BAD_JSON, &why);
}
END_TEST

START_TEST(a_message_of_brackets_is_bad_json)
{
    static char brackets[EVENT_MESSAGE_MAX];
    struct rejection why;

    memset(brackets, '[', sizeof(brackets));
    reject_bytes(brackets, sizeof(brackets), REJECT_BAD_JSON, &why);
    for (size_t place = 0; place < sizeof(brackets); place += 5)
        memcpy(brackets + place, "{\"\":[", sizeof(brackets) - place < 5 ? 1 : 5);
    reject_bytes(brackets, sizeof(brackets), REJECT_BAD_JSON, &why);
}
END_TEST

/* As many members as fit, all of them different but for the last if `twice`. */
static size_t write_many_members(bool twice)
{
    size_t length = strlen(message_with(NULL, 0)) - 1;
    unsigned key = 0;

    while (length < EVENT_MESSAGE_MAX - 16)
        length += (size_t)snprintf(message + length, 16, ",\"%x\":0", key++);
    length += (size_t)snprintf(message + length, 16, ",\"%x\":0}", twice ? 0 : key);
    return length;
}

START_TEST(the_largest_number_of_members_is_compared)
{
    struct rejection why;

    accept_bytes(message, write_many_members(false));
    reject_bytes(message, write_many_members(true), REJECT_DUPLICATE_KEY, &why);
}
END_TEST

START_TEST(the_smallest_members_fill_a_message_within_bounds)
{
    struct rejection why;
    size_t length = 0;

    /* {"":1,"":1,…}: five bytes each, the most members there can be. */
    message[length++] = '{';
    while (length + 5 <= EVENT_MESSAGE_MAX) {
        memcpy(message + length, "\"\":1,", 5);
        length += 5;
    }
    message[length - 1] = '}';
    reject_bytes(message, length, REJECT_DUPLICATE_KEY, &why);
}
END_TEST

START_TEST(a_bad_message_leaves_the_decoder_good)
{
    struct rejection why;

    for (size_t bad = 0; bad < COUNT(bad_messages); bad++) {
        reject_bytes(bad_messages[bad].text, bad_messages[bad].length, bad_messages[bad].reason,
                     &why);
        assert_slice(accept(message_with(NULL, 0)).name, "TROJ_COINMINE.A");
    }
}
END_TEST

/* Seeded, so that a failure can be repeated. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

START_TEST(damaged_messages_are_accepted_or_rejected_but_never_worse)
{
    static char whole[1024];
    uint32_t state = 20130913;
    struct event event;
    struct rejection why;

    snprintf(whole, sizeof(whole), "%s", message_with_one("name", "\"感染\\ud83d\\ude00\""));

    size_t length = strlen(whole);
    /* Exactly as long as the message, so that AddressSanitizer sees a read past its end. */
    char *damaged = malloc(length);

    for (int round = 0; round < 20000; round++) {
        memcpy(damaged, whole, length);
        for (uint32_t flips = 1 + next_random(&state) % 4; flips > 0; flips--)
            damaged[next_random(&state) % length] ^= (char)(1 << next_random(&state) % 8);
        if (decode_event(decoder, damaged, length, &policy, &event, &why) == STATUS_REJECT)
            ck_assert_int_lt(why.reason, REJECT_STORE);
        else
            ck_assert_uint_gt(event.name.length, 0);
    }
    free(damaged);
}
END_TEST

START_TEST(addresses_are_kept_in_network_order)
{
    static const uint8_t v4[16] = {203, 0, 113, 7};
    static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 7};
    static const uint8_t compatible[16] = {[12] = 203, [14] = 113, [15] = 7};
    static const char *const mapped[] = {"\"::ffff:203.0.113.7\"", "\"::FFFF:cb00:7107\"",
                                         "\"0:0:0:0:0:ffff:203.0.113.7\""};

    for (size_t index = 0; index < COUNT(mapped); index++) {
        struct event event = accept_one("ip", mapped[index]);

        ck_assert_int_eq(event.address_family, ADDRESS_IPV4);
        ck_assert_mem_eq(event.address, v4, sizeof(v4));
    }

    struct event event = accept_one("ip", "\"2001:db8::7\"");

    ck_assert_int_eq(event.address_family, ADDRESS_IPV6);
    ck_assert_mem_eq(event.address, v6, sizeof(v6));
    event = accept_one("ip", "\"::203.0.113.7\"");
    ck_assert_int_eq(event.address_family, ADDRESS_IPV6);
    ck_assert_mem_eq(event.address, compatible, sizeof(compatible));
}
END_TEST

START_TEST(the_country_of_the_event_stands_beside_its_address)
{
    struct event event = accept_one("country", "\"ZZ\"");

    ck_assert_str_eq(event.country, "ZZ");
    ck_assert_int_eq(event.address_family, ADDRESS_IPV4);
}
END_TEST

START_TEST(text_is_unescaped)
{
    assert_slice(accept_one("name", "\"\\u611f\\u67D3 \\ud83d\\ude00\\t\\\"\\\\u0000\"").name,
                 "感染 " EMOJI "\t\"\\u0000");
}
END_TEST

/* Different spellings of one content, all without an id. */
static const char *const same_content[] = {
    "{\"time\":\"2013-09-13T16:05:28.5Z\",\"device\":\"" DEVICE "\",\"name\":\"TROJ_A\","
    "\"ip\":\"203.0.113.7\",\"vendor\":\"V\",\"product\":\"P\",\"sha256\":\"" SHA256 "\"}",
    "{\"sha256\":\"" SHA256 "\",\"product\":\"P\",\"vendor\":\"V\",\"ip\":\"203.0.113.7\","
    "\"name\":\"TROJ_A\",\"device\":\"" DEVICE "\",\"time\":\"2013-09-13T16:05:28.5Z\"}",
    " { \"time\" : \"2013-09-14T01:05:28.500000+09:00\" , \"device\":\"" DEVICE "\",\n"
    "\"name\":\"TROJ\\u005FA\",\"ip\":\"::ffff:203.0.113.7\",\"vendor\":\"V\",\"product\":\"P\","
    "\"sha256\":\"0741BA2F9D5E4C1A8B7E6F5D4C3B2A190741BA2F9D5E4C1A8B7E6F5D4C3B2A19\" } ",
    "{\"time\":1379088328500,\"device\":\"8B8BE822-B922-3A25-F9CE-4C54A6F263AC\","
    "\"name\":\"TROJ_A\",\"ip\":\"203.0.113.7\",\"vendor\":\"V\",\"product\":\"P\","
    "\"sha256\":\"" SHA256 "\",\"id\":null,\"country\":null,\"action\":\"\",\"unknown\":[1]}",
};

START_TEST(the_derived_id_depends_on_content_alone)
{
    struct event first = accept(same_content[0]);
    struct event other = accept(same_content[_i]);

    ck_assert_mem_eq(first.id, other.id, sizeof(first.id));
}
END_TEST

/* One change each to the good event without its id. */
static const struct member other_contents[] = {
    {"time", "\"2013-09-13T16:05:28.000001Z\""},
    {"device", "\"8b8be822-b922-3a25-f9ce-4c54a6f263ad\""},
    {"name", "\"TROJ_COINMINE.B\""},
    {"ip", "\"203.0.113.8\""},
    {"ip", "\"cb00:7107::\""}, /* the same first four bytes */
    {"country", "\"JP\""},
    {"country", "\"ZZ\""},
    {"sha256", NULL},
    {"sha256", "\"0741ba2f9d5e4c1a8b7e6f5d4c3b2a190741ba2f9d5e4c1a8b7e6f5d4c3b2a18\""},
    {"sha256", "\"0000000000000000000000000000000000000000000000000000000000000000\""},
    {"vendor", NULL},
    {"vendor", "\"ExampleE\""},
    {"product", "\"ndpoint\""},
    {"version", "\"\""},
    {"action", "\"cleaned\""},
};

START_TEST(the_derived_id_depends_on_every_field)
{
    uint8_t ids[COUNT(other_contents) + 1][16];
    struct member changes[] = {{"id", NULL}, {"id", NULL}};

    memcpy(ids[0], accept(message_with(changes, 1)).id, 16);
    for (size_t index = 0; index < COUNT(other_contents); index++) {
        changes[1] = other_contents[index];

        struct event event = accept(message_with(changes, 2));

        memcpy(ids[index + 1], event.id, 16);
        for (size_t earlier = 0; earlier <= index; earlier++)
            ck_assert_mem_ne(ids[earlier], event.id, 16);
    }
}
END_TEST

START_TEST(text_that_moves_between_fields_changes_the_derived_id)
{
    const struct member one[] = {{"id", NULL}, {"vendor", "\"ab\""}, {"product", "\"c\""}};
    const struct member other[] = {{"id", NULL}, {"vendor", "\"a\""}, {"product", "\"bc\""}};
    struct event first = accept(message_with(one, COUNT(one)));
    struct event second = accept(message_with(other, COUNT(other)));

    ck_assert_mem_ne(first.id, second.id, sizeof(first.id));
}
END_TEST

#define ENVELOPE(payload)                                                                          \
    "{\"topic\":\"detections\",\"partition\":0,\"offset\":5,\"tstype\":\"create\","                \
    "\"ts\":1379088328000,\"broker\":0,\"key\":\"a\",\"payload\":" payload "}"

START_TEST(the_payload_of_an_envelope_is_decoded)
{
    static const char line[] =
        ENVELOPE("\"{\\\"time\\\":1379088328000,\\\"device\\\":\\\"a\\\",\\\"name\\\":\\\"\\\\u611f"
                 "\\\",\\\"ip\\\":\\\"::\\\"}\"");
    struct slice payload;

    ck_assert_int_eq(decode_kcat_envelope(decoder, line, sizeof(line) - 1, &payload), 1);
    assert_slice(payload, "{\"time\":1379088328000,\"device\":\"a\",\"name\":\"\\u611f\","
                          "\"ip\":\"::\"}");
    assert_slice(accept_bytes(payload.data, payload.length).name, "感");
    /* It survives the decoding, so that a dead letter could still keep it. */
    assert_slice(payload, "{\"time\":1379088328000,\"device\":\"a\",\"name\":\"\\u611f\","
                          "\"ip\":\"::\"}");
}
END_TEST

START_TEST(a_tombstone_in_an_envelope_has_no_data)
{
    static const char line[] = ENVELOPE("null");
    struct slice payload = {line, 1};
    struct rejection why;

    ck_assert_int_eq(decode_kcat_envelope(decoder, line, sizeof(line) - 1, &payload), 1);
    ck_assert_ptr_null(payload.data);
    ck_assert_uint_eq(payload.length, 0);
    reject_bytes(payload.data, payload.length, REJECT_EMPTY, &why);
}
END_TEST

START_TEST(an_empty_payload_is_an_empty_message)
{
    static const char line[] = ENVELOPE("\"\"");
    struct slice payload;
    struct rejection why;

    ck_assert_int_eq(decode_kcat_envelope(decoder, line, sizeof(line) - 1, &payload), 1);
    reject_bytes(payload.data, payload.length, REJECT_EMPTY, &why);
}
END_TEST

START_TEST(a_nul_in_a_payload_is_found)
{
    static const char line[] = ENVELOPE("\"{\\\"name\\\":\\\"a\\u0000b\\\"}\"");
    struct slice payload;
    struct rejection why;

    ck_assert_int_eq(decode_kcat_envelope(decoder, line, sizeof(line) - 1, &payload), 1);
    reject_bytes(payload.data, payload.length, REJECT_NUL, &why);
}
END_TEST

START_TEST(a_payload_of_64_kib_fits_an_envelope_however_it_is_escaped)
{
    static const char head[] = "{\"topic\":\"t\",\"partition\":1,\"offset\":2,\"payload\":\"";
    char *line = malloc(sizeof(head) + EVENT_MESSAGE_MAX * 6 + 8);
    struct slice payload;
    char *at = line + sizeof(head) - 1;

    memcpy(line, head, sizeof(head) - 1);
    for (int place = 0; place < EVENT_MESSAGE_MAX; place++, at += 6)
        memcpy(at, "\\u0020", 6);
    memcpy(at, "\"}", 2);
    ck_assert_int_eq(decode_kcat_envelope(decoder, line, (size_t)(at + 2 - line), &payload), 1);
    ck_assert_uint_eq(payload.length, EVENT_MESSAGE_MAX);
    free(line);
}
END_TEST

static const char *const no_envelopes[] = {
    "",
    "{}",
    "null",
    "\"payload\"",
    "{\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5}",
    "{\"topic\":\"t\",\"partition\":0,\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"offset\":5,\"payload\":\"{}\"}",
    "{\"partition\":0,\"offset\":5,\"payload\":\"{}\"}",
    "{\"topic\":1,\"partition\":0,\"offset\":5,\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"partition\":\"0\",\"offset\":5,\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5.5,\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":{}}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":7}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"a\",\"payload\":\"b\"}",
    "{\"topic\":\"t\",\"topic\":\"t\",\"offset\":5,\"payload\":\"b\"}",
    "[{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"{}\"}]",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"{}\"",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"\xFF\"}",
    "{\"x\":{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"{}\"}}",
};

START_TEST(what_is_no_envelope_is_left_to_decode_event)
{
    struct slice payload = {"untouched", 9};

    ck_assert_int_eq(
        decode_kcat_envelope(decoder, no_envelopes[_i], strlen(no_envelopes[_i]), &payload), 0);
    assert_slice(payload, "untouched");
}
END_TEST

START_TEST(every_reason_has_a_word_of_its_own)
{
    for (int reason = 0; reason < REJECT_REASONS; reason++) {
        ck_assert_ptr_nonnull(reject_reason_name((enum reject_reason)reason));
        for (int other = 0; other < reason; other++)
            ck_assert_str_ne(reject_reason_name((enum reject_reason)reason),
                             reject_reason_name((enum reject_reason)other));
    }
}
END_TEST

static Suite *decode_suite(void)
{
    Suite *suite = suite_create("decode");
    TCase *cases = tcase_create("decode");

    tcase_add_checked_fixture(cases, open_decoder, close_decoder);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, every_field_reaches_the_event);
    tcase_add_test(cases, the_smallest_event_leaves_the_rest_empty);
    tcase_add_loop_test(cases, good_members_are_accepted, 0, COUNT(good_members));
    tcase_add_loop_test(cases, good_messages_are_accepted, 0, COUNT(good_messages));
    tcase_add_loop_test(cases, bad_members_are_rejected_by_name, 0, COUNT(bad_members));
    tcase_add_loop_test(cases, a_bad_address_beside_a_country_counts_as_absent, 0,
                        COUNT(bad_addresses));
    tcase_add_loop_test(cases, a_bad_address_beside_no_country_is_rejected, 0, COUNT(no_countries));
    tcase_add_test(cases, an_address_of_another_type_is_rejected_beside_a_country);
    tcase_add_loop_test(cases, bad_messages_are_rejected, 0, COUNT(bad_messages));
    tcase_add_test(cases, every_cut_of_a_message_is_rejected);
    tcase_add_loop_test(cases, limits_count_bytes, 0, COUNT(limits));
    tcase_add_test(cases, a_message_of_64_kib_is_accepted_and_one_byte_more_is_not);
    tcase_add_test(cases, a_message_may_nest_64_deep);
    tcase_add_test(cases, a_message_of_brackets_is_bad_json);
    tcase_add_test(cases, the_largest_number_of_members_is_compared);
    tcase_add_test(cases, the_smallest_members_fill_a_message_within_bounds);
    tcase_add_test(cases, a_bad_message_leaves_the_decoder_good);
    tcase_add_test(cases, damaged_messages_are_accepted_or_rejected_but_never_worse);
    tcase_add_test(cases, addresses_are_kept_in_network_order);
    tcase_add_test(cases, the_country_of_the_event_stands_beside_its_address);
    tcase_add_test(cases, text_is_unescaped);
    tcase_add_loop_test(cases, the_derived_id_depends_on_content_alone, 0, COUNT(same_content));
    tcase_add_test(cases, the_derived_id_depends_on_every_field);
    tcase_add_test(cases, text_that_moves_between_fields_changes_the_derived_id);
    tcase_add_test(cases, the_payload_of_an_envelope_is_decoded);
    tcase_add_test(cases, a_tombstone_in_an_envelope_has_no_data);
    tcase_add_test(cases, an_empty_payload_is_an_empty_message);
    tcase_add_test(cases, a_nul_in_a_payload_is_found);
    tcase_add_test(cases, a_payload_of_64_kib_fits_an_envelope_however_it_is_escaped);
    tcase_add_loop_test(cases, what_is_no_envelope_is_left_to_decode_event, 0, COUNT(no_envelopes));
    tcase_add_test(cases, every_reason_has_a_word_of_its_own);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(decode_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
