/* The event format: what is accepted, and as what. */
#include "decode_fixture.h"

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
    assert_slice(event.os, "Windows 7");
    assert_slice(event.segment, "retail");
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
    assert_slice(event.os, "");
    assert_slice(event.segment, "");
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
    {"time", "\"2013-06-30T23:59:60Z\""},
    {"time", "\"2014-01-01T08:59:60.25+09:00\""},
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
    {"os", NULL},
    {"os", "\"\""},
    {"segment", "null"},
    {"segment", "\"\\u5c0f\\u58f2\""},
    {"unknown", "null"},
    {"unknown", "{\"time\":[1,2,{\"a\":null}],\"a\":1,\"a\":2}"}, /* nobody looks below */
    {"unknown", "[[[[[[[[[[]]]]]]]]]]"},
    {"unknown", "-0.5e-10"},
    {"unknown", "18446744073709551615"},
    {"unknown", "-9223372036854775808"},
    {"unknown", "1.7976931348623157e308"},
    {"unknown", "18446744073709551616"},
    {"unknown", "-9223372036854775809"},
    {"unknown", "123456789012345678901234567890123456789012345678901234567890"},
    {"unknown", "1e309"},
    {"unknown", "-1E+400"},
    {"unknown", "1.5e99999999999999999999999999"},
    {"unknown", "1e-99999999999999999999999999"},
    {"unknown", "0e99999999999999999999999999"},
    {"unknown", "-0.000e400"},
    {"unknown", "0.00001e400"},
    {"unknown", "1234567890.0987654321e301"},
    {"unknown", "[1e400,{\"a\":-99999999999999999999},\"1e400\",3]"},
    {"unknown", "\"1e400\",\"u2\":1e400"},
    {"1e400", "1e400"},
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
    {"os", "\"Windows 10\""},
    {"os", NULL},
    {"segment", "\"bank\""},
    {"segment", "\"\""},
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

int main(void)
{
    TCase *cases = decode_case("decode");

    tcase_add_test(cases, every_field_reaches_the_event);
    tcase_add_test(cases, the_smallest_event_leaves_the_rest_empty);
    tcase_add_loop_test(cases, good_members_are_accepted, 0, COUNT(good_members));
    tcase_add_loop_test(cases, good_messages_are_accepted, 0, COUNT(good_messages));
    tcase_add_test(cases, a_message_of_64_kib_is_accepted_and_one_byte_more_is_not);
    tcase_add_test(cases, addresses_are_kept_in_network_order);
    tcase_add_test(cases, the_country_of_the_event_stands_beside_its_address);
    tcase_add_test(cases, text_is_unescaped);
    tcase_add_loop_test(cases, the_derived_id_depends_on_content_alone, 0, COUNT(same_content));
    tcase_add_test(cases, the_derived_id_depends_on_every_field);
    tcase_add_test(cases, text_that_moves_between_fields_changes_the_derived_id);
    return run_case(cases, "decode");
}
