/* Members that are wrong, and the reason that each gets. */
#include "decode_fixture.h"

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
    {"time", "18446744073709551616", REJECT_BAD_TIME}, /* more than 64 bits */
    {"time", "-9223372036854775809", REJECT_BAD_TIME},
    {"time", "13790883280000000000000000000000000", REJECT_BAD_TIME},
    {"time", "1e400", REJECT_BAD_TIME},
    {"device", "123456789012345678901234567890", REJECT_WRONG_TYPE},
    {"name", "-1e999", REJECT_WRONG_TYPE},
    {"ip", "1e309", REJECT_WRONG_TYPE},
    {"country", "99999999999999999999", REJECT_WRONG_TYPE},
    {"id", "340282366920938463463374607431768211456", REJECT_WRONG_TYPE},
    {"sha256", "1e99999", REJECT_WRONG_TYPE},
    {"version", "11000000000000000000000.5e300", REJECT_WRONG_TYPE},
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
    {"time", "\"2013-06-29T23:59:60Z\"", REJECT_BAD_TIME},
    {"time", "\"2014-12-31T23:59:61Z\"", REJECT_BAD_TIME},
    {"time", "\"2012-12-31T23:59:60Z\"", REJECT_TIME_OUT_OF_RANGE}, /* the second before 2013 */
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
    {"os", "7", REJECT_WRONG_TYPE},
    {"os", "{\"name\":\"Windows\"}", REJECT_WRONG_TYPE},
    {"segment", "[\"retail\"]", REJECT_WRONG_TYPE},
    {"segment", "true", REJECT_WRONG_TYPE},
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

/* Where a value looks like something that is known, the detail says what. */
static const struct {
    const char *key;
    const char *value;
    const char *looks; /* the end of the detail */
} looks[] = {
    {"country", "\"jp\"", "upper case; looks like the code JP, not in upper case"},
    {"country", "\"Jp\"", "; looks like the code JP, not in upper case"},
    {"country", "\"uk\"", "; looks like the United Kingdom, whose code is GB"},
    {"country", "\"EU\"", "; looks like the European Union, which is no country"},
    {"country", "\"JPN\"", "; looks like a code of three letters (alpha-3)"},
    {"country", "\"392\"", "; looks like a numeric code"},
    {"country", "\"Cote d'Ivoire\"", "; looks like a name, not a code"},
    {"country", "\" JP\"", "; looks like a code with blanks around it"},
    {"country", "\"\"", "; looks like an absent country: leave the key out, or null"},
    {"country", "\"Q1\"", "alpha-2 code in upper case"},
    {"country", "\"QQ\"", "alpha-2 code in upper case"},
    {"country", "\"\xE6\x97\xA5\xE6\x9C\xAC\"", "alpha-2 code in upper case"},
    {"sha256", "\"d41d8cd98f00b204e9800998ecf8427e\"", "; looks like MD5"},
    {"sha256", "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"", "; looks like SHA-1"},
    {"sha256", "\"sha256:" SHA256 "\"", "; looks like a hash with its kind in front (sha256:)"},
    {"sha256", "\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"", "; looks like base64"},
    {"sha256", "\"" SHA256 " \"", "; looks like a hash with blanks around it"},
    {"sha256", "\"0x0741\"", "; looks like a hash with 0x in front"},
    {"sha256", "\"0741\"", "64 hexadecimal digits"},
    {"time", "\"\"", "time: empty"},
    {"time", "\"2013-09-13T16:05:28+24:00\"",
     "; looks like an offset beyond 23:59; RFC 3339 is expected: 2013-09-13T16:05:28Z"},
    {"time", "\"2013-09-13T16:05:28+09\"",
     "; looks like an offset without minutes; RFC 3339 is expected: 2013-09-13T16:05:28Z"},
    {"time", "\"2013-09-13T16:05:28+0900\"",
     "; looks like an offset without colon; RFC 3339 is expected: 2013-09-13T16:05:28Z"},
    {"time", "\"2013-09-13T16:05:28 JST\"",
     "; looks like a time zone's name in place of its offset; RFC 3339 is expected: "
     "2013-09-13T16:05:28Z"},
};

static void check_end(const struct rejection *why, const char *end)
{
    size_t length = strlen(why->detail);

    ck_assert_msg(length >= strlen(end) && strcmp(why->detail + length - strlen(end), end) == 0,
                  "\"%s\" does not end with \"%s\"", why->detail, end);
}

START_TEST(what_a_value_looks_like_is_said)
{
    struct rejection why;

    message_with_one(looks[_i].key, looks[_i].value);
    reject_bytes(message, strlen(message),
                 strcmp(looks[_i].key, "country") == 0  ? REJECT_BAD_COUNTRY
                 : strcmp(looks[_i].key, "sha256") == 0 ? REJECT_BAD_HASH
                                                        : REJECT_BAD_TIME,
                 &why);
    check_end(&why, looks[_i].looks);
}
END_TEST

static const struct {
    const char *address;
    const char *looks;
} address_looks[] = {
    {"\"203.0.113.7:443\"", "; looks like an address with a port"},
    {"\"[2001:db8::7]:443\"", "; looks like an address in brackets"},
    {"\"2001:db8::7/64\"", "; looks like a network (with /)"},
    {"\"203.0.113.7, 198.51.100.1\"", "; looks like several addresses"},
    {"\"fe80::1%eth0\"", "; looks like an address with its interface (%)"},
    {"\"010.000.000.001\"", "; looks like an address with leading zeros"},
    {"\" 203.0.113.7\"", "; looks like an address with blanks around it"},
    {"\"3405803783\"", "; looks like an address as one number"},
    {"\"[\"", "not an IPv4 or IPv6 address"},
    {"\"256.0.0.1\"", "not an IPv4 or IPv6 address"},
    {"\"unknown\"", "not an IPv4 or IPv6 address"},
};

START_TEST(what_an_address_looks_like_is_said)
{
    const struct member changes[] = {{"ip", address_looks[_i].address}, {"country", NULL}};
    struct rejection why;

    message_with(changes, COUNT(changes));
    reject_bytes(message, strlen(message), REJECT_BAD_ADDRESS, &why);
    check_end(&why, address_looks[_i].looks);
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

/* The last length that is accepted; one more byte gets the reason. */
static const struct {
    const char *key;
    size_t limit;
    enum reject_reason reason;
} limits[] = {
    {"name", 256, REJECT_BAD_NAME},     {"device", 128, REJECT_BAD_DEVICE},
    {"id", 128, REJECT_BAD_ID},         {"vendor", 256, REJECT_BAD_LABEL},
    {"product", 256, REJECT_BAD_LABEL}, {"version", 256, REJECT_BAD_LABEL},
    {"action", 256, REJECT_BAD_LABEL},  {"os", 256, REJECT_BAD_LABEL},
    {"segment", 256, REJECT_BAD_LABEL},
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

int main(void)
{
    TCase *cases = decode_case("decode_members");

    tcase_add_loop_test(cases, bad_members_are_rejected_by_name, 0, COUNT(bad_members));
    tcase_add_loop_test(cases, what_a_value_looks_like_is_said, 0, COUNT(looks));
    tcase_add_loop_test(cases, what_an_address_looks_like_is_said, 0, COUNT(address_looks));
    tcase_add_loop_test(cases, a_bad_address_beside_a_country_counts_as_absent, 0,
                        COUNT(bad_addresses));
    tcase_add_loop_test(cases, a_bad_address_beside_no_country_is_rejected, 0, COUNT(no_countries));
    tcase_add_test(cases, an_address_of_another_type_is_rejected_beside_a_country);
    tcase_add_loop_test(cases, limits_count_bytes, 0, COUNT(limits));
    tcase_add_test(cases, every_reason_has_a_word_of_its_own);
    return run_case(cases, "decode_members");
}
