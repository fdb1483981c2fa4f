#define _GNU_SOURCE /* memfd_create, seals */
#include "ingest/geoip/geo_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sys/mman.h>
#include <unistd.h>

#include "ingest/geoip/mmdb_check.h"

/* MaxMind's largest file (Enterprise) has about half of it. Twice this much memory is taken while a
 * new file replaces the old one. */
#define FILE_SIZE_MAX ((off_t)1 << 30)
/* A file that is still being written when it is read is read again this often before it is called
 * bad; writers that rename never need it. */
#define COPY_ATTEMPTS 3
/* 9999-12-31T23:59:59Z, in seconds. */
#define BUILD_EPOCH_MAX 253402300799u

struct geo_file_state geo_file_state(const struct stat *stat)
{
    struct geo_file_state state = {stat->st_dev, stat->st_ino, stat->st_size, stat->st_mtim};

    return state;
}

bool geo_file_state_equals(const struct geo_file_state *one, const struct geo_file_state *other)
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
static enum status copy_file_once(const char *path, int *copy, struct geo_file_state *state,
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
    *state = geo_file_state(&before);
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
        struct geo_file_state state_after = geo_file_state(&after);

        *changed = !geo_file_state_equals(state, &state_after);
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

static enum status copy_file(const char *path, int *copy, struct geo_file_state *state,
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

/* Reports print it. */
static enum status check_build(const MMDB_s *mmdb, struct error *error)
{
    if (mmdb->metadata.build_epoch <= BUILD_EPOCH_MAX)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "its build date is behind the year 9999");
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

    enum status status = check_build(mmdb, error);

    if (status == STATUS_OK)
        status = mmdb_check_records(mmdb, error);
    if (status != STATUS_OK)
        MMDB_close(mmdb);
    return status;
}

enum status geo_file_open(const char *path, MMDB_s *out, struct geo_file_state *state,
                          struct error *error)
{
    int copy = -1;
    enum status status = copy_file(path, &copy, state, error);

    if (status != STATUS_OK)
        return status;
    status = check_bytes(copy, state->size, error);
    if (status == STATUS_OK)
        status = open_copy(copy, out, error);
    close(copy); /* libmaxminddb's mapping stays */
    return status;
}
