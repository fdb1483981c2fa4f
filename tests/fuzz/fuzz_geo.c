/* A hostile MaxMind DB: the input is the file.
 *
 * Addresses are looked up in it, a running look-up is told to swap to it, and libmaxminddb unfolds
 * whatever kansen's own check let through: what is accepted must be harmless for all of its calls.
 */
#include "ingest/geoip/geo.h"

#include <stdbool.h>
#include <string.h>

#include <arpa/inet.h>
#include <maxminddb.h>

#include "check.h"
#include "ingest/event/country.h"
#include "ingest/geoip/survey.h"
#include "memory_file.h"

static const char *const addresses[] = {
    "0.0.0.0",
    "1.1.1.1",
    "127.255.255.255",
    "128.0.0.0",
    "192.0.2.1",
    "203.0.113.255",
    "::",
    "::1",
    "::203.0.113.7",
    "8000::",
    "255.255.255.255",
    "2001:db8::7",
    "fe80::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

#define ADDRESSES (sizeof(addresses) / sizeof(addresses[0]))

static struct memory_file file;
static struct event events[ADDRESSES + 1]; /* and one without an address */

struct answers {
    char countries[ADDRESSES + 1][COUNTRY_SIZE];
};

static void prepare(void)
{
    memory_file_open(&file);
    for (size_t i = 0; i < ADDRESSES; i++) {
        int family = strchr(addresses[i], ':') == NULL ? AF_INET : AF_INET6;

        events[i].address_family = family == AF_INET ? ADDRESS_IPV4 : ADDRESS_IPV6;
        CHECK(inet_pton(family, addresses[i], events[i].address) == 1, "%s", addresses[i]);
    }
}

static void look_up(struct geo *geo, struct answers *answers)
{
    memset(answers, 0, sizeof(*answers));
    for (size_t i = 0; i <= ADDRESSES; i++) {
        char *country = answers->countries[i];

        geo_country(geo, &events[i], country);
        CHECK(country[2] == '\0' &&
                  (country_is_known(country) || strcmp(country, COUNTRY_UNKNOWN) == 0),
              "%s is in \"%.2s\"", i < ADDRESSES ? addresses[i] : "nothing", country);
    }
    CHECK(strcmp(answers->countries[ADDRESSES], COUNTRY_UNKNOWN) == 0,
          "a country without an address");
}

static bool same_answers(const struct answers *one, const struct answers *other)
{
    return memcmp(one, other, sizeof(*one)) == 0;
}

/* A database with one network: half of all addresses. */
static const char small_database[] = "\0\0\x11\0\0\1" /* one node, its right side empty */
                                     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                     "\xE1\x4C"
                                     "country_code\x42JP"
                                     "\xAB\xCD\xEFMaxMind.com\xE9"
                                     "\x4Anode_count\xC1\1"
                                     "\x4Brecord_size\xA1\x18"
                                     "\x4Aip_version\xA1\6"
                                     "\x4D"
                                     "database_type\x44None"
                                     "\x5B"
                                     "binary_format_major_version\xA1\2"
                                     "\x5B"
                                     "binary_format_minor_version\xA0"
                                     "\x4B"
                                     "build_epoch\1\2\1"
                                     "\x4B"
                                     "description\xE0"
                                     "\x49languages\0\4";

/* Opened with a good file, then told to look at this one. */
static void check_swap(const unsigned char *data, size_t size, const struct answers *expected)
{
    struct error error = {""};
    struct answers before;
    struct answers after;
    struct geo *geo;
    int reloaded = 0;

    memory_file_write(&file, small_database, sizeof(small_database) - 1);
    CHECK(geo_open(file.path, &geo, &error) == STATUS_OK, "%s", error.message);
    look_up(geo, &before);
    memory_file_write(&file, data, size);

    enum status status = geo_refresh(geo, &reloaded, &error);

    look_up(geo, &after);
    CHECK((status == STATUS_OK) == (expected != NULL), "opening and swapping differ");
    CHECK(reloaded == (expected != NULL), "swapped, or not");
    CHECK(same_answers(&after, expected != NULL ? expected : &before), "other countries");
    CHECK(geo_refresh(geo, &reloaded, &error) == STATUS_OK && reloaded == 0, "swapped twice");
    geo_close(geo);
}

/* libmaxminddb recurses, unfolds and allocates as the file says. */
static void unfold(MMDB_entry_s *entry)
{
    MMDB_entry_data_list_s *list = NULL;

    if (MMDB_get_entry_data_list(entry, &list) == MMDB_SUCCESS)
        CHECK(list != NULL, "an empty record");
    MMDB_free_entry_data_list(list);
}

static void unfold_all(void)
{
    MMDB_entry_data_list_s *list = NULL;
    MMDB_s mmdb;

    CHECK(MMDB_open(file.path, MMDB_MODE_MMAP, &mmdb) == MMDB_SUCCESS, "it opened before");
    for (size_t i = 0; i < ADDRESSES; i++) {
        int gai = 0;
        int code = 0;
        MMDB_lookup_result_s found = MMDB_lookup_string(&mmdb, addresses[i], &gai, &code);

        if (gai == 0 && code == MMDB_SUCCESS && found.found_entry)
            unfold(&found.entry);
    }
    if (MMDB_get_metadata_as_entry_data_list(&mmdb, &list) == MMDB_SUCCESS)
        MMDB_free_entry_data_list(list);
    MMDB_close(&mmdb);
}

/* What geo_open refuses for want of a country, `kansen geoip check` opens. Whatever is opened has
 * passed the check; what is looked up is in the survey. */
static void inspect(const struct answers *answers)
{
    struct error error = {""};
    struct survey survey;
    struct geo *geo = NULL;
    uint64_t by_layout = 0;

    if (geo_open_to_inspect(file.path, &geo, &error) != STATUS_OK) {
        CHECK(answers == NULL, "opened, but not to be inspected: %s", error.message);
        return;
    }
    CHECK(geo_survey(geo, &survey, &error) == STATUS_OK, "%s", error.message);
    for (int layout = 0; layout < COUNTRY_LAYOUTS; layout++)
        by_layout += survey.by_layout[layout];
    CHECK((answers != NULL) == (survey.with_country > 0), "%ju countries",
          (uintmax_t)survey.with_country);
    CHECK(by_layout == survey.with_country, "layouts don't add up");
    CHECK(survey.with_country <= survey.networks_v4 + survey.networks_v6, "more than networks");
    for (size_t i = 0; i <= ADDRESSES; i++) {
        struct geo_answer answer;

        geo_look_up(geo, &events[i], &answer);
        CHECK(strcmp(answer.country, answers != NULL ? answers->countries[i] : COUNTRY_UNKNOWN) ==
                  0,
              "asked at length, another answer");
        CHECK(answer.prefix <= (events[i].address_family == ADDRESS_IPV4 ? 32u : 128u), "/%u",
              answer.prefix);
    }
    geo_close(geo);
    unfold_all();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct error error = {""};
    struct answers answers;
    struct answers again;
    struct geo *geo = NULL;

    if (*file.path == '\0')
        prepare();
    memory_file_write(&file, data, size);
    if (geo_open(file.path, &geo, &error) != STATUS_OK) {
        CHECK(strncmp(error.message, file.path, strlen(file.path)) == 0, "%s", error.message);
        CHECK(strlen(error.message) > strlen(file.path) + 2, "no reason");
        inspect(NULL);
        check_swap(data, size, NULL);
        return 0;
    }
    look_up(geo, &answers);
    look_up(geo, &again);
    CHECK(same_answers(&answers, &again), "another answer the second time");
    geo_close(geo);
    inspect(&answers);
    check_swap(data, size, &answers);
    return 0;
}
