#define _GNU_SOURCE /* memfd_create, seals */
#include "ingest/geoip/geo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <maxminddb.h>
#include <xxhash.h>

#include "ingest/event/country.h"
#include "ingest/geoip/mmdb_check.h"

/* MaxMind's largest file (Enterprise) has about half of it. Twice this much memory is taken while a
 * new file replaces the old one. */
#define FILE_SIZE_MAX ((off_t)1 << 30)
/* A file that is still being written when it is read is read again this often before it is called
 * bad; writers that rename never need it. */
#define COPY_ATTEMPTS 3

/* The states of a file that geo_refresh can tell apart; all zero when there is no file. */
struct file_state {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

/* Networks of one country share its record, or a few (one a city): what was read of a record is
 * kept at its offset's place. */
#define RECORDS_KEPT 4096

struct record {
    uint32_t offset; /* in the data section; RECORD_NONE: empty */
    char country[COUNTRY_SIZE];
};

#define RECORD_NONE UINT32_MAX

struct geo {
    char *path;
    MMDB_s mmdb;
    struct record records[RECORDS_KEPT];
    struct file_state seen; /* loaded, or found to be bad */
};

static struct file_state state_from(const struct stat *stat)
{
    struct file_state state = {stat->st_dev, stat->st_ino, stat->st_size, stat->st_mtim};

    return state;
}

static bool state_equals(const struct file_state *one, const struct file_state *other)
{
    return one->device == other->device && one->inode == other->inode && one->size == other->size &&
           one->modified.tv_sec == other->modified.tv_sec &&
           one->modified.tv_nsec == other->modified.tv_nsec;
}

static bool write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* Copies at most `size` bytes: a file that grows meanwhile is found out by its new size. */
static enum status copy_bytes(int from, int to, off_t size, struct error *error)
{
    char buffer[65536];

    while (size > 0) {
        size_t wanted = size < (off_t)sizeof(buffer) ? (size_t)size : sizeof(buffer);
        ssize_t length = read(from, buffer, wanted);

        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return error_set(error, STATUS_REJECT, "%s", strerror(errno));
        if (length == 0)
            return error_set(error, STATUS_REJECT, "it is being written");
        if (!write_all(to, buffer, (size_t)length))
            return error_set(error, STATUS_RETRY, "copying it to memory: %s", strerror(errno));
        size -= length;
    }
    return STATUS_OK;
}

/* Sealed, the copy can't change or shrink under libmaxminddb's mapping, whoever opens it. */
static enum status copy_to_memory(int from, off_t size, int *copy, struct error *error)
{
    enum status status = STATUS_OK;
    int memory = memfd_create("mmdb", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (memory < 0)
        return error_set(error, STATUS_RETRY, "memory for a copy: %s", strerror(errno));
    status = copy_bytes(from, memory, size, error);
    if (status == STATUS_OK &&
        fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        status = error_set(error, STATUS_RETRY, "sealing the copy: %s", strerror(errno));
    if (status != STATUS_OK) {
        close(memory);
        return status;
    }
    *copy = memory;
    return STATUS_OK;
}

/* One attempt. *state is that of the file before it was read, also on failure. */
static enum status copy_file_once(const char *path, int *copy, struct file_state *state,
                                  bool *changed, struct error *error)
{
    enum status status = STATUS_REJECT;
    struct stat before;
    struct stat after;
    int memory = -1;
    /* Opening a pipe must not wait for its writer. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *changed = false;
    if (file < 0)
        return error_set(error, STATUS_REJECT, "%s", strerror(errno));
    if (fstat(file, &before) != 0) {
        status = error_set(error, STATUS_REJECT, "%s", strerror(errno));
        goto out;
    }
    *state = state_from(&before);
    if (!S_ISREG(before.st_mode)) {
        error_set(error, STATUS_REJECT, "not a file");
        goto out;
    }
    if (before.st_size == 0 || before.st_size > FILE_SIZE_MAX) {
        error_set(error, STATUS_REJECT, "%jd bytes; a MaxMind DB has up to %jd",
                  (intmax_t)before.st_size, (intmax_t)FILE_SIZE_MAX);
        goto out;
    }
    status = copy_to_memory(file, before.st_size, &memory, error);
    if (fstat(file, &after) == 0) {
        struct file_state state_after = state_from(&after);

        *changed = !state_equals(state, &state_after);
    }
    if (status == STATUS_OK && *changed) {
        close(memory);
        status = error_set(error, STATUS_REJECT, "it is being written");
        goto out;
    }
    if (status == STATUS_OK)
        *copy = memory;

out:
    close(file);
    return status;
}

static enum status copy_file(const char *path, int *copy, struct file_state *state,
                             struct error *error)
{
    enum status status = STATUS_REJECT;
    bool changed = true;

    for (int attempt = 0; attempt < COPY_ATTEMPTS && changed && status != STATUS_OK; attempt++)
        status = copy_file_once(path, copy, state, &changed, error);
    return status;
}

static enum status check_bytes(int copy, off_t size, struct error *error)
{
    void *bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, copy, 0);

    if (bytes == MAP_FAILED)
        return error_set(error, STATUS_RETRY, "mapping the copy: %s", strerror(errno));

    enum status status = mmdb_check_metadata(bytes, (size_t)size, error);

    munmap(bytes, (size_t)size);
    return status;
}

/* libmaxminddb opens files by name only; this name is the copy's. */
static enum status open_copy(int copy, MMDB_s *mmdb, struct error *error)
{
    char name[64];

    snprintf(name, sizeof(name), "/proc/self/fd/%d", copy);

    int code = MMDB_open(name, MMDB_MODE_MMAP, mmdb);

    if (code == MMDB_OUT_OF_MEMORY_ERROR || code == MMDB_IO_ERROR || code == MMDB_FILE_OPEN_ERROR)
        return error_set(error, STATUS_RETRY, "opening the copy: %s", MMDB_strerror(code));
    if (code == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
        return error_set(error, STATUS_REJECT, "its metadata lacks a required key");
    if (code != MMDB_SUCCESS)
        return error_set(error, STATUS_REJECT, "%s", MMDB_strerror(code));

    enum status status = mmdb_check_records(mmdb, error);

    if (status != STATUS_OK)
        MMDB_close(mmdb);
    return status;
}

/* STATUS_REJECT: the file is bad. STATUS_RETRY: it may be good, but this machine lacks something.
 */
static enum status load(const char *path, MMDB_s *mmdb, struct file_state *state,
                        struct error *error)
{
    struct error reason = {""};
    int copy = -1;
    enum status status = copy_file(path, &copy, state, &reason);

    if (status == STATUS_OK) {
        status = check_bytes(copy, state->size, &reason);
        if (status == STATUS_OK)
            status = open_copy(copy, mmdb, &reason);
        close(copy); /* libmaxminddb's mapping stays */
    }
    if (status != STATUS_OK)
        error_set(error, status, "%s: %s", path, reason.message);
    return status;
}

static void forget_records(struct geo *geo)
{
    for (size_t i = 0; i < RECORDS_KEPT; i++)
        geo->records[i].offset = RECORD_NONE;
}

enum status geo_open(const char *path, struct geo **out, struct error *error)
{
    struct geo *geo = calloc(1, sizeof(*geo));

    if (geo == NULL || (geo->path = strdup(path)) == NULL) {
        free(geo);
        return error_set(error, STATUS_FATAL, "%s: no memory", path);
    }
    if (load(path, &geo->mmdb, &geo->seen, error) != STATUS_OK) {
        free(geo->path);
        free(geo);
        return STATUS_FATAL;
    }
    forget_records(geo);
    *out = geo;
    return STATUS_OK;
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

static void read_country(MMDB_entry_s *entry, char country[COUNTRY_SIZE])
{
    static const char *const path[] = {"country", "iso_code", NULL};
    MMDB_entry_data_s data;

    memcpy(country, COUNTRY_UNKNOWN, COUNTRY_SIZE);
    /* Unlike MMDB_get_value, MMDB_aget_value takes no memory from the heap. */
    if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data)
        return;
    if (data.type == MMDB_DATA_TYPE_UTF8_STRING && data.data_size == COUNTRY_SIZE - 1 &&
        country_is_known(data.utf8_string))
        memcpy(country, data.utf8_string, COUNTRY_SIZE - 1);
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
        read_country(&result.entry, record->country);
    }
    memcpy(country, record->country, COUNTRY_SIZE);
}

enum status geo_refresh(struct geo *geo, int *reloaded, struct error *error)
{
    struct file_state state = {0};
    struct stat stat_now;
    MMDB_s mmdb;

    *reloaded = 0;
    if (stat(geo->path, &stat_now) == 0)
        state = state_from(&stat_now);
    if (state_equals(&state, &geo->seen))
        return STATUS_OK;

    enum status status = load(geo->path, &mmdb, &state, error);

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
