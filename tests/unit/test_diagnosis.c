/* What people are told about a message that was rejected: the cause, the place, the way on. */
#include "decode_fixture.h"

#include "ingest/event/diagnosis.h"
#include "ingest/event/framing.h"

/* In a buffer of its own, so that AddressSanitizer sees a read past the end. */
static void assert_detail(const char *text, size_t length, enum reject_reason reason,
                          const char *part)
{
    struct rejection why;
    char *copy = malloc(length > 0 ? length : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, length);
    reject_bytes(copy, length, reason, &why);
    free(copy);
    ck_assert_msg(strstr(why.detail, part) != NULL, "\"%s\" does not say \"%s\"", why.detail, part);
    ck_assert_uint_lt(strlen(why.detail), REJECTION_DETAIL_SIZE - 1);
}

static const struct {
    const char *value; /* of time */
    enum reject_reason reason;
    const char *part;
} times[] = {
    {"1379088328", REJECT_TIME_OUT_OF_RANGE,
     "time: looks like seconds since 1970; milliseconds are expected"},
    {"946684800", REJECT_TIME_OUT_OF_RANGE, "seconds since 1970;"},
    {"4102444799", REJECT_TIME_OUT_OF_RANGE, "seconds since 1970;"},
    {"1379088328000000", REJECT_TIME_OUT_OF_RANGE,
     "looks like microseconds since 1970; milliseconds are expected"},
    {"1379088328000000000", REJECT_TIME_OUT_OF_RANGE,
     "looks like nanoseconds since 1970; milliseconds are expected"},
    {"130235619280000000", REJECT_TIME_OUT_OF_RANGE, "looks like a Windows FILETIME"},
    {"13023561928000000", REJECT_TIME_OUT_OF_RANGE, "microseconds since 1601"},
    {"635146851280000000", REJECT_TIME_OUT_OF_RANGE, "ticks of .NET"},
    {"1379088328.25", REJECT_BAD_TIME,
     "looks like seconds since 1970; milliseconds are expected, as a whole number"},
    {"1379088328000.0", REJECT_BAD_TIME, "looks like milliseconds since 1970; milliseconds"},
    {"1.379088328e12", REJECT_BAD_TIME, "as a whole number"},
    {"1.379088328e9", REJECT_BAD_TIME, "looks like seconds since 1970;"},
    {"0.5", REJECT_BAD_TIME, "no whole number of milliseconds in 64 bits"},
    {"9223372036854775808", REJECT_BAD_TIME, "no whole number of milliseconds in 64 bits"},
    {"18446744073709551616", REJECT_BAD_TIME, "no whole number of milliseconds in 64 bits"},
    {"1e400", REJECT_BAD_TIME, "no whole number of milliseconds in 64 bits"},
    /* Nothing is made up where no unit fits. */
    {"0", REJECT_TIME_OUT_OF_RANGE, "1970-01-01T00:00:00Z is before 2013-01-01T00:00:00Z; a clock"},
    {"-1", REJECT_TIME_OUT_OF_RANGE, "1969-12-31T23:59:59.999Z is before 2013-01-01T00:00:00Z"},
    {"-1379088328", REJECT_TIME_OUT_OF_RANGE, "is before 2013"},
    {"1", REJECT_TIME_OUT_OF_RANGE, "1970-01-01T00:00:00.001Z is before"},
    {"946684799", REJECT_TIME_OUT_OF_RANGE, "1970-01-11T22:58:04.799Z is before"},
    {"1356998399999", REJECT_TIME_OUT_OF_RANGE,
     "older than events may be: 2012-12-31T23:59:59.999Z is before 2013-01-01T00:00:00Z"},
    {"1420070400001", REJECT_TIME_OUT_OF_RANGE,
     "later than events may be: 2015-01-01T00:00:00.001Z is after 2015-01-01T00:00:00Z"},
    {"9223372036854775807", REJECT_TIME_OUT_OF_RANGE, "further from 1970 than can be stored"},
    {"\"1970-01-16T23:04:48Z\"", REJECT_TIME_OUT_OF_RANGE, "were seconds taken for milliseconds?"},
    {"\"9999-12-31T23:59:59Z\"", REJECT_TIME_OUT_OF_RANGE, "9999-12-31T23:59:59Z is after"},
    /* Texts. */
    {"\"1379088328\"", REJECT_BAD_TIME,
     "looks like seconds since 1970; milliseconds are expected, and no quotes"},
    {"\"1379088328.25\"", REJECT_BAD_TIME, "looks like seconds since 1970; milliseconds"},
    {"\"1379088328000\"", REJECT_BAD_TIME, "looks like milliseconds since 1970; milliseconds"},
    {"\"1379088328000000000\"", REJECT_BAD_TIME, "looks like nanoseconds since 1970;"},
    {"\"-5\"", REJECT_BAD_TIME, "a number in quotes; milliseconds are expected, and no quotes"},
    {"\"17\"", REJECT_BAD_TIME, "a number in quotes"},
    {"\"2013-09-13T16:05:28\"", REJECT_BAD_TIME, "no offset from UTC: Z or +HH:MM; looks like a"},
    {"\"2013-09-13T16:05:28.123\"", REJECT_BAD_TIME, "no offset"},
    {"\"2013-09-13 16:05:28Z\"", REJECT_BAD_TIME, "a blank instead of T"},
    {"\"2013-09-13 16:05:28,123\"", REJECT_BAD_TIME, "a log's local time"},
    {"\"2013-09-13T16:05:28,5Z\"", REJECT_BAD_TIME, "ISO 8601 with a comma"},
    {"\"2013-09-13T16:05:28+0900\"", REJECT_BAD_TIME, "an offset without colon"},
    {"\"20130913\"", REJECT_BAD_TIME, "looks like ISO 8601's basic form of a date; RFC 3339"},
    {"\"20130913160528\"", REJECT_BAD_TIME, "a date and time without separators"},
    {"\"2013-09-13\"", REJECT_BAD_TIME, "a date without a time"},
    {"\"20130913T160528Z\"", REJECT_BAD_TIME, "basic form"},
    {"\"2013-W37-5T16:05:28Z\"", REJECT_BAD_TIME, "a week of ISO 8601"},
    {"\"2013-256T16:05:28Z\"", REJECT_BAD_TIME, "a day of the year"},
    {"\"Fri, 13 Sep 2013 16:05:28 GMT\"", REJECT_BAD_TIME,
     "looks like RFC 2822; RFC 3339 is expected: 2013-09-13T16:05:28Z"},
    {"\"13 Sep 2013 16:05:28 +0000\"", REJECT_BAD_TIME, "RFC 2822"},
    {"\"Fri Sep 13 16:05:28 2013\"", REJECT_BAD_TIME, "C's ctime"},
    {"\"Sep 13 16:05:28\"", REJECT_BAD_TIME, "syslog's form"},
    {"\"Sep  3 16:05:28\"", REJECT_BAD_TIME, "syslog's form"},
    {"\"13/Sep/2013:16:05:28 +0000\"", REJECT_BAD_TIME, "a web server's log"},
    {"\"9/13/2013 4:05:28 PM\"", REJECT_BAD_TIME, "a date with slashes (month or day first?)"},
    {"\"09/13/2013\"", REJECT_BAD_TIME, "a date with slashes"},
    {"\"2013/09/13 16:05:28\"", REJECT_BAD_TIME, "RFC 3339 has hyphens"},
    {"\"13.09.2013 16:05:28\"", REJECT_BAD_TIME, "a date with points"},
    {"\"/Date(1379088328000)/\"", REJECT_BAD_TIME, "ASP.NET"},
    {"\"2013-09-13T16:05:60Z\"", REJECT_BAD_TIME, "second 60"},
    {"\"yesterday\"", REJECT_BAD_TIME, "not a date YYYY-MM-DD"},
};

START_TEST(a_time_is_named_for_what_it_looks_like)
{
    message_with_one("time", times[_i].value);
    assert_detail(message, strlen(message), times[_i].reason, times[_i].part);
}
END_TEST

/* Messages that are no JSON for a cause that has a name. */
static const struct {
    const char *text;
    size_t length;
    enum reject_reason reason;
    const char *part;
} messages[] = {
    {TEXT("\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\xAB"), REJECT_BAD_UTF8, "looks like gzip"},
    {TEXT("\x1F\x8B\x08\x00"), REJECT_BAD_UTF8, "compression.type"},
    {TEXT("\x28\xB5\x2F\xFD\x04\x58"), REJECT_BAD_UTF8, "looks like zstd"},
    {TEXT("\x04\x22\x4D\x18\x64\x40\xA7"), REJECT_BAD_UTF8, "looks like lz4"},
    {TEXT("\xFF\x06\x00\x00sNaPpY"), REJECT_BAD_UTF8, "looks like snappy"},
    {TEXT("\x82SNAPPY\x00\x00"), REJECT_BAD_UTF8, "looks like snappy"},
    {TEXT("\xFD\x37zXZ\x00"), REJECT_BAD_UTF8, "looks like xz"},
    {TEXT("BZh91AY&SY"), REJECT_BAD_JSON, "looks like bzip2"},
    {TEXT("PK\x03\x04\x14\x00"), REJECT_NUL, "looks like a zip archive"},
    {TEXT("\x78\x9C\xAB\x56"), REJECT_BAD_UTF8, "looks like zlib"},
    {TEXT("\xEF\xBB\xBF{}"), REJECT_BAD_JSON, "a byte order mark in front"},
    {TEXT("\xEF\xBB\xBF"), REJECT_BAD_JSON, "byte order mark"},
    {TEXT("\xFF\xFE{\0}\0"), REJECT_BAD_UTF8, "looks like UTF-16: JSON is UTF-8"},
    {TEXT("\xFE\xFF\0{\0}"), REJECT_BAD_UTF8, "looks like UTF-16"},
    {TEXT("{\0\"\0t\0i\0"), REJECT_NUL, "looks like UTF-16"},
    {TEXT("\0{\0\"\0t\0i"), REJECT_NUL, "looks like UTF-16"},
    {TEXT("{\0\0\0\"\0\0\0"), REJECT_NUL, "looks like UTF-32"},
    {TEXT("Obj\x01\x04\x16"), REJECT_BAD_JSON, "looks like an Avro file"},
    {TEXT("\xAC\xED\x00\x05sr"), REJECT_BAD_UTF8, "an object of Java"},
    {TEXT("\x82\xA4time\xCB"), REJECT_BAD_UTF8, "looks like MessagePack"},
    {TEXT("\xA2\x64time\x1A"), REJECT_BAD_UTF8, "looks like CBOR"},
    {TEXT("{\"name\":\"caf\xE9\"}"), REJECT_BAD_UTF8, "not UTF-8 at byte 12"},
    {TEXT("\0\0\0\0\x07\x02\x48\x12"), REJECT_NUL,
     "looks like Confluent framing, schema id 7, with no JSON behind it"},
    {TEXT("\0\0\x01\x00\x00\x80\x80"), REJECT_BAD_UTF8, "Confluent framing, schema id 65536"},
    {TEXT("\0\0\0\0\x07"), REJECT_NUL, "Confluent framing, schema id 7"},
    {TEXT("\0\0\0\0\x07\"text\""), REJECT_NUL, "Confluent framing, schema id 7"},
    {TEXT("\0\0\0\0\x07{\"x\":NaN}"), REJECT_BAD_JSON,
     "NaN at byte 5; null says that there is no number (behind Confluent framing, schema id 7)"},
    {TEXT("\0\0\0\0\x07{}"), REJECT_MISSING_FIELD, "(behind Confluent framing, schema id 7)"},
    {TEXT("\0\0\0\0\x07{\0}"), REJECT_NUL, "NUL at byte 1 (behind Confluent framing"},
    {TEXT("\0{\"time\":1}"), REJECT_NUL, "looks like JSON with a zero byte in front"},
    {TEXT("\0\0\0\0\0\0\0"), REJECT_NUL, "NUL at byte 0"},
    {TEXT("a\0b"), REJECT_NUL, "NUL at byte 1"},

    {TEXT("<event/>"), REJECT_BAD_JSON, "looks like XML"},
    {TEXT("<?xml version=\"1.0\"?><e/>"), REJECT_BAD_JSON, "looks like XML"},
    {TEXT("<!DOCTYPE html><p>502 Bad Gateway"), REJECT_BAD_JSON, "looks like HTML"},
    {TEXT("<134>1 2013-09-13T16:05:28Z host app - - - x"), REJECT_BAD_JSON, "a line of syslog"},
    {TEXT("Sep 13 16:05:28 host app: x"), REJECT_BAD_JSON, "a line of syslog"},
    {TEXT("CEF:0|Vendor|Product|1|100|name|5|src=1.2.3.4"), REJECT_BAD_JSON, "looks like CEF"},
    {TEXT("<13>Sep 13 16:05:28 h CEF:0|V|P|1|1|n|5|"), REJECT_BAD_JSON, "looks like CEF"},
    {TEXT("LEEF:2.0|V|P|1|id|"), REJECT_BAD_JSON, "looks like LEEF"},
    {TEXT("time,device,name,ip"), REJECT_BAD_JSON, "a line of CSV"},
    {TEXT("\"2013\",\"a\",\"b\""), REJECT_BAD_JSON, "a line of CSV"},
    {TEXT("2013-09-13T16:05:28Z;a;b;1.2.3.4"), REJECT_BAD_JSON, "a line of CSV"},
    {TEXT("time=2013 device=a"), REJECT_BAD_JSON, "name=value"},
    {TEXT("eyJ0aW1lIjoxfQ=="), REJECT_BAD_JSON, "base64"},

    {TEXT(" \n "), REJECT_BAD_JSON, "nothing but blanks at byte 3"},
    {TEXT("hello"), REJECT_BAD_JSON, "a word without quotes at byte 0"},
    {EVENT(""), REJECT_BAD_JSON, "ends too early, within an object, at byte 55; cut off"},
    {EVENT(",\"x\":[1,"), REJECT_BAD_JSON, "ends too early, within an array"},
    {EVENT(",\"x\":\"y"), REJECT_BAD_JSON, "ends too early, within a text"},
    {EVENT(",\"x\":\"y\\"), REJECT_BAD_JSON, "ends too early, within a text"},
    {EVENT(",\"x\":\"y\\u00"), REJECT_BAD_JSON, "ends too early, within a text"},
    {EVENT(",\"x\":tr"), REJECT_BAD_JSON, "ends too early, within a word"},
    {EVENT(",\"x\":-"), REJECT_BAD_JSON, "ends too early, within a number"},
    {EVENT(",\"x\":NaN}"), REJECT_BAD_JSON, "NaN at byte 60; null says that there is no number"},
    {EVENT(",\"x\":-Infinity}"), REJECT_BAD_JSON, "Infinity or NaN at byte 61"},
    {EVENT(",\"x\":Infinity}"), REJECT_BAD_JSON, "Infinity at byte 60"},
    {EVENT(",\"x\":True}"), REJECT_BAD_JSON, "as Python writes it"},
    {EVENT(",\"x\":None}"), REJECT_BAD_JSON, "as Python writes it"},
    {EVENT(",\"x\":undefined}"), REJECT_BAD_JSON, "undefined"},
    {EVENT(",\"x\":ISODate(\"2013\")}"), REJECT_BAD_JSON, "MongoDB's shell"},
    {TEXT("{'time':1}"), REJECT_BAD_JSON, "a single quote at byte 1; keys and texts"},
    {EVENT(",\"x\":'y'}"), REJECT_BAD_JSON, "a single quote"},
    {EVENT(",x:1}"), REJECT_BAD_JSON, "a key without quotes at byte 56"},
    {EVENT(",\"x\":y}"), REJECT_BAD_JSON, "a word without quotes"},
    {EVENT(",}"), REJECT_BAD_JSON, "a comma too many"},
    {EVENT(",\"x\":[1,]}"), REJECT_BAD_JSON, "a comma too many"},
    {EVENT(",\"x\" 1}"), REJECT_BAD_JSON, "no colon behind a key"},
    {EVENT(",\"x\":}"), REJECT_BAD_JSON, "no value"},
    {EVENT(" \"x\":1}"), REJECT_BAD_JSON, "neither a comma nor the object's end"},
    {EVENT(",\"x\":[1 2]}"), REJECT_BAD_JSON, "neither a comma nor the array's end"},
    {EVENT(",\"x\":[1}"), REJECT_BAD_JSON, "neither a comma nor the array's end"},
    {EVENT("} // comment"), REJECT_BAD_JSON, "a comment at byte 57; JSON has none"},
    {EVENT(",/* */\"x\":1}"), REJECT_BAD_JSON, "a comment"},
    {EVENT(",\"x\":01}"), REJECT_BAD_JSON, "a number that JSON spells otherwise"},
    {EVENT(",\"x\":+1}"), REJECT_BAD_JSON, "a number that JSON spells otherwise"},
    {EVENT(",\"x\":.5}"), REJECT_BAD_JSON, "a number that JSON spells otherwise"},
    {EVENT(",\"x\":1.}"), REJECT_BAD_JSON, "a number that JSON spells otherwise"},
    {EVENT(",\"x\":0x10}"), REJECT_BAD_JSON, "a number that JSON spells otherwise"},
    {EVENT(",\"x\":\"\n\"}"), REJECT_BAD_JSON, "a line break inside a text"},
    {EVENT(",\"x\":\"\t\"}"), REJECT_BAD_JSON, "a tab inside a text"},
    {EVENT(",\"x\":\"\x01\"}"), REJECT_BAD_JSON, "a control character inside a text"},
    {EVENT(",\"x\":\"C:\\Windows\"}"), REJECT_BAD_JSON, "a backslash before what"},
    {EVENT(",\"x\":\"\\u12G4\"}"), REJECT_BAD_JSON, "\\u without four"},
    {EVENT("}{}"), REJECT_BAD_JSON, "another value begins at byte 56"},
    {EVENT("}\n{}"), REJECT_BAD_JSON, "another value begins at byte 57"},
    {EVENT("} x"), REJECT_BAD_JSON, "text behind the end of the JSON"},

    {TEXT("\"{\\\"time\\\":1379088328000}\""), REJECT_NOT_AN_OBJECT, "it was encoded twice"},
    {TEXT("\" [{}]\""), REJECT_NOT_AN_OBJECT, "it was encoded twice"},
    {TEXT("\"\\\"{\\\\\\\"time\\\\\\\":1}\\\"\""), REJECT_NOT_AN_OBJECT, "encoded three times"},
    {TEXT("\"text\""), REJECT_NOT_AN_OBJECT, "a JSON string, not an object"},
    {TEXT("17"), REJECT_NOT_AN_OBJECT, "JSON, but a number, not an object"},
    {TEXT("null"), REJECT_NOT_AN_OBJECT, "JSON, but null, not an object"},

    {EVENT(",\"name\":\"b\"}"), REJECT_DUPLICATE_KEY, "\"name\": more than once"},
    {EVENT(",\"n\\u0061me\":\"b\"}"), REJECT_DUPLICATE_KEY, "\"name\": more than once"},
    {EVENT(",\"host\":1,\"x\":2,\"host\":2}"), REJECT_DUPLICATE_KEY, "\"host\": more than once"},
    {EVENT(",\"\":1,\"\":2}"), REJECT_DUPLICATE_KEY, "\"\": more than once"},
    {EVENT(",\"a\\n\\u001b[31m\xC3\xA9\\\"\\\\%s\":1,\"a\\n\\u001b[31m\xC3\xA9\\\"\\\\%s\":2}"),
     REJECT_DUPLICATE_KEY, "\"a\\x0A\\x1B[31m\\xC3\\xA9\\x22\\x5C%s\": more than once"},

    {TEXT("{\"Time\":1379088328000,\"device\":\"a\",\"name\":\"b\",\"ip\":\"::\"}"),
     REJECT_MISSING_FIELD,
     "time: missing or null; there is \"Time\": the key is called time, keys are lower case"},
    {TEXT("{\"time\":1379088328000,\"DEVICE\":\"a\",\"NAME\":\"b\",\"IP\":\"::\"}"),
     REJECT_MISSING_FIELD,
     "device: missing or null; there is \"DEVICE\": the key is called device"},
    {TEXT("{\"time\":1379088328000,\"device\":\"a\",\"name\":\"b\",\"Country\":\"JP\"}"),
     REJECT_MISSING_FIELD, "there is \"Country\": the key is called country"},
    {TEXT("{\"time\":null,\"Time \":1}"), REJECT_MISSING_FIELD, "time: missing or null"},
};

START_TEST(a_message_is_named_for_what_it_looks_like)
{
    assert_detail(messages[_i].text, messages[_i].length, messages[_i].reason, messages[_i].part);
}
END_TEST

/* Long keys are cut, and a cut never splits an escape. */
START_TEST(a_quoted_key_is_short_plain_text)
{
    char quoted[DIAGNOSIS_KEY_SIZE];

    for (size_t length = 0; length < 200; length++)
        for (int byte = 'a'; byte <= 0xFF; byte += 0xFF - 'a') {
            char *key = malloc(length + 1);

            memset(key, byte, length);
            memset(quoted, 'q', sizeof(quoted));
            diagnosis_quote_key((struct slice){key, length}, quoted);
            free(key);

            size_t end = strlen(quoted);

            ck_assert_uint_lt(end, sizeof(quoted));
            ck_assert_int_eq(quoted[0], '"');
            ck_assert_int_eq(quoted[end - 1], '"');
            if (length > 0 && byte == 0xFF)
                ck_assert_uint_eq((end - 2 - (quoted[end - 2] == '.' ? 3 : 0)) % 4, 0);
        }
}
END_TEST

/* Skipped where JSON stands behind; the event, and the id made of its content, are the same. */
START_TEST(confluent_framing_before_json_is_skipped)
{
    static char framed[FRAMING_SIZE + 1024];
    static const char *const frames[] = {"\0\0\0\0\x07", "\0\x7F\xFF\xFF\xFF", "\0{}[]"};
    const struct member change = {"id", NULL};
    const char *plain = message_with(&change, 1);
    size_t length = strlen(plain);
    struct event first = accept(plain);

    memcpy(framed, frames[_i], FRAMING_SIZE);
    memcpy(framed + FRAMING_SIZE, plain, length);

    struct event other = accept_bytes(framed, FRAMING_SIZE + length);

    ck_assert_mem_eq(first.id, other.id, sizeof(first.id));
    ck_assert_int_eq(first.time_us, other.time_us);
    assert_slice(other.name, "TROJ_COINMINE.A");
    framed[FRAMING_SIZE - 1] = ' ';
    memmove(framed + FRAMING_SIZE + 2, framed + FRAMING_SIZE, length);
    memcpy(framed + FRAMING_SIZE, "\n ", 2);
    accept_bytes(framed, FRAMING_SIZE + 2 + length);
}
END_TEST

/* The limit is that of the whole message. */
START_TEST(framing_counts_towards_the_largest_message)
{
    static char framed[EVENT_MESSAGE_MAX + 1];
    struct rejection why;
    size_t length = strlen(message_with(NULL, 0));

    memset(framed, ' ', sizeof(framed));
    memcpy(framed, "\0\0\0\0\x07", FRAMING_SIZE);
    memcpy(framed + FRAMING_SIZE, message, length);
    accept_bytes(framed, EVENT_MESSAGE_MAX);
    reject_bytes(framed, EVENT_MESSAGE_MAX + 1, REJECT_TOO_LARGE, &why);
}
END_TEST

int main(void)
{
    TCase *cases = decode_case("diagnosis");

    tcase_add_loop_test(cases, a_time_is_named_for_what_it_looks_like, 0, COUNT(times));
    tcase_add_loop_test(cases, a_message_is_named_for_what_it_looks_like, 0, COUNT(messages));
    tcase_add_test(cases, a_quoted_key_is_short_plain_text);
    tcase_add_loop_test(cases, confluent_framing_before_json_is_skipped, 0, 3);
    tcase_add_test(cases, framing_counts_towards_the_largest_message);
    return run_case(cases, "diagnosis");
}
