/* A folder with a MaxMind DB of a dozen networks, and what is expected of it, for tests of geo. */
#ifndef KANSEN_TESTS_GEO_FIXTURE_H
#define KANSEN_TESTS_GEO_FIXTURE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/stat.h>
#include <unistd.h>

#include "ingest/geoip/geo.h"
#include "mmdb_writer.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static inline size_t record_of_country(const char *code)
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

static inline size_t record_of_registered_country(void)
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
static inline size_t record_of_pointers(const char *code)
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

static inline size_t record_with_number_as_code(void)
{
    size_t offset = writer.records.size;

    put_map(&writer.records, 1);
    put_text(&writer.records, "country");
    put_map(&writer.records, 1);
    put_text(&writer.records, "iso_code");
    put_unsigned(&writer.records, 5, 392, 2);
    return offset;
}

static inline size_t record_with_text_as_country(void)
{
    size_t offset = writer.records.size;

    put_map(&writer.records, 1);
    put_text(&writer.records, "country");
    put_text(&writer.records, "JP");
    return offset;
}

static inline size_t record_of_text(void)
{
    size_t offset = writer.records.size;

    put_text(&writer.records, "JP");
    return offset;
}

static const struct {
    int ip_version;
    uint32_t record_size;
} formats[] = {{4, 24}, {4, 28}, {4, 32}, {6, 24}, {6, 28}, {6, 32}};

/* The networks of look_ups below. */
static inline void write_countries(int ip_version, uint32_t record_size)
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
    {"203.0.113.49", "JP", "JP"}, /* flat */
    {"203.0.113.65", "JP", "JP"}, /* nothing else */
    {"203.0.113.81", "ZZ", "ZZ"},
    {"203.0.113.97", "ZZ", "ZZ"},
    {"203.0.113.113", "JP", "JP"}, /* small letters */
    {"233.252.0.0", "ZZ", "ZZ"},   /* MaxMind's words for "no country" */
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

static inline void make_folder(void)
{
    const char *parent = getenv("TMPDIR");

    snprintf(folder, sizeof(folder), "%.200s/kansen-geo-XXXXXX", parent != NULL ? parent : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/country.mmdb", folder);
    written = 1400000000;
}

static inline void remove_folder(void)
{
    remove(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* In place, as a careless updater does. Every write gets a time of its own, since two within a tick
 * of the kernel's clock would share one. */
static inline void write_bytes(const void *bytes, size_t size)
{
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct timespec times[2] = {{.tv_sec = written}, {.tv_sec = written}};

    ck_assert_int_ge(out, 0);
    ck_assert_int_eq(write(out, bytes, size), (ssize_t)size);
    ck_assert_int_eq(futimens(out, times), 0);
    close(out);
    written++;
}

static inline void write_file(void)
{
    write_bytes(file.data, file.size);
}

static inline struct geo *open_good(void)
{
    struct geo *geo = NULL;
    struct error error = {""};
    enum status status = geo_open(path, &geo, &error);

    ck_assert_msg(status == STATUS_OK, "%s", error.message);
    return geo;
}

static inline void assert_bad(const char *message)
{
    struct geo *geo = NULL;
    struct error error = {""};

    ck_assert_int_eq(geo_open(path, &geo, &error), STATUS_FATAL);
    ck_assert_ptr_null(geo);
    ck_assert_msg(strncmp(error.message, path, strlen(path)) == 0, "%s names no file",
                  error.message);
    ck_assert_msg(strstr(error.message, message) != NULL, "%s", error.message);
}

static inline struct event event_from(const char *address)
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

static inline void assert_country(struct geo *geo, const char *address, const char *expected)
{
    struct event event = event_from(address);
    char country[COUNTRY_SIZE] = "??";

    geo_country(geo, &event, country);
    ck_assert_msg(strcmp(country, expected) == 0, "%s is %s, not %s", address, country, expected);
}

static inline void assert_refresh(struct geo *geo, enum status expected, int expected_reloaded)
{
    struct error error = {""};
    int reloaded = -1;
    enum status status = geo_refresh(geo, &reloaded, &error);

    ck_assert_msg(status == expected, "%d: %s", status, error.message);
    ck_assert_int_eq(reloaded, expected_reloaded);
    if (expected != STATUS_OK)
        ck_assert_msg(strstr(error.message, path) != NULL, "%s names no file", error.message);
}

#endif
