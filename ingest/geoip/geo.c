#include "ingest/geoip/geo.h"

#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>
#include <sys/stat.h>

#include <maxminddb.h>
#include <xxhash.h>

#include "ingest/geoip/country_layout.h"
#include "ingest/geoip/geo_file.h"
#include "ingest/geoip/survey.h"

/* Networks of one country share its record, or a few (one a city): what was read of a record is
 * kept at its offset's place. */
#define RECORDS_KEPT 4096

/* Bits of ::/96, below which a tree for IPv6 has the addresses of IPv4. */
#define IPV4_PREFIX 96

struct record {
    uint32_t offset; /* in the data section; RECORD_NONE: empty */
    char country[COUNTRY_SIZE];
};

#define RECORD_NONE UINT32_MAX

struct geo {
    char *path;
    MMDB_s mmdb;
    struct record records[RECORDS_KEPT];
    struct geo_file_state seen; /* loaded, or found to be bad */
};

static void forget_records(struct geo *geo)
{
    for (size_t i = 0; i < RECORDS_KEPT; i++)
        geo->records[i].offset = RECORD_NONE;
}

static enum status require_countries(const MMDB_s *mmdb, const struct survey *survey,
                                     struct error *error)
{
    const char *type = mmdb->metadata.database_type;
    bool empty = survey->networks_v4 + survey->networks_v6 == 0;

    if (survey->with_country > 0)
        return STATUS_OK;
    if (empty)
        return error_set(error, STATUS_REJECT,
                         "an empty database of type \"%s\": it has no networks, so that every "
                         "address would be of unknown country; download it again",
                         type);
    return error_set(error, STATUS_REJECT,
                     "a database of type \"%s\" without countries: its records hold %s; take one "
                     "with countries (GeoLite2-Country or -City, GeoIP2-Country, -City or "
                     "-Enterprise, DB-IP, IP2Location, IPinfo Lite, ip-location-db); `kansen geoip "
                     "check FILE` shows what a file holds",
                     type, *survey->keys == '\0' ? "no keys" : survey->keys);
}

static enum status load(const char *path, bool any, MMDB_s *mmdb, struct geo_file_state *state,
                        struct error *error)
{
    struct error reason = {""};
    struct survey survey = {.keys = ""};
    enum status status = geo_file_open(path, mmdb, state, &reason);

    if (status == STATUS_OK && !any) {
        status = survey_take(mmdb, true, &survey, &reason);
        if (status == STATUS_OK)
            status = require_countries(mmdb, &survey, &reason);
        if (status != STATUS_OK)
            MMDB_close(mmdb);
    }
    if (status != STATUS_OK)
        error_set(error, status, "%s: %s", path, reason.message);
    return status;
}

static enum status open_file(const char *path, bool any, struct geo **out, struct error *error)
{
    struct geo *geo = calloc(1, sizeof(*geo));
    enum status status = STATUS_OK;

    if (geo == NULL || (geo->path = strdup(path)) == NULL) {
        free(geo);
        return error_set(error, STATUS_RETRY, "%s: no memory", path);
    }
    status = load(path, any, &geo->mmdb, &geo->seen, error);
    if (status != STATUS_OK) {
        free(geo->path);
        free(geo);
        return status;
    }
    forget_records(geo);
    *out = geo;
    return STATUS_OK;
}

enum status geo_open(const char *path, struct geo **out, struct error *error)
{
    return open_file(path, false, out, error) == STATUS_OK ? STATUS_OK : STATUS_FATAL;
}

enum status geo_open_to_inspect(const char *path, struct geo **out, struct error *error)
{
    return open_file(path, true, out, error);
}

void geo_close(struct geo *geo)
{
    if (geo == NULL)
        return;
    MMDB_close(&geo->mmdb);
    free(geo->path);
    free(geo);
}

static MMDB_lookup_result_s look_up(const struct geo *geo, const struct event *event, int *code)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (event->address_family == ADDRESS_IPV4) {
        memcpy(&v4.sin_addr, event->address, sizeof(v4.sin_addr));
        return MMDB_lookup_sockaddr(&geo->mmdb, (const struct sockaddr *)&v4, code);
    }
    memcpy(&v6.sin6_addr, event->address, sizeof(v6.sin6_addr));
    return MMDB_lookup_sockaddr(&geo->mmdb, (const struct sockaddr *)&v6, code);
}

void geo_country(struct geo *geo, const struct event *event, char country[COUNTRY_SIZE])
{
    int code = MMDB_SUCCESS;
    MMDB_lookup_result_s result;
    struct record *record;

    memcpy(country, COUNTRY_UNKNOWN, COUNTRY_SIZE);
    if (event->address_family == ADDRESS_NONE)
        return;
    result = look_up(geo, event, &code);
    if (code != MMDB_SUCCESS || !result.found_entry)
        return;
    record = &geo->records[result.entry.offset % RECORDS_KEPT];
    if (record->offset != result.entry.offset) {
        record->offset = result.entry.offset;
        country_layout_read(&result.entry, record->country);
    }
    memcpy(country, record->country, COUNTRY_SIZE);
}

void geo_look_up(const struct geo *geo, const struct event *event, struct geo_answer *out)
{
    int code = MMDB_SUCCESS;
    MMDB_lookup_result_s result;
    int layout;

    *out = (struct geo_answer){.country = COUNTRY_UNKNOWN};
    if (event->address_family == ADDRESS_NONE)
        return;
    result = look_up(geo, event, &code);
    if (code != MMDB_SUCCESS || !result.found_entry)
        return;
    out->found = true;
    out->prefix = result.netmask;
    if (event->address_family == ADDRESS_IPV4 && geo->mmdb.metadata.ip_version == 6)
        out->prefix = result.netmask > IPV4_PREFIX ? out->prefix - IPV4_PREFIX : 0;
    layout = country_layout_read(&result.entry, out->country);
    if (layout != COUNTRY_LAYOUT_NONE)
        out->layout = country_layout_name(layout);
}

enum status geo_refresh(struct geo *geo, int *reloaded, struct error *error)
{
    struct geo_file_state state = {0};
    struct stat stat_now;
    MMDB_s mmdb;

    *reloaded = 0;
    if (stat(geo->path, &stat_now) == 0)
        state = geo_file_state(&stat_now);
    if (geo_file_state_equals(&state, &geo->seen))
        return STATUS_OK;

    enum status status = load(geo->path, false, &mmdb, &state, error);

    /* Whatever this machine lacked, it may have it next time. */
    if (status != STATUS_RETRY)
        geo->seen = state;
    if (status != STATUS_OK)
        return STATUS_REJECT;
    MMDB_close(&geo->mmdb);
    geo->mmdb = mmdb;
    forget_records(geo);
    *reloaded = 1;
    return STATUS_OK;
}

int64_t geo_build_epoch(const struct geo *geo)
{
    return (int64_t)geo->mmdb.metadata.build_epoch;
}

const struct MMDB_metadata_s *geo_metadata(const struct geo *geo)
{
    return &geo->mmdb.metadata;
}

enum status geo_survey(const struct geo *geo, struct survey *out, struct error *error)
{
    return survey_take(&geo->mmdb, false, out, error);
}

enum status geo_require_countries(const struct geo *geo, const struct survey *survey,
                                  struct error *error)
{
    return require_countries(&geo->mmdb, survey, error);
}

const char *geo_path(const struct geo *geo)
{
    return geo->path;
}

const char *geo_database_type(const struct geo *geo)
{
    return geo->mmdb.metadata.database_type == NULL ? "" : geo->mmdb.metadata.database_type;
}

struct geoip_build geo_build(const struct geo *geo)
{
    struct geoip_build build = {.built_s = geo_build_epoch(geo)};
    XXH128_hash_t hash = XXH3_128bits(geo->mmdb.file_content, (size_t)geo->mmdb.file_size);
    XXH128_canonical_t bytes;

    XXH128_canonicalFromHash(&bytes, hash);
    memcpy(build.fingerprint, bytes.digest, sizeof(build.fingerprint));
    return build;
}
