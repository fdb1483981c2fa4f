/* Where files of different makers have the country, and files that have none at all. */
#include <check.h>

#include "geo_fixture.h"
#include "ingest/geoip/survey.h"

#define KEYS_MAX 12

/* Flat text: key, value, key, value …; ends with NULL. */
static size_t record_of_texts(const char *const *texts)
{
    size_t offset = writer.records.size;
    size_t count = 0;

    while (texts[2 * count] != NULL)
        count++;
    put_map(&writer.records, count);
    for (size_t i = 0; i < 2 * count; i++)
        put_text(&writer.records, texts[i]);
    return offset;
}

/* {"OUTER": {"INNER": "CODE"}} */
static size_t record_of_nested(const char *outer, const char *inner, const char *code)
{
    size_t offset = writer.records.size;

    put_map(&writer.records, 1);
    put_text(&writer.records, outer);
    put_map(&writer.records, 1);
    put_text(&writer.records, inner);
    put_text(&writer.records, code);
    return offset;
}

/* A file whose 192.0.2.0/24 has what was written last. */
static void finish_with(size_t offset)
{
    writer_insert("192.0.2.0", 24, offset);
    writer_finish();
    write_file();
}

static const struct {
    const char *country;
    const char *layout;
    const char *texts[2 * KEYS_MAX + 1];
} flat[] = {
    /* IPinfo, older files: country is the code */
    {"JP", "country", {"country", "JP", "country_name", "Japan", "continent", "AS"}},
    {"JP",
     "country",
     {"as_name", "ARTERIA", "asn", "AS2519", "continent", "AS", "country", "JP", "country_name",
      "Japan"}},
    {"KR", "country", {"city", "Yangsan", "country", "KR", "region", "Gyeongsangnam-do"}},
    /* IPinfo Lite, Core and Plus: country is the name */
    {"JP",
     "country_code",
     {"asn", "AS2519", "continent", "Asia", "continent_code", "AS", "country", "Japan",
      "country_code", "JP"}},
    /* ip-location-db, IPLocate */
    {"JP", "country_code", {"country_code", "JP"}},
    {"DE", "country_code", {"city", "Berlin", "country_code", "DE", "state1", "Berlin"}},
    {"FR",
     "country_code",
     {"continent_code", "EU", "country_code", "FR", "country_name", "France"}},
    {"TW", "countryCode", {"countryCode", "TW"}},
    {"TW", "country_iso_code", {"country_iso_code", "TW"}},
    /* small letters, and both */
    {"JP", "country_code", {"country_code", "jp"}},
    {"JP", "country", {"country", "Jp"}},
    /* an empty code beside a good one */
    {"JP", "country", {"country", "JP", "country_code", ""}},
    {"XK", "country_code", {"country_code", "XK"}},
    /* what is no country */
    {"ZZ", NULL, {"country_code", "EU"}},
    {"ZZ", NULL, {"country_code", "AP"}},
    {"ZZ", NULL, {"country_code", "ZZ"}},
    {"ZZ", NULL, {"country_code", "A1"}},
    {"ZZ", NULL, {"country_code", "zz", "country", "eu"}},
    {"ZZ", NULL, {"country_code", "UK"}},
    {"ZZ", NULL, {"country_code", "-"}},
    {"ZZ", NULL, {"country_code", "JPN"}},
    {"ZZ", NULL, {"country_code", "J"}},
    {"ZZ", NULL, {"country_code", "\xC3\xA9"}},
    {"ZZ", NULL, {"country", "Japan"}},
    {"ZZ", NULL, {"country_name", "Japan"}},
    {"ZZ", NULL, {"continent", "AS", "continent_code", "SA"}},
    {"ZZ", NULL, {"registered_country", "JP"}},
    {"ZZ", NULL, {"Country", "JP"}},
    {"ZZ", NULL, {"country_code ", "JP"}},
    {"ZZ", NULL, {"", "JP"}},
};

/* Beside a network that has one, so that the file is taken. */
START_TEST(flat_countries_are_read)
{
    struct event event = event_from("192.0.2.7");
    struct geo_answer answer;

    writer_start(6, 24);
    writer_insert("198.51.100.0", 24, record_of_country("US"));
    finish_with(record_of_texts(flat[_i].texts));

    struct geo *geo = open_good();

    assert_country(geo, "192.0.2.7", flat[_i].country);
    geo_look_up(geo, &event, &answer);
    ck_assert_str_eq(answer.country, flat[_i].country);
    ck_assert_pstr_eq(answer.layout, flat[_i].layout);
    geo_close(geo);
}
END_TEST

START_TEST(a_nested_country_counts_before_a_flat_one)
{
    writer_start(6, 24);

    size_t offset = writer.records.size;

    put_map(&writer.records, 2);
    put_text(&writer.records, "country_code");
    put_text(&writer.records, "US");
    put_text(&writer.records, "country");
    put_map(&writer.records, 1);
    put_text(&writer.records, "iso_code");
    put_text(&writer.records, "JP");
    finish_with(offset);

    struct geo *geo = open_good();

    assert_country(geo, "192.0.2.7", "JP");
    geo_close(geo);
}
END_TEST

/* ---- files without countries */

static size_t record_of_asn(void)
{
    size_t offset = writer.records.size;

    put_map(&writer.records, 2);
    put_text(&writer.records, "autonomous_system_number");
    put_unsigned(&writer.records, 6, 64496, 4);
    put_text(&writer.records, "autonomous_system_organization");
    put_text(&writer.records, "Example");
    return offset;
}

/* The key alone, a boolean that is true. */
static size_t record_of_flag(const char *key)
{
    size_t offset = writer.records.size;

    put_map(&writer.records, 1);
    put_text(&writer.records, key);
    put_control(&writer.records, 14, 1);
    return offset;
}

static const struct {
    const char *type;
    const char *key;   /* NULL: an ASN */
    const char *value; /* NULL: true */
} without_countries[] = {
    {"GeoLite2-ASN", NULL, NULL},
    {"GeoIP2-ISP", "isp", "Example"},
    {"GeoIP2-Anonymous-IP", "is_anonymous_vpn", NULL},
    {"GeoIP2-Connection-Type", "connection_type", "Cellular"},
    {"GeoIP2-Domain", "domain", "example.com"},
    {"ipinfo generic_asn_free.mmdb", "asn", "AS64496"},
    {"Continents", "continent", "AS"},
    {"Names", "country", "Japan"},
    {"GeoLite2-Country", "country_code", "EU"}, /* its name says yes, its records no */
};

static size_t record_without_country(int kind)
{
    const char *const texts[] = {without_countries[kind].key, without_countries[kind].value, NULL};

    if (without_countries[kind].key == NULL)
        return record_of_asn();
    return texts[1] == NULL ? record_of_flag(texts[0]) : record_of_texts(texts);
}

START_TEST(a_file_without_countries_is_refused_and_named)
{
    const char *key = without_countries[_i].key;

    writer_start(6, 28);
    writer.type = without_countries[_i].type;
    finish_with(record_without_country(_i));
    assert_bad(without_countries[_i].type);
    assert_bad(key != NULL ? key : "autonomous_system_number, autonomous_system_organization");
    assert_bad("GeoLite2-Country or -City"); /* the way on */
}
END_TEST

START_TEST(where_a_network_is_registered_is_no_country)
{
    writer_start(6, 24);
    finish_with(record_of_nested("registered_country", "iso_code", "JP"));
    assert_bad("without countries: its records hold registered_country");
    writer_start(6, 24);
    finish_with(record_of_nested("represented_country", "iso_code", "JP"));
    assert_bad("without countries: its records hold represented_country");
}
END_TEST

START_TEST(a_file_without_networks_is_refused)
{
    writer_start(6, 24);
    writer_finish();
    write_file();
    assert_bad("empty database of type \"Test-Country\"");
}
END_TEST

/* The only country is in the last of many networks. */
START_TEST(one_country_is_enough)
{
    writer_start(4, 24);
    for (int number = 0; number < 200; number++) {
        char network[32];

        snprintf(network, sizeof(network), "10.0.%d.0", number);
        writer_insert(network, 24, record_of_asn());
    }
    writer_insert("224.0.0.0", 4, record_of_country("JP"));
    writer_finish();
    write_file();

    struct geo *geo = open_good();

    assert_country(geo, "224.0.0.1", "JP");
    assert_country(geo, "10.0.7.1", "ZZ");
    geo_close(geo);
}
END_TEST

START_TEST(a_new_file_without_countries_keeps_the_old_one_and_is_named_once)
{
    struct error error = {""};
    int reloaded = 1;

    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    writer_start(6, 24);
    writer.type = "GeoLite2-ASN";
    finish_with(record_of_asn());
    ck_assert_int_eq(geo_refresh(geo, &reloaded, &error), STATUS_REJECT);
    ck_assert_int_eq(reloaded, 0);
    ck_assert_ptr_nonnull(strstr(error.message, "\"GeoLite2-ASN\" without countries"));
    assert_country(geo, "192.0.2.7", "JP");
    assert_refresh(geo, STATUS_OK, 0);
    writer_start(6, 24);
    finish_with(record_of_country("DE"));
    assert_refresh(geo, STATUS_OK, 1);
    assert_country(geo, "192.0.2.7", "DE");
    geo_close(geo);
}
END_TEST

/* ---- answers at length */

static const struct {
    const char *address;
    bool found;
    unsigned prefix;
} networks[] = {
    {"192.0.2.7", true, 24}, {"198.51.100.128", true, 32}, {"203.0.113.1", true, 28},
    {"192.0.3.7", false, 0}, {"2001:db8::7", true, 48},    {"2001:db9::7", false, 0},
};

START_TEST(an_answer_says_which_network_it_is_of)
{
    int ip_version = _i == 0 ? 4 : 6;

    write_countries(ip_version, 24);
    write_file();

    struct geo *geo = open_good();

    for (size_t index = 0; index < COUNT(networks); index++) {
        struct event event = event_from(networks[index].address);
        bool can_be_found = ip_version == 6 || event.address_family == ADDRESS_IPV4;
        struct geo_answer answer;

        geo_look_up(geo, &event, &answer);
        ck_assert_int_eq(answer.found, networks[index].found && can_be_found);
        ck_assert_uint_eq(answer.prefix, can_be_found ? networks[index].prefix : 0);
    }
    geo_close(geo);
}
END_TEST

static void take_survey(struct survey *survey)
{
    struct geo *geo = NULL;
    struct error error = {""};

    ck_assert_int_eq(geo_open_to_inspect(path, &geo, &error), STATUS_OK);
    ck_assert_int_eq(geo_survey(geo, survey, &error), STATUS_OK);
    geo_close(geo);
}

/* 6to4 (2002::/16) leads into the nodes of IPv4: these networks are there once. */
START_TEST(a_survey_counts_each_network_once)
{
    const char *const texts[] = {"country_code", "jp", NULL};
    struct survey survey;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer_insert("198.51.100.0", 24, record_of_texts(texts));
    writer_insert("203.0.113.0", 24, record_of_asn());
    writer_insert("2001:db8::", 48, record_of_country("FR"));
    writer_link("2002::", 16, writer_leftmost(96));
    writer_finish();
    write_file();
    take_survey(&survey);
    ck_assert_uint_eq(survey.networks_v4, 3);
    ck_assert_uint_eq(survey.networks_v6, 1);
    ck_assert_uint_eq(survey.with_country, 3);
    ck_assert_uint_eq(survey.by_layout[0], 2);
    ck_assert_uint_eq(survey.by_layout[1], 1);
    ck_assert_str_eq(survey.keys, "continent, country, registered_country");
}
END_TEST

START_TEST(a_survey_is_taken_of_files_that_geo_open_refuses)
{
    struct survey survey;

    writer_start(4, 32);
    finish_with(record_of_asn());
    take_survey(&survey);
    ck_assert_uint_eq(survey.networks_v4, 1);
    ck_assert_uint_eq(survey.networks_v6, 0);
    ck_assert_uint_eq(survey.with_country, 0);
    ck_assert_str_eq(survey.keys, "autonomous_system_number, autonomous_system_organization");
}
END_TEST

static Suite *geo_layouts_suite(void)
{
    Suite *suite = suite_create("geo_layouts");
    TCase *cases = tcase_create("geo_layouts");

    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_add_loop_test(cases, flat_countries_are_read, 0, COUNT(flat));
    tcase_add_test(cases, a_nested_country_counts_before_a_flat_one);
    tcase_add_loop_test(cases, a_file_without_countries_is_refused_and_named, 0,
                        COUNT(without_countries));
    tcase_add_test(cases, where_a_network_is_registered_is_no_country);
    tcase_add_test(cases, a_file_without_networks_is_refused);
    tcase_add_test(cases, one_country_is_enough);
    tcase_add_test(cases, a_new_file_without_countries_keeps_the_old_one_and_is_named_once);
    tcase_add_loop_test(cases, an_answer_says_which_network_it_is_of, 0, 2);
    tcase_add_test(cases, a_survey_counts_each_network_once);
    tcase_add_test(cases, a_survey_is_taken_of_files_that_geo_open_refuses);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(geo_layouts_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
