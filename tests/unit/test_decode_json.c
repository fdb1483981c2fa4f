/* Messages that are no event before any field is looked at. */
#include "decode_fixture.h"

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
    {EVENT(",\"x\":1e400,}"), REJECT_BAD_JSON}, /* large numbers are JSON, the rest is none */
    {EVENT(",\"x\":01e400}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":1.e400}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":1e400e1}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":1e+}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":1e400 1}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":099999999999999999999}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":99999999999999999999x}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":99999999999999999999.}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":--99999999999999999999}"), REJECT_BAD_JSON},
    {EVENT(",\"x\":1e400,\"x\":1}"), REJECT_DUPLICATE_KEY},
    {EVENT(",\"x\":1e400,\"y\":\"\\ud800\"}"), REJECT_LONE_SURROGATE},
    {EVENT(",\"x\":1e400,\"y\":\"\\u0000\"}"), REJECT_NUL},
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
    {TEXT("[]"), REJECT_EMPTY},
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
    /* What is no JSON is named by its place, or by what it looks like. */
    if (bad_messages[_i].reason == REJECT_BAD_JSON)
        ck_assert_msg(strstr(why.detail, " at byte ") != NULL || strstr(why.detail, "looks like"),
                      "%s: %s", bad_messages[_i].text, why.detail);
}
END_TEST

START_TEST(every_cut_of_a_message_is_rejected)
{
    static char whole[1024];
    struct rejection why;

    snprintf(whole, sizeof(whole), "%s", message_with(NULL, 0));
    for (size_t length = 1; length < strlen(whole); length++) {
        reject_bytes(whole, length, REJECT_BAD_JSON, &why);
        ck_assert_msg(strstr(why.detail, "ends too early") != NULL, "%zu: %s", length, why.detail);
    }
}
END_TEST

/* Arrays, objects, or both in turn, `depth` of them around `core`, as the value of a key. */
static const char *nested(const char *open, size_t depth, const char *core)
{
    static char value[EVENT_MESSAGE_MAX];
    size_t length = 0;
    size_t each = strlen(open);

    for (size_t level = 0; level < depth; level++)
        length += (size_t)snprintf(value + length, sizeof(value) - length, "%s",
                                   open[0] == '*' ? (level % 2 ? "[" : "{\"a\":") : open);
    length += (size_t)snprintf(value + length, sizeof(value) - length, "%s", core);
    for (size_t level = depth; level > 0; level--)
        value[length++] = (open[0] == '*' ? !((level - 1) % 2) : each > 1) ? '}' : ']';
    value[length] = '\0';
    return value;
}

/* The message itself is one level more; an empty one at the bottom counts too. */
static const char *const nestings[] = {"[", "{\"a\":", "{\"]\":", "*"};

START_TEST(a_value_may_nest_1024_deep)
{
    static const size_t good[] = {1, 62, 63, 64, 65, 1023, 1024};
    static const size_t bad[] = {1025, 1026, 1100, 5000};
    static const char *const cores[] = {"1", "\"[[[\"", "{\"b\":1,\"c\":\"\\\"[\"}", "[]", "{}"};
    const char *open = nestings[_i];
    struct rejection why;

    for (size_t core = 0; core < COUNT(cores); core++) {
        size_t own = core < 2 ? 0 : 1;

        for (size_t place = 0; place < COUNT(good); place++)
            accept_one("unknown", nested(open, good[place] - own, cores[core]));
        for (size_t place = 0; place < COUNT(bad); place++) {
            message_with_one("unknown", nested(open, bad[place] - own, cores[core]));
            reject_bytes(message, strlen(message), REJECT_BAD_JSON, &why);
            ck_assert_msg(strstr(why.detail, "1,024") != NULL, "%s", why.detail);
        }
    }
}
END_TEST

/* Deep, and a number that simdjson refuses, in either order; side by side nothing gets deeper. */
START_TEST(depth_and_size_of_numbers_meet)
{
    const struct member changes[] = {{"u1", "1e400"},
                                     {"u2", nested("[", 1024, "123456789012345678901234567890")},
                                     {"u3", "[[],[],[],{}]"},
                                     {"u4", "1e400"}};

    accept(message_with(changes, COUNT(changes)));
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
    memset(brackets, '{', sizeof(brackets));
    reject_bytes(brackets, sizeof(brackets), REJECT_BAD_JSON, &why);
    memset(brackets, ']', sizeof(brackets));
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

int main(void)
{
    TCase *cases = decode_case("decode_json");

    tcase_add_loop_test(cases, bad_messages_are_rejected, 0, COUNT(bad_messages));
    tcase_add_test(cases, every_cut_of_a_message_is_rejected);
    tcase_add_loop_test(cases, a_value_may_nest_1024_deep, 0, COUNT(nestings));
    tcase_add_test(cases, depth_and_size_of_numbers_meet);
    tcase_add_test(cases, a_message_of_brackets_is_bad_json);
    tcase_add_test(cases, the_largest_number_of_members_is_compared);
    tcase_add_test(cases, the_smallest_members_fill_a_message_within_bounds);
    tcase_add_test(cases, a_bad_message_leaves_the_decoder_good);
    tcase_add_test(cases, damaged_messages_are_accepted_or_rejected_but_never_worse);
    return run_case(cases, "decode_json");
}
