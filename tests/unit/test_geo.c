/* Countries from a MaxMind DB: good files, bad files, and files that change under a look-up. */
#include "ingest/geoip/geo.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define BUILD_EPOCH 1379088328

/* ---- A small writer of MaxMind DB files (MaxMind-DB-spec 2.0) ---- */

#define NODES_MAX 2048
#define BYTES_MAX (512 * 1024)

enum { EMPTY = 0, DATA = 1u << 31 };

struct bytes {
    uint8_t data[BYTES_MAX];
    size_t size;
};

struct writer {
    int ip_version;
    uint32_t record_size;
    /* EMPTY, the number of a node, or DATA and an offset; node 0 is the root and nobody's child. */
    uint32_t nodes[NODES_MAX][2];
    uint32_t node_count;
    uint32_t node_count_claimed; /* 0: the true one */
    struct bytes records;
    struct bytes metadata; /* left empty: good metadata */
};

static struct writer writer;
static struct bytes file;

static void put(struct bytes *bytes, const void *data, size_t size)
{
    ck_assert_uint_le(bytes->size + size, BYTES_MAX);
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static void put_number(struct bytes *bytes, uint64_t number, int size)
{
    for (int place = size - 1; place >= 0; place--)
        put(bytes, &(uint8_t){(uint8_t)(number >> (8 * place))}, 1);
}

/* Sizes up to 28. */
static void put_control(struct bytes *bytes, int type, size_t size)
{
    if (type > 7) {
        put_number(bytes, size, 1);
        put_number(bytes, (uint64_t)type - 7, 1);
    } else {
        put_number(bytes, (uint64_t)type << 5 | size, 1);
    }
}

static void put_text(struct bytes *bytes, const char *text)
{
    put_control(bytes, 2, strlen(text));
    put(bytes, text, strlen(text));
}

static void put_unsigned(struct bytes *bytes, int type, uint64_t number, int size)
{
    put_control(bytes, type, (size_t)size);
    put_number(bytes, number, size);
}

static void put_map(struct bytes *bytes, size_t members)
{
    put_control(bytes, 7, members);
}

static void put_array(struct bytes *bytes, size_t members)
{
    put_control(bytes, 11, members);
}

/* The longest form: four bytes of offset. */
static void put_pointer(struct bytes *bytes, size_t offset)
{
    put_number(bytes, 1u << 5 | 3u << 3, 1);
    put_number(bytes, offset, 4);
}

static void put_uint16(struct bytes *bytes, const char *key, uint64_t number)
{
    put_text(bytes, key);
    put_unsigned(bytes, 5, number, 2);
}

static void put_metadata_without_languages(struct bytes *bytes, uint32_t node_count)
{
    put_text(bytes, "node_count");
    put_unsigned(bytes, 6, node_count, 4);
    put_uint16(bytes, "record_size", writer.record_size);
    put_uint16(bytes, "ip_version", (uint64_t)writer.ip_version);
    put_text(bytes, "database_type");
    put_text(bytes, "Test-Country");
    put_uint16(bytes, "binary_format_major_version", 2);
    put_uint16(bytes, "binary_format_minor_version", 0);
    put_text(bytes, "build_epoch");
    put_unsigned(bytes, 9, BUILD_EPOCH, 8);
    put_text(bytes, "description");
    put_map(bytes, 1);
    put_text(bytes, "en");
    put_text(bytes, "made by a test");
}

static void put_good_metadata(struct bytes *bytes, uint32_t node_count)
{
    put_map(bytes, 9);
    put_metadata_without_languages(bytes, node_count);
    put_text(bytes, "languages");
    put_array(bytes, 2);
    put_text(bytes, "en");
    put_text(bytes, "ja");
}

static void writer_start(int ip_version, uint32_t record_size)
{
    memset(&writer, 0, sizeof(writer));
    writer.ip_version = ip_version;
    writer.record_size = record_size;
    writer.node_count = 1;
}

static void put_node(struct bytes *bytes, const uint32_t raw[2])
{
    uint32_t record[2];

    for (int side = 0; side < 2; side++)
        record[side] = raw[side] == EMPTY ? writer.node_count
                       : raw[side] & DATA ? writer.node_count + 16 + (raw[side] & ~(uint32_t)DATA)
                                          : raw[side];
    if (writer.record_size == 28) {
        put_number(bytes, record[0] & 0xFFFFFF, 3);
        put_number(bytes, (record[0] >> 24) << 4 | record[1] >> 24, 1);
        put_number(bytes, record[1] & 0xFFFFFF, 3);
        return;
    }
    put_number(bytes, record[0], (int)writer.record_size / 8);
    put_number(bytes, record[1], (int)writer.record_size / 8);
}

/* The whole file as bytes. */
static void writer_finish(void)
{
    static const uint8_t separator[16];

    file.size = 0;
    for (uint32_t node = 0; node < writer.node_count; node++)
        put_node(&file, writer.nodes[node]);
    put(&file, separator, sizeof(separator));
    put(&file, writer.records.data, writer.records.size);
    put(&file, "\xAB\xCD\xEFMaxMind.com", 14);
    if (writer.metadata.size > 0)
        put(&file, writer.metadata.data, writer.metadata.size);
    else
        put_good_metadata(&file, writer.node_count_claimed != 0 ? writer.node_count_claimed
                                                                : writer.node_count);
}

/* IPv4 networks of an IPv6 tree lie below ::/96. */
static void writer_insert(const char *network, int prefix, size_t offset)
{
    uint8_t address[16] = {0};
    uint32_t node = 0;
    bool is_v4 = strchr(network, ':') == NULL;

    if (is_v4 && writer.ip_version == 6) {
        ck_assert_int_eq(inet_pton(AF_INET, network, address + 12), 1);
        prefix += 96;
    } else {
        ck_assert_int_eq(inet_pton(is_v4 ? AF_INET : AF_INET6, network, address), 1);
    }
    for (int bit = 0; bit < prefix; bit++) {
        uint32_t *record = &writer.nodes[node][address[bit / 8] >> (7 - bit % 8) & 1];

        if (bit == prefix - 1) {
            *record = DATA | (uint32_t)offset;
            return;
        }
        if (*record == EMPTY) {
            ck_assert_uint_lt(writer.node_count, NODES_MAX);
            *record = writer.node_count++;
        }
        node = *record;
    }
}

/* {"continent": …, "country": {"iso_code": …}, "registered_country": {"iso_code": "US"}} */
static size_t record_of_country(const char *code)
{
    size_t offset = writer.records.size;

    put_map(&writer.records, 3);
    put_text(&writer.records, "continent");
    put_map(&writer.records, 1);
    put_text(&writer.records, "names");
    put_array(&writer.records, 1);
    put_unsigned(&writer.records, 6, 7, 1);
    put_text(&writer.records, "country");
    put_map(&writer.records, 2);
    put_text(&writer.records, "geoname_id");
    put_unsigned(&writer.records, 6, 1861060, 3);
    put_text(&writer.records, "iso_code");
    put_text(&writer.records, code);
    put_text(&writer.records, "registered_country");
    put_map(&writer.records, 1);
    put_text(&writer.records, "iso_code");
    put_text(&writer.records, "US");
    return offset;
}

static size_t record_of_registered_country(void)
{
    size_t offset = writer.records.size;

    put_map(&writer.records, 1);
    put_text(&writer.records, "registered_country");
    put_map(&writer.records, 1);
    put_text(&writer.records, "iso_code");
    put_text(&writer.records, "US");
    return offset;
}

/* The record, its keys and values are all pointers. */
static size_t record_of_pointers(const char *code)
{
    struct bytes *records = &writer.records;
    size_t country_key = records->size;
    put_text(records, "country");
    size_t iso_code_key = records->size;
    put_text(records, "iso_code");
    size_t iso_code = records->size;
    put_text(records, code);
    size_t country = records->size;
    put_map(records, 1);
    put_pointer(records, iso_code_key);
    put_pointer(records, iso_code);
    size_t root = records->size;
    put_map(records, 1);
    put_pointer(records, country_key);
    put_pointer(records, country);
    size_t offset = records->size;
    put_pointer(records, root);
    return offset;
}

static size_t record_with_number_as_code(void)
{
    size_t offset = writer.records.size;

    put_map(&writer.records, 1);
    put_text(&writer.records, "country");
    put_map(&writer.records, 1);
    put_text(&writer.records, "iso_code");
    put_unsigned(&writer.records, 5, 392, 2);
    return offset;
}

static size_t record_with_text_as_country(void)
{
    size_t offset = writer.records.size;

    put_map(&writer.records, 1);
    put_text(&writer.records, "country");
    put_text(&writer.records, "JP");
    return offset;
}

static size_t record_of_text(void)
{
    size_t offset = writer.records.size;

    put_text(&writer.records, "JP");
    return offset;
}

/* The networks of look_ups below. */
static void write_countries(int ip_version, uint32_t record_size)
{
    writer_start(ip_version, record_size);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer_insert("198.51.100.0", 25, record_of_country("US"));
    writer_insert("198.51.100.128", 32, record_of_country("AU"));
    writer_insert("203.0.113.0", 28, record_of_registered_country());
    writer_insert("203.0.113.16", 28, record_of_pointers("IN"));
    writer_insert("203.0.113.32", 28, record_with_number_as_code());
    writer_insert("203.0.113.48", 28, record_with_text_as_country());
    writer_insert("203.0.113.64", 28, record_of_text());
    writer_insert("203.0.113.80", 28, record_of_country(""));
    writer_insert("203.0.113.96", 28, record_of_country("JPN"));
    writer_insert("203.0.113.112", 28, record_of_country("jp"));
    writer_insert("233.252.0.0", 32, record_of_country("A1"));
    writer_insert("233.252.0.1", 32, record_of_country("A2"));
    writer_insert("233.252.0.2", 32, record_of_country("O1"));
    writer_insert("233.252.0.3", 32, record_of_country("EU"));
    writer_insert("233.252.0.4", 32, record_of_country("AP"));
    writer_insert("233.252.0.5", 32, record_of_country("AN"));
    writer_insert("233.252.0.6", 32, record_of_country("XK"));
    writer_insert("233.252.0.7", 32, record_of_country("ZZ"));
    if (ip_version == 6) {
        writer_insert("2001:db8::", 48, record_of_country("FR"));
        writer_insert("2001:db8:1::", 48, record_of_country("TW"));
    }
    writer_finish();
}

static const struct {
    const char *address;
    const char *country;
    const char *country_in_v4_file;
} look_ups[] = {
    {"192.0.2.0", "JP", "JP"},
    {"192.0.2.255", "JP", "JP"},
    {"192.0.3.0", "ZZ", "ZZ"},
    {"192.0.1.255", "ZZ", "ZZ"},
    {"198.51.100.0", "US", "US"},
    {"198.51.100.127", "US", "US"},
    {"198.51.100.128", "AU", "AU"},
    {"198.51.100.129", "ZZ", "ZZ"},
    {"203.0.113.1", "ZZ", "ZZ"},  /* registered_country alone */
    {"203.0.113.17", "IN", "IN"}, /* by pointers */
    {"203.0.113.33", "ZZ", "ZZ"},
    {"203.0.113.49", "ZZ", "ZZ"},
    {"203.0.113.65", "ZZ", "ZZ"},
    {"203.0.113.81", "ZZ", "ZZ"},
    {"203.0.113.97", "ZZ", "ZZ"},
    {"203.0.113.113", "ZZ", "ZZ"},
    {"233.252.0.0", "ZZ", "ZZ"}, /* MaxMind's words for "no country" */
    {"233.252.0.1", "ZZ", "ZZ"},
    {"233.252.0.2", "ZZ", "ZZ"},
    {"233.252.0.3", "ZZ", "ZZ"},
    {"233.252.0.4", "ZZ", "ZZ"},
    {"233.252.0.5", "ZZ", "ZZ"},
    {"233.252.0.6", "XK", "XK"},
    {"233.252.0.7", "ZZ", "ZZ"},
    {"0.0.0.0", "ZZ", "ZZ"},
    {"255.255.255.255", "ZZ", "ZZ"},
    {"10.0.0.1", "ZZ", "ZZ"},
    {"2001:db8::1", "FR", "ZZ"},
    {"2001:db8:0:ffff:ffff:ffff:ffff:ffff", "FR", "ZZ"},
    {"2001:db8:1::", "TW", "ZZ"},
    {"2001:db8:2::", "ZZ", "ZZ"},
    {"::", "ZZ", "ZZ"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ZZ", "ZZ"},
};

/* ---- The file on disk ---- */

static char folder[256];
static char path[512];
static time_t written;

static void make_folder(void)
{
    const char *parent = getenv("TMPDIR");

    snprintf(folder, sizeof(folder), "%.200s/kansen-geo-XXXXXX", parent != NULL ? parent : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/country.mmdb", folder);
    written = 1400000000;
}

static void remove_folder(void)
{
    remove(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* In place, as a careless updater does. Every write gets a time of its own, since two within a tick
 * of the kernel's clock would share one. */
static void write_bytes(const void *bytes, size_t size)
{
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct timespec times[2] = {{.tv_sec = written}, {.tv_sec = written}};

    ck_assert_int_ge(out, 0);
    ck_assert_int_eq(write(out, bytes, size), (ssize_t)size);
    ck_assert_int_eq(futimens(out, times), 0);
    close(out);
    written++;
}

static void write_file(void)
{
    write_bytes(file.data, file.size);
}

static struct geo *open_good(void)
{
    struct geo *geo = NULL;
    struct error error = {""};
    enum status status = geo_open(path, &geo, &error);

    ck_assert_msg(status == STATUS_OK, "%s", error.message);
    return geo;
}

static void assert_bad(const char *message)
{
    struct geo *geo = NULL;
    struct error error = {""};

    ck_assert_int_eq(geo_open(path, &geo, &error), STATUS_FATAL);
    ck_assert_ptr_null(geo);
    ck_assert_msg(strncmp(error.message, path, strlen(path)) == 0, "%s names no file",
                  error.message);
    ck_assert_msg(strstr(error.message, message) != NULL, "%s", error.message);
}

static struct event event_from(const char *address)
{
    struct event event = {0};

    if (inet_pton(AF_INET, address, event.address) == 1) {
        event.address_family = ADDRESS_IPV4;
    } else {
        ck_assert_int_eq(inet_pton(AF_INET6, address, event.address), 1);
        event.address_family = ADDRESS_IPV6;
    }
    return event;
}

static void assert_country(struct geo *geo, const char *address, const char *expected)
{
    struct event event = event_from(address);
    char country[COUNTRY_SIZE] = "??";

    geo_country(geo, &event, country);
    ck_assert_msg(strcmp(country, expected) == 0, "%s is %s, not %s", address, country, expected);
}

static void assert_refresh(struct geo *geo, enum status expected, int expected_reloaded)
{
    struct error error = {""};
    int reloaded = -1;
    enum status status = geo_refresh(geo, &reloaded, &error);

    ck_assert_msg(status == expected, "%d: %s", status, error.message);
    ck_assert_int_eq(reloaded, expected_reloaded);
    if (expected != STATUS_OK)
        ck_assert_msg(strstr(error.message, path) != NULL, "%s names no file", error.message);
}

/* ---- Good files ---- */

static const struct {
    int ip_version;
    uint32_t record_size;
} formats[] = {{4, 24}, {4, 28}, {4, 32}, {6, 24}, {6, 28}, {6, 32}};

START_TEST(countries_are_found_in_every_format)
{
    int ip_version = formats[_i].ip_version;

    write_countries(ip_version, formats[_i].record_size);
    write_file();

    struct geo *geo = open_good();

    for (size_t index = 0; index < COUNT(look_ups); index++)
        assert_country(geo, look_ups[index].address,
                       ip_version == 4 ? look_ups[index].country_in_v4_file
                                       : look_ups[index].country);
    geo_close(geo);
}
END_TEST

START_TEST(an_event_without_an_address_is_of_unknown_country)
{
    struct event event = {.address_family = ADDRESS_NONE};
    char country[COUNTRY_SIZE] = "??";

    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    geo_country(geo, &event, country);
    ck_assert_str_eq(country, "ZZ");
    geo_close(geo);
}
END_TEST

START_TEST(the_build_date_is_that_of_the_file)
{
    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    ck_assert_int_eq(geo_build_epoch(geo), BUILD_EPOCH);
    geo_close(geo);
}
END_TEST

START_TEST(closing_nothing_is_allowed)
{
    geo_close(NULL);
}
END_TEST

/* ---- Bad files ---- */

START_TEST(what_is_no_file_is_refused)
{
    assert_bad("No such file");
    ck_assert_int_eq(mkdir(path, 0700), 0);
    assert_bad("not a file");
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    assert_bad("not a file");
    remove(path);
    ck_assert_int_eq(symlink("/dev/zero", path), 0);
    assert_bad("not a file");
}
END_TEST

START_TEST(what_is_no_database_is_refused)
{
    write_bytes("", 0);
    assert_bad("0 bytes");
    write_bytes("hello", 5);
    assert_bad("not a MaxMind DB");
    write_bytes("\xAB\xCD\xEFMaxMind.com", 14);
    assert_bad("metadata is damaged");
    write_bytes("\xAB\xCD\xEFMaxMind.com\xE0", 15);
    assert_bad("metadata is damaged");
    write_bytes("\xAB\xCD\xEFMaxMind.com\xE0\0\0", 17);
    assert_bad("metadata lacks the size");
}
END_TEST

START_TEST(a_file_beyond_a_gibibyte_is_refused_unread)
{
    write_bytes("", 0);
    ck_assert_int_eq(truncate(path, ((off_t)1 << 30) + 1), 0);
    assert_bad("1073741825 bytes");
}
END_TEST

START_TEST(every_cut_of_a_file_is_refused)
{
    write_countries(6, 28);
    for (size_t size = 0; size < file.size; size++) {
        write_bytes(file.data, size);
        assert_bad("");
    }
}
END_TEST

/* Seeded, so that a failure can be repeated. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Whatever a damaged file says, the answer is two dead_letters. */
static void look_up_all(struct geo *geo)
{
    for (size_t index = 0; index < COUNT(look_ups); index++) {
        struct event event = event_from(look_ups[index].address);
        char country[COUNTRY_SIZE] = "??";

        geo_country(geo, &event, country);
        ck_assert_msg(country[0] >= 'A' && country[0] <= 'Z' && country[1] >= 'A' &&
                          country[1] <= 'Z' && country[2] == '\0',
                      "%s", country);
    }
}

START_TEST(damaged_files_are_refused_or_harmless)
{
    static struct bytes good;
    uint32_t state = 2013 + (uint32_t)_i;
    uint32_t opened = 0;

    write_countries(formats[_i].ip_version, formats[_i].record_size);
    good = file;
    for (int round = 0; round < 1000; round++) {
        struct geo *geo = NULL;
        struct error error;

        file = good;
        for (uint32_t flips = 1 + next_random(&state) % 4; flips > 0; flips--) {
            /* Every other time in the metadata, which is small and matters most. */
            size_t range = round % 2 == 0 ? file.size : 220;

            file.data[file.size - 1 - next_random(&state) % range] ^=
                (uint8_t)(1 << next_random(&state) % 8);
        }
        write_file();
        if (geo_open(path, &geo, &error) != STATUS_OK)
            continue;
        opened++;
        look_up_all(geo);
        geo_close(geo);
    }
    ck_assert_uint_gt(opened, 0);
}
END_TEST

/* libmaxminddb 1.7.1 follows the larger ones until the stack ends. */
static const struct {
    bool of_maps;
    int levels;
} nestings[] = {{true, 20}, {false, 20}, {true, 100000}, {false, 100000}};

START_TEST(a_record_nested_too_deep_is_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, 0);
    for (int level = 0; level < nestings[_i].levels; level++)
        if (nestings[_i].of_maps) {
            put_map(&writer.records, 1);
            put_text(&writer.records, "a");
        } else {
            put_array(&writer.records, 1);
        }
    put_text(&writer.records, "end");
    writer_finish();
    write_file();
    assert_bad("record at byte 0");
}
END_TEST

START_TEST(pointers_in_a_circle_are_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, 0);
    put_map(&writer.records, 1);
    put_text(&writer.records, "country");
    put_pointer(&writer.records, 0);
    writer_finish();
    write_file();
    assert_bad("record at byte 0");

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, 0);
    put_pointer(&writer.records, 0);
    writer_finish();
    write_file();
    assert_bad("record at byte 0");
}
END_TEST

/* Six maps of twenty pointers to the one before: 64 million values in 800 bytes. */
START_TEST(metadata_that_unfolds_without_end_is_refused)
{
    struct bytes *metadata = &writer.metadata;
    size_t before = 0;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    put_map(metadata, 10);
    put_text(metadata, "levels");
    put_map(metadata, 6);
    for (int level = 0; level < 6; level++) {
        put_text(metadata, "level");

        size_t start = metadata->size;

        put_map(metadata, 20);
        for (int member = 0; member < 20; member++) {
            put_text(metadata, "a");
            if (level == 0)
                put_text(metadata, "b");
            else
                put_pointer(metadata, before);
        }
        before = start;
    }
    put_metadata_without_languages(metadata, writer.node_count);
    put_text(metadata, "languages");
    put_array(metadata, 0);
    writer_finish();
    write_file();
    assert_bad("metadata is damaged");
}
END_TEST

START_TEST(languages_that_are_no_text_are_refused)
{
    struct bytes *metadata = &writer.metadata;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    put_map(metadata, 9);
    put_metadata_without_languages(metadata, writer.node_count);
    put_text(metadata, "languages");
    put_array(metadata, 2);
    put_text(metadata, "en");
    put_unsigned(metadata, 5, 1, 1);
    writer_finish();
    write_file();
    assert_bad("metadata is damaged");
}
END_TEST

START_TEST(descriptions_that_are_no_text_are_refused)
{
    struct bytes *metadata = &writer.metadata;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    put_map(metadata, 10);
    put_text(metadata, "description");
    put_map(metadata, 1);
    put_text(metadata, "en");
    put_pointer(metadata, 2); /* the d of description, which reads as a double of four bytes */
    put_metadata_without_languages(metadata, writer.node_count);
    put_text(metadata, "languages");
    put_array(metadata, 0);
    writer_finish();
    write_file();
    assert_bad("metadata is damaged");
}
END_TEST

START_TEST(a_map_of_more_members_than_bytes_is_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, 0);
    put(&writer.records, "\xFF\xFF\xFF\xFF", 4); /* 16,843,036 members */
    put_text(&writer.records, "country");
    writer_finish();
    write_file();
    assert_bad("record at byte 0");
}
END_TEST

/* In 32-bit arithmetic, 715,827,883 nodes of six bytes are two bytes. */
static const uint32_t false_node_counts[] = {715827883, 0xFFFFFFFF, 100000};

START_TEST(a_tree_larger_than_the_file_is_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer.node_count_claimed = false_node_counts[_i];
    writer_finish();
    write_file();
    assert_bad("search tree is larger");
}
END_TEST

static const char *const required_keys[] = {
    "node_count",  "record_size", "ip_version", "database_type", "binary_format_major_version",
    "build_epoch", "description", "languages",
};

START_TEST(metadata_without_a_required_key_is_refused)
{
    const char *key = required_keys[_i];

    write_countries(6, 24);
    for (size_t at = file.size - strlen(key); at > 0; at--)
        if (memcmp(file.data + at, key, strlen(key)) == 0) {
            file.data[at] = 'X';
            break;
        }
    write_file();
    assert_bad("metadata lacks");
}
END_TEST

START_TEST(a_tree_that_leads_into_the_separator_is_refused)
{
    writer_start(6, 24);
    /* One byte before the data. */
    writer.nodes[0][1] = DATA | 0x7FFFFFFF;
    put_text(&writer.records, "JP");
    writer_finish();
    write_file();
    assert_bad("search tree leads outside");
}
END_TEST

/* ---- Files that change ---- */

START_TEST(look_ups_survive_a_file_cut_and_rewritten_in_place)
{
    static struct bytes good;

    write_countries(6, 24);
    write_file();
    good = file;

    struct geo *geo = open_good();

    ck_assert_int_eq(truncate(path, 0), 0);
    assert_country(geo, "192.0.2.1", "JP");
    ck_assert_int_eq(truncate(path, (off_t)good.size), 0);
    assert_country(geo, "192.0.2.1", "JP");
    memset(file.data, 0xFF, file.size);
    write_file();
    assert_country(geo, "192.0.2.1", "JP");
    assert_country(geo, "2001:db8::1", "FR");
    geo_close(geo);
}
END_TEST

START_TEST(an_unchanged_file_is_not_read_again)
{
    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    assert_refresh(geo, STATUS_OK, 0);
    assert_refresh(geo, STATUS_OK, 0);
    geo_close(geo);
}
END_TEST

START_TEST(a_changed_file_is_swapped_in_whole)
{
    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    writer_start(4, 32);
    writer_insert("192.0.2.0", 24, record_of_country("DE"));
    writer_finish();
    write_file();
    assert_country(geo, "192.0.2.1", "JP");
    assert_refresh(geo, STATUS_OK, 1);
    assert_country(geo, "192.0.2.1", "DE");
    assert_country(geo, "2001:db8::1", "ZZ");
    assert_refresh(geo, STATUS_OK, 0);
    geo_close(geo);
}
END_TEST

START_TEST(a_file_renamed_over_the_old_one_is_new_whatever_its_time)
{
    char other[600];

    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    snprintf(other, sizeof(other), "%s.old", path);
    ck_assert_int_eq(rename(path, other), 0);
    written--; /* the same time and, but for one dead letter, the same bytes */
    for (size_t at = 0; at + 1 < file.size; at++)
        if (memcmp(file.data + at, "JP", 2) == 0)
            memcpy(file.data + at, "DE", 2);
    write_file();
    assert_refresh(geo, STATUS_OK, 1);
    assert_country(geo, "192.0.2.1", "DE");
    remove(other);
    geo_close(geo);
}
END_TEST

START_TEST(a_bad_new_file_keeps_the_old_one_and_is_named_once)
{
    static struct bytes good;

    write_countries(6, 24);
    write_file();
    good = file;

    struct geo *geo = open_good();

    write_bytes("rubbish", 7);
    assert_refresh(geo, STATUS_REJECT, 0);
    assert_refresh(geo, STATUS_OK, 0);
    assert_country(geo, "192.0.2.1", "JP");

    write_bytes(good.data, good.size - 1); /* bad in another way */
    assert_refresh(geo, STATUS_REJECT, 0);
    assert_refresh(geo, STATUS_OK, 0);
    assert_country(geo, "192.0.2.1", "JP");

    write_bytes(good.data, good.size);
    assert_refresh(geo, STATUS_OK, 1);
    assert_country(geo, "192.0.2.1", "JP");
    geo_close(geo);
}
END_TEST

START_TEST(a_missing_file_keeps_the_old_one_and_is_named_once)
{
    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    remove(path);
    assert_refresh(geo, STATUS_REJECT, 0);
    assert_refresh(geo, STATUS_OK, 0);
    assert_country(geo, "192.0.2.1", "JP");
    write_file();
    assert_refresh(geo, STATUS_OK, 1);
    geo_close(geo);
}
END_TEST

/* Two good files in turn, each written in place, until the parent kills us or is gone. */
static void rewrite_forever(pid_t parent)
{
    static const char *const countries[] = {"JP", "DE"};

    for (int turn = 0; getppid() == parent; turn = 1 - turn) {
        writer_start(6, 24);
        writer_insert("192.0.2.0", 24, record_of_country(countries[turn]));
        writer_finish();
        write_file();
    }
    _exit(EXIT_FAILURE);
}

START_TEST(look_ups_and_refreshes_survive_a_file_that_is_always_being_written)
{
    int reloads = 0;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer_finish();
    write_file();

    struct geo *geo = open_good();
    pid_t parent = getpid();
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0)
        rewrite_forever(parent);
    for (int round = 0; round < 2000 || reloads < 2; round++) {
        struct event event = event_from("192.0.2.1");
        char country[COUNTRY_SIZE] = "??";
        struct error error = {""};
        int reloaded = 0;
        enum status status = geo_refresh(geo, &reloaded, &error);

        ck_assert(status == STATUS_OK || status == STATUS_REJECT);
        reloads += reloaded;
        geo_country(geo, &event, country);
        ck_assert_msg(strcmp(country, "JP") == 0 || strcmp(country, "DE") == 0, "%s", country);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    geo_close(geo);
}
END_TEST

static int open_files(void)
{
    DIR *listing = opendir("/proc/self/fd");
    int count = 0;

    ck_assert_ptr_nonnull(listing);
    while (readdir(listing) != NULL)
        count++;
    closedir(listing);
    return count;
}

START_TEST(no_descriptor_is_kept)
{
    int before = open_files();

    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    ck_assert_int_eq(open_files(), before);
    write_file();
    assert_refresh(geo, STATUS_OK, 1);
    write_bytes("rubbish", 7);
    assert_refresh(geo, STATUS_REJECT, 0);
    remove(path);
    assert_refresh(geo, STATUS_REJECT, 0);
    geo_close(geo);
    ck_assert_int_eq(open_files(), before);
}
END_TEST

static Suite *geo_suite(void)
{
    Suite *suite = suite_create("geo");
    TCase *cases = tcase_create("geo");

    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, countries_are_found_in_every_format, 0, COUNT(formats));
    tcase_add_test(cases, an_event_without_an_address_is_of_unknown_country);
    tcase_add_test(cases, the_build_date_is_that_of_the_file);
    tcase_add_test(cases, closing_nothing_is_allowed);
    tcase_add_test(cases, what_is_no_file_is_refused);
    tcase_add_test(cases, what_is_no_database_is_refused);
    tcase_add_test(cases, a_file_beyond_a_gibibyte_is_refused_unread);
    tcase_add_test(cases, every_cut_of_a_file_is_refused);
    tcase_add_loop_test(cases, damaged_files_are_refused_or_harmless, 0, COUNT(formats));
    tcase_add_loop_test(cases, a_record_nested_too_deep_is_refused, 0, COUNT(nestings));
    tcase_add_test(cases, pointers_in_a_circle_are_refused);
    tcase_add_test(cases, metadata_that_unfolds_without_end_is_refused);
    tcase_add_test(cases, languages_that_are_no_text_are_refused);
    tcase_add_test(cases, descriptions_that_are_no_text_are_refused);
    tcase_add_test(cases, a_map_of_more_members_than_bytes_is_refused);
    tcase_add_loop_test(cases, a_tree_larger_than_the_file_is_refused, 0, COUNT(false_node_counts));
    tcase_add_loop_test(cases, metadata_without_a_required_key_is_refused, 0, COUNT(required_keys));
    tcase_add_test(cases, a_tree_that_leads_into_the_separator_is_refused);
    tcase_add_test(cases, look_ups_survive_a_file_cut_and_rewritten_in_place);
    tcase_add_test(cases, an_unchanged_file_is_not_read_again);
    tcase_add_test(cases, a_changed_file_is_swapped_in_whole);
    tcase_add_test(cases, a_file_renamed_over_the_old_one_is_new_whatever_its_time);
    tcase_add_test(cases, a_bad_new_file_keeps_the_old_one_and_is_named_once);
    tcase_add_test(cases, a_missing_file_keeps_the_old_one_and_is_named_once);
    tcase_add_test(cases, look_ups_and_refreshes_survive_a_file_that_is_always_being_written);
    tcase_add_test(cases, no_descriptor_is_kept);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(geo_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
