/* Formats of others: what a format file may say, and what becomes of an event then. */
#include "decode_fixture.h"

#include "config/keyfile.h"
#include "ingest/event/mapping.h"

#define PLAIN                                                                                      \
    "time = /time\ndevice = /device\nname = /name\nip = /ip\ncountry = /country\nid = /id\n"       \
    "sha256 = /sha256\nvendor = /vendor\nproduct = /product\nversion = /version\n"                 \
    "action = /action\nos = /os\nsegment = /segment\n"
#define NEEDED "time = /t\ndevice = /d\nname = /n\ncountry = /c\n"
#define REST "\"d\":\"a\",\"n\":\"b\",\"c\":\"JP\"}"

static struct mapping *mapping;

static void forget(void)
{
    decoder_set_mapping(decoder, NULL);
    mapping_free(mapping);
    mapping = NULL;
}

static enum status read_format(const char *text, struct error *error)
{
    enum status status;

    forget();
    mapping = mapping_new();
    ck_assert_ptr_nonnull(mapping);
    status = keyfile_read_text(text, "x.format", mapping_line, mapping, error);
    return status == STATUS_OK ? mapping_finish(mapping, EVENT_DETECTION, error) : status;
}

static void use_format(const char *text)
{
    struct error error = {""};

    ck_assert_msg(read_format(text, &error) == STATUS_OK, "%s", error.message);
    decoder_set_mapping(decoder, mapping);
}

static enum status decode(const char *text, struct event *event, struct rejection *why)
{
    return decode_event(decoder, text, strlen(text), &policy, event, why);
}

/* ---- format files */

static const struct {
    const char *text;
    const char *says; /* part of the mistake */
} mistakes[] = {
    {"", "time is missing"},
    {"time = /t\n", "device is missing"},
    {"time = /t\ndevice = /d\nname = /n\n", "ip and country are missing"},
    {"tiem = /t\n", "x.format:1: unknown key \"tiem\"; did you mean time?"},
    {"tiem = /t\n", "there are time, device, name, ip, country, id"},
    {"time.units = s\n", "did you mean time.unit?"},
    {"room = /room\n", "unknown key \"room\""},
    {"\n# words\ntime = t\n", "x.format:3: \"t\": no place"},
    {"time = \n", "a place is missing"},
    {"time = /a | \n", "a place is missing"},
    {"time = | /a\n", "a place is missing"},
    {"time = /a || /b\n", "a place is missing"},
    {"time = /a\ntime = /b\n", "time: given twice"},
    {"time = /a~2b\n", "~ is written ~0 and / ~1"},
    {"time = /a~\n", "~ is written ~0 and / ~1"},
    {"time = #/a%4\n", "a byte is written %XX"},
    {"time = #/a%zz\n", "a byte is written %XX"},
    {"time = header:\n", "no place"},
    {"time = \"2013-09-13T16:05:28Z\"\n", "time: a text in quotes is the same in all events"},
    {"device = \"a\"\n", "device: a text in quotes"},
    {"id = \"a\"\n", "id: a text in quotes"},
    {"vendor = \"a\n", "has none at its end"},
    {"vendor = \"a\"b\n", "behind the closing quote"},
    {"vendor = \"a\" \"b\"\n", "behind the closing quote"},
    {"vendor = \"\"\n", "vendor: a text in quotes has 1 to 256 bytes"},
    {"country = \"jp\"\n", "no ISO 3166-1 alpha-2 code"},
    {"vendor = 5\n", "vendor: a place is"},
    {"vendor = null\n", "vendor: a place is"},
    {"time.unit = seconds\n", "time.unit is s, ms, us, ns (since 1970) or rfc3339"},
    {"each = \"a\"\n", "each: only a JSON Pointer"},
    {"each = header:a\n", "each: only a JSON Pointer"},
    {"[other]\n/a = 1\n", "unknown section [other]; there is only [only]"},
    {"[only]\n/a = yes\n", "a whole number, \"a text\" in quotes, or null"},
    {"[only]\n/a = /b\n", "a whole number, \"a text\" in quotes, or null"},
    {"[only]\n\"a\" = 1\n", "under [only] stand"},
    {"[only]\n/a = 1.5\n", "a whole number"},
    {"[only]\n/a = 99999999999999999999\n", "a whole number"},
    {"time: /t\n", "expected \"key = value\""},
};

START_TEST(a_mistake_in_a_format_is_named)
{
    struct error error = {""};

    ck_assert_int_eq(read_format(mistakes[_i].text, &error), STATUS_REJECT);
    ck_assert_msg(strstr(error.message, mistakes[_i].says) != NULL, "\"%s\" does not say \"%s\"",
                  error.message, mistakes[_i].says);
}
END_TEST

START_TEST(too_much_is_refused)
{
    static char text[64 * 1024];
    struct error error = {""};
    size_t length = 0;

    length += (size_t)snprintf(text, sizeof(text), "time = /0");
    for (int i = 1; i <= 32; i++)
        length += (size_t)snprintf(text + length, sizeof(text) - length, " | /%d", i);
    ck_assert_int_eq(read_format(text, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, "more than 32 alternatives"));
    memset(text, 'a', 2000);
    memcpy(text, "time = /", 8);
    text[2000] = '\0';
    ck_assert_int_eq(read_format(text, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, "more than 1,024 bytes"));
    memcpy(text, "time = ", 7);
    for (size_t i = 7; i < 7 + 2 * 33; i += 2)
        memcpy(text + i, "/a", 2);
    text[7 + 2 * 33] = '\0';
    ck_assert_int_eq(read_format(text, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, "more than 32 steps"));
}
END_TEST

/* ---- values */

static const struct {
    const char *format; /* its line for the name */
    const char *message;
    const char *name; /* NULL: it is missing */
} places[] = {
    {"/n", "{\"n\":\"x\"", "x"},
    {"/a/b", "{\"a\":{\"b\":\"x\"}", "x"},
    {"/a/0", "{\"a\":[\"x\",\"y\"]", "x"},
    {"/a/1/b", "{\"a\":[{\"b\":\"y\"},{\"b\":\"x\"}]", "x"},
    {"/a/2", "{\"a\":[\"x\",\"y\"]", NULL},
    {"/a/01", "{\"a\":[\"x\",\"y\"]", NULL},
    {"/a/-", "{\"a\":[\"x\",\"y\"]", NULL},
    {"/a/0", "{\"a\":{\"0\":\"x\"}", "x"},
    {"/a~1b", "{\"a/b\":\"x\"", "x"},
    {"/a~0b", "{\"a~b\":\"x\"", "x"},
    {"/a~01", "{\"a~1\":\"x\"", "x"},
    {"/", "{\"\":\"x\"", "x"},
    {"/a//b", "{\"a\":{\"\":{\"b\":\"x\"}}", "x"},
    {"/a.b", "{\"a.b\":\"x\"", "x"},
    {"/a b", "{\"a b\":\"x\"", "x"},
    {"/感染", "{\"感染\":\"x\"", "x"},
    {"/a", "{\"\\u0061\":\"x\"", "x"},
    {"#/a%7Cb", "{\"a|b\":\"x\"", "x"},
    {"#/a%20", "{\"a \":\"x\"", "x"},
    {"/a | /b", "{\"b\":\"x\"", "x"},
    {"/a | /b", "{\"b\":\"y\",\"a\":\"x\"", "x"},
    {"/a | /b", "{\"a\":null,\"b\":\"x\"", "x"},
    {"/a|/b", "{\"b\":\"x\"", "x"},
    {"/a/b | /a", "{\"a\":\"x\"", "x"},
    {"/a/b/c | /a/b", "{\"a\":{\"b\":\"x\"}", "x"},
    {"/a | \"x\"", "{\"b\":\"y\"", "x"},
    {"/a | \"y\"", "{\"a\":\"x\"", "x"},
    {"\"x\"", "{\"a\":\"y\"", "x"},
    {"\"a | b\"", "{\"a\":\"y\"", "a | b"},
    {"/h/[k=3]/v", "{\"h\":[{\"k\":1,\"v\":\"y\"},{\"k\":3,\"v\":\"x\"},{\"k\":3,\"v\":\"z\"}]",
     "x"},
    {"/h/[k=s]/v", "{\"h\":[{\"v\":\"y\"},7,{\"k\":\"s\",\"v\":\"x\"}]", "x"},
    {"/h/[k=3]/v", "{\"h\":[{\"k\":1,\"v\":\"y\"}]", NULL},
    {"/[k=3]", "{\"[k=3]\":\"x\"", "x"},
    {"header:n", "{\"n\":\"x\"", NULL},
};

START_TEST(a_value_is_found_at_its_place)
{
    char format[256];
    char text[256];
    struct event event;
    struct rejection why;

    snprintf(format, sizeof(format), "time = /t\ndevice = /d\ncountry = /c\nname = %s\n",
             places[_i].format);
    snprintf(text, sizeof(text), "%s,\"t\":1379088328000,\"d\":\"d\",\"c\":\"JP\"}",
             places[_i].message);
    use_format(format);
    if (places[_i].name != NULL) {
        ck_assert_msg(decode(text, &event, &why) == STATUS_OK, "%s", why.detail);
        assert_slice(event.name, places[_i].name);
        return;
    }
    ck_assert_int_eq(decode(text, &event, &why), STATUS_REJECT);
    ck_assert_int_eq(why.reason, REJECT_MISSING_FIELD);
    snprintf(text, sizeof(text), "name: missing or null; looked at %s", places[_i].format);
    ck_assert_str_eq(why.detail, text);
}
END_TEST

static const struct {
    const char *unit; /* NULL: not said */
    const char *time;
    int64_t time_us; /* 0: rejected */
} times[] = {
    {NULL, "1379088328000", 1379088328000000},
    {NULL, "1379088328000.5", 0},
    {NULL, "1379088328", 0},
    {"ms", "1379088328000", 1379088328000000},
    {"ms", "1379088328000.25", 1379088328000250},
    {"ms", "1.379088328e12", 1379088328000000},
    {"s", "1379088328", 1379088328000000},
    {"s", "1379088328.123456", 1379088328123456},
    {"s", "1379088328.9999999", 1379088329000000},
    {"s", "1379088328000", 0},
    {"s", "9223372036854775807", 0},
    {"s", "-9223372036854775808", 0},
    {"s", "18446744073709551615", 0},
    {"s", "99999999999999999999999", 0},
    {"s", "1e300", 0},
    {"us", "1379088328123456", 1379088328123456},
    {"us", "1379088328123456.7", 1379088328123457},
    {"ns", "1379088328123456789", 1379088328123456},
    {"ns", "9223372036854775807", 0},
    {"ns", "-1", 0},
    {"rfc3339", "1379088328000", 0},
    {"rfc3339", "\"2013-09-13T16:05:28Z\"", 1379088328000000},
    {"s", "\"2013-09-13T16:05:28Z\"", 1379088328000000},
    {"s", "\"1379088328\"", 0},
    {"s", "true", 0},
    {"s", "[1379088328]", 0},
};

START_TEST(a_time_has_the_unit_of_its_format)
{
    char format[128];
    char text[128];
    struct event event;
    struct rejection why;

    snprintf(format, sizeof(format), NEEDED "%s%s\n", times[_i].unit == NULL ? "" : "time.unit = ",
             times[_i].unit == NULL ? "" : times[_i].unit);
    snprintf(text, sizeof(text), "{\"t\":%s," REST, times[_i].time);
    use_format(format);
    ck_assert_int_eq(decode(text, &event, &why),
                     times[_i].time_us == 0 ? STATUS_REJECT : STATUS_OK);
    if (times[_i].time_us == 0)
        ck_assert_msg(strncmp(why.detail, "time: ", 6) == 0, "%s", why.detail);
    else
        ck_assert_int_eq(event.time_us, times[_i].time_us);
}
END_TEST

/* The rules of our own format hold, whatever the values are called. */
static const struct {
    const char *message;
    enum reject_reason reason;
} rejected[] = {
    {"{\"t\":1379088328000,\"d\":\"\",\"n\":\"b\",\"c\":\"JP\"}", REJECT_BAD_DEVICE},
    {"{\"t\":1379088328000,\"d\":7,\"n\":\"b\",\"c\":\"JP\"}", REJECT_WRONG_TYPE},
    {"{\"t\":1379088328000,\"d\":\"a\",\"n\":[\"b\"],\"c\":\"JP\"}", REJECT_WRONG_TYPE},
    {"{\"t\":1379088328000,\"d\":\"a\",\"n\":\"b\",\"c\":\"jp\"}", REJECT_BAD_COUNTRY},
    {"{\"t\":1379088328000,\"d\":\"a\",\"n\":\"b\"}", REJECT_MISSING_FIELD},
    {"{\"t\":1379088328000,\"d\":\"a\",\"n\":\"b\",\"c\":\"JP\",\"c\":\"JP\"}",
     REJECT_DUPLICATE_KEY},
    {"{\"t\":1379088328000,\"d\":\"a\",\"n\":\"b\",\"c\":\"JP\",\"x\":1,\"x\":1}",
     REJECT_DUPLICATE_KEY},
    {"{\"t\":1379088328000,\"d\":\"a\",\"n\":\"\\u0000\",\"c\":\"JP\"}", REJECT_NUL},
    {"[]", REJECT_EMPTY},
    {"7", REJECT_NOT_AN_OBJECT},
    {"{", REJECT_BAD_JSON},
};

START_TEST(our_rules_hold_for_every_format)
{
    struct event event;
    struct rejection why;

    use_format(NEEDED);
    ck_assert_int_eq(decode("{\"t\":1379088328000," REST, &event, &why), STATUS_OK);
    ck_assert_int_eq(decode(rejected[_i].message, &event, &why), STATUS_REJECT);
    ck_assert_str_eq(reject_reason_name(why.reason), reject_reason_name(rejected[_i].reason));
}
END_TEST

START_TEST(a_member_below_that_is_there_twice_is_rejected)
{
    struct event event;
    struct rejection why;

    use_format("time = /t\ndevice = /a/d\nname = /a/n\ncountry = /c\n");
    ck_assert_int_eq(decode("{\"t\":1379088328000,\"a\":{\"d\":\"1\",\"n\":\"b\",\"d\":\"2\"},"
                            "\"c\":\"JP\"}",
                            &event, &why),
                     STATUS_REJECT);
    ck_assert_str_eq(why.detail, "d: more than once");
}
END_TEST

static const struct {
    const char *member;
    const char *detail; /* NULL: it is a detection */
} conditions[] = {
    {"\"k\":2001,", NULL},
    {"\"k\":2004,", NULL},
    {"\"k\":\"alert\",", NULL},
    {"\"k\":\"2001\",", "the value at /k | /l is not one of a detection"},
    {"\"k\":2002,", "the value at /k | /l is not one of a detection"},
    {"\"k\":2001.0,", "the value at /k | /l is not one of a detection"},
    {"\"k\":[2001],", "the value at /k | /l is not one of a detection"},
    {"\"k\":true,", "the value at /k | /l is not one of a detection"},
    {"", "nothing at /k | /l"},
    {"\"k\":null,", "nothing at /k | /l"},
    {"\"k\":null,\"l\":2001,", NULL},
    {"\"k\":2001,\"m\":1,", NULL},
    {"\"k\":2001,\"m\":2,", "the value at /m is not one of a detection"},
};

START_TEST(what_is_no_detection_is_rejected_as_such)
{
    char text[256];
    struct event event;
    struct rejection why;

    use_format(NEEDED "[only]\n/k | /l = 2001 | 2004 | \"alert\"\n/m = 1 | null\n");
    snprintf(text, sizeof(text), "{%s\"t\":1379088328000," REST, conditions[_i].member);
    ck_assert_int_eq(decode(text, &event, &why),
                     conditions[_i].detail == NULL ? STATUS_OK : STATUS_REJECT);
    if (conditions[_i].detail == NULL)
        return;
    ck_assert_int_eq(why.reason, REJECT_NOT_A_DETECTION);
    ck_assert_str_eq(why.detail, conditions[_i].detail);
}
END_TEST

/* ---- headers */

static const char *header_value;
static size_t header_length;
static size_t header_count;

static size_t find_header(void *context, struct slice name, struct slice *value)
{
    ck_assert_ptr_eq(context, &header_value);
    if (name.length != 4 || memcmp(name.data, "ce_n", 4) != 0)
        return 0;
    *value = (struct slice){header_value, header_length};
    return header_count;
}

START_TEST(a_value_may_stand_in_a_header)
{
    static const char *const text = "{\"t\":1379088328000,\"d\":\"a\",\"c\":\"JP\"}";
    struct event event;
    struct rejection why;

    use_format("time = /t\ndevice = /d\nname = /n | header:ce_n\ncountry = /c\nid = header:ce_i\n");
    decoder_set_headers(decoder, find_header, &header_value);
    header_value = "x";
    header_length = header_count = 1;
    ck_assert_int_eq(decode(text, &event, &why), STATUS_OK);
    assert_slice(event.name, "x");
    ck_assert_int_eq(decode("{\"t\":1379088328000," REST, &event, &why), STATUS_OK);
    assert_slice(event.name, "b");
    header_count = 2;
    ck_assert_int_eq(decode(text, &event, &why), STATUS_REJECT);
    ck_assert_int_eq(why.reason, REJECT_DUPLICATE_KEY);
    header_count = 1;
    header_value = "\xFF";
    ck_assert_int_eq(decode(text, &event, &why), STATUS_REJECT);
    ck_assert_int_eq(why.reason, REJECT_BAD_UTF8);
    header_value = "a\0b";
    header_length = 3;
    ck_assert_int_eq(decode(text, &event, &why), STATUS_REJECT);
    ck_assert_int_eq(why.reason, REJECT_NUL);
    header_value = NULL;
    ck_assert_int_eq(decode(text, &event, &why), STATUS_REJECT);
    ck_assert_int_eq(why.reason, REJECT_MISSING_FIELD);
    decoder_set_headers(decoder, NULL, NULL);
    ck_assert_int_eq(decode(text, &event, &why), STATUS_REJECT);
}
END_TEST

/* ---- each */

static const struct {
    const char *message;
    enum decode_elements kind;
    uint32_t count;            /* of DECODE_ELEMENTS */
    const char *first;         /* its first element */
    enum reject_reason reason; /* of DECODE_REJECTED */
} arrays[] = {
    {"{\"a\":[{\"b\":[ {\"x\":\"],[\"} , 2]}]}", DECODE_ELEMENTS, 2, "{\"x\":\"],[\"}", 0},
    {"{\"\\u0061\":[{\"y\":[1,{\"b\":2}],\"b\":[7]}]}", DECODE_ELEMENTS, 1, "7", 0},
    {"{\"z\":{\"a\":[1]},\"c\":[ 1,2,3]}", DECODE_ELEMENTS, 3, "1", 0},
    {"{\"a\":null,\"c\":[[1]]}", DECODE_ELEMENTS, 1, "[1]", 0},
    {"[{\"c\":[1,2]}]", DECODE_ELEMENTS, 1, "{\"c\":[1,2]}", 0},
    {"{\"a\":[{\"b\":[\"\\u0000\"]}]}", DECODE_ELEMENTS, 1, "\"\\u0000\"", 0},
    {"{\"a\":[{\"b\":[]}]}", DECODE_REJECTED, 0, NULL, REJECT_EMPTY},
    {"{\"a\":[{\"b\":{}}]}", DECODE_REJECTED, 0, NULL, REJECT_WRONG_TYPE},
    {"{\"a\":[{\"b\":\"[1]\"}]}", DECODE_REJECTED, 0, NULL, REJECT_WRONG_TYPE},
    {"{\"a\":[],\"d\":1}", DECODE_REJECTED, 0, NULL, REJECT_MISSING_FIELD},
    {"{}", DECODE_REJECTED, 0, NULL, REJECT_MISSING_FIELD},
    {"{\"c\":[1}", DECODE_ONE, 0, NULL, 0},
    {"7", DECODE_ONE, 0, NULL, 0},
    {"", DECODE_ONE, 0, NULL, 0},
};

START_TEST(events_are_the_elements_of_each)
{
    struct elements elements;
    struct slice element;
    struct rejection why;

    use_format(NEEDED "each = /a/0/b | /c\n");
    ck_assert_int_eq(
        decode_elements(decoder, arrays[_i].message, strlen(arrays[_i].message), &elements, &why),
        arrays[_i].kind);
    if (arrays[_i].kind == DECODE_REJECTED) {
        ck_assert_int_eq(why.reason, arrays[_i].reason);
        ck_assert_int_eq(strncmp(why.detail, "each: ", 6), 0);
    }
    if (arrays[_i].kind != DECODE_ELEMENTS)
        return;
    ck_assert_uint_eq(elements.count, arrays[_i].count);
    ck_assert(elements_next(&elements, &element));
    assert_slice(element, arrays[_i].first);
}
END_TEST

/* ---- the whole */

START_TEST(our_own_format_can_be_written_as_a_mapping)
{
    struct event own = accept(message_with(NULL, 0));
    struct rejection why;
    struct event event;

    use_format(PLAIN);
    ck_assert_int_eq(decode(message, &event, &why), STATUS_OK);
    ck_assert_int_eq(event.time_us, own.time_us);
    ck_assert_mem_eq(event.device, own.device, 16);
    ck_assert_mem_eq(event.id, own.id, 16);
    ck_assert_mem_eq(event.address, own.address, 16);
    ck_assert_mem_eq(event.sha256, own.sha256, 32);
    assert_slice(event.name, "TROJ_COINMINE.A");
    assert_slice(event.vendor, "Example");
    assert_slice(event.product, "Endpoint");
    assert_slice(event.version, "11.0.1028");
    assert_slice(event.action, "quarantined");
    assert_slice(event.os, "Windows 7");
    assert_slice(event.segment, "retail");
}
END_TEST

START_TEST(one_place_may_be_of_several_keys)
{
    struct event event;
    struct rejection why;

    use_format("time = /t\ndevice = /d\nname = /d\ncountry = /c\nvendor = /d | /n\naction = /n\n");
    ck_assert_int_eq(decode("{\"t\":1379088328000," REST, &event, &why), STATUS_OK);
    assert_slice(event.name, "a");
    assert_slice(event.vendor, "a");
    assert_slice(event.action, "b");
}
END_TEST

START_TEST(what_was_tried_fits_the_detail)
{
    static char format[2048] = "time = /t\ndevice = /d\ncountry = /c\nname = /name-0";
    struct event event;
    struct rejection why;

    for (int i = 1; i < 20; i++)
        snprintf(format + strlen(format), sizeof(format) - strlen(format), " | /a/long/name-感-%d",
                 i);
    use_format(format);
    ck_assert_int_eq(decode("{\"t\":1379088328000,\"d\":\"a\"}", &event, &why), STATUS_REJECT);
    ck_assert_ptr_nonnull(
        strstr(why.detail, "name: missing or null; looked at /name-0 | /a/long/"));
    for (const char *at = why.detail; *at != '\0'; at++)
        ck_assert(*at >= ' ' && *at <= '~');
    ck_assert_str_eq(why.detail + strlen(why.detail) - 3, "...");
}
END_TEST

int main(void)
{
    TCase *cases = decode_case("mapping");

    tcase_add_checked_fixture(cases, NULL, forget);
    tcase_add_loop_test(cases, a_mistake_in_a_format_is_named, 0, COUNT(mistakes));
    tcase_add_test(cases, too_much_is_refused);
    tcase_add_loop_test(cases, a_value_is_found_at_its_place, 0, COUNT(places));
    tcase_add_loop_test(cases, a_time_has_the_unit_of_its_format, 0, COUNT(times));
    tcase_add_loop_test(cases, our_rules_hold_for_every_format, 0, COUNT(rejected));
    tcase_add_test(cases, a_member_below_that_is_there_twice_is_rejected);
    tcase_add_loop_test(cases, what_is_no_detection_is_rejected_as_such, 0, COUNT(conditions));
    tcase_add_test(cases, a_value_may_stand_in_a_header);
    tcase_add_loop_test(cases, events_are_the_elements_of_each, 0, COUNT(arrays));
    tcase_add_test(cases, our_own_format_can_be_written_as_a_mapping);
    tcase_add_test(cases, one_place_may_be_of_several_keys);
    tcase_add_test(cases, what_was_tried_fits_the_detail);
    return run_case(cases, "mapping");
}
