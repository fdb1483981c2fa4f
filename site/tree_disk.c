#include "site/tree_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/folder.h"
#include "process/leftovers.h"

/* How names of temporary files begin; six letters or digits follow, and nobody else's are like
 * that. */
#define TEMPORARY ".kansen-site."
#define TEMPORARY_LENGTH (sizeof(TEMPORARY) - 1 + 6)

static enum status fail(const char *path, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
}

/* ---- reading */

/* Reads what is open; the caller frees *out, which ends with a zero. */
static bool read_open(int file, char **out, size_t *length)
{
    struct stat found;
    size_t used = 0;

    if (fstat(file, &found) != 0)
        return false;
    *out = malloc((size_t)found.st_size + 1);
    while (*out != NULL && used < (size_t)found.st_size) {
        ssize_t got = read(file, *out + used, (size_t)found.st_size - used);

        if (got == 0)
            break;
        if (got > 0)
            used += (size_t)got;
        else if (errno != EINTR)
            return false;
    }
    if (*out == NULL)
        return false;
    (*out)[used] = '\0';
    *length = used;
    return true;
}

enum status tree_disk_read(const char *path, char **out, size_t *length, bool *there,
                           struct error *error)
{
    struct stat found;
    int file;
    bool read;

    *out = NULL;
    *there = lstat(path, &found) == 0;
    if (!*there)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_OK : fail(path, error);
    if (!S_ISREG(found.st_mode))
        return STATUS_OK;
    file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return fail(path, error);
    read = read_open(file, out, length);
    if (!read) {
        fail(path, error);
        free(*out);
        *out = NULL;
    }
    close(file);
    return read ? STATUS_OK : STATUS_FATAL;
}

enum status tree_disk_digest(const char *path, char sha256[DIGEST_TEXT_SIZE], bool *there,
                             struct error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    enum status status = tree_disk_read(path, &bytes, &length, there, error);

    *sha256 = '\0';
    if (status == STATUS_OK && bytes != NULL && !digest_of(bytes, length, sha256))
        status = error_set(error, STATUS_FATAL, "%s: out of memory", path);
    free(bytes);
    return status;
}

/* ---- writing */

enum status tree_disk_sync(struct tree_disk *disk, struct error *error)
{
    enum status status = STATUS_OK;

    if (*disk->unsynced != '\0')
        status = folder_sync(disk->unsynced, error);
    *disk->unsynced = '\0';
    return status;
}

enum status tree_disk_write(struct tree_disk *disk, const char *path, const char *bytes,
                            size_t length, struct error *error)
{
    char temporary[TREE_DISK_PATH_SIZE + 32];
    int parent = (int)(strrchr(path, '/') - path);
    enum status status = STATUS_OK;
    int file;

    if (strncmp(disk->unsynced, path, (size_t)parent) != 0 || disk->unsynced[parent] != '\0')
        status = tree_disk_sync(disk, error);
    if (status != STATUS_OK)
        return status;
    snprintf(temporary, sizeof(temporary), "%.*s/" TEMPORARY "XXXXXX", parent, path);
    file = leftovers_make_file(temporary);
    if (file < 0)
        return fail(path, error);
    if (!folder_write(file, bytes, length) || fsync(file) != 0)
        status = fail(path, error);
    if (close(file) != 0 && status == STATUS_OK)
        status = fail(path, error);
    if (status == STATUS_OK && !leftovers_keep_file(temporary, path))
        status = fail(path, error);
    if (status != STATUS_OK)
        leftovers_take_away(temporary);
    else
        snprintf(disk->unsynced, sizeof(disk->unsynced), "%.*s", parent, path);
    return status;
}

/* ---- what was left behind */

static bool is_temporary(const char *name)
{
    return strlen(name) == TEMPORARY_LENGTH && strncmp(name, TEMPORARY, sizeof(TEMPORARY) - 1) == 0;
}

static enum status remove_temporary(const char *folder, const char *name, struct error *error)
{
    char path[TREE_DISK_PATH_SIZE + TEMPORARY_LENGTH + 1];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return unlink(path) == 0 ? STATUS_OK : fail(path, error);
}

enum status tree_disk_sweep(const char *folder, struct error *error)
{
    DIR *open = opendir(folder);
    enum status status = STATUS_OK;

    if (open == NULL)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_OK : fail(folder, error);
    for (struct dirent *entry; status == STATUS_OK && (entry = readdir(open)) != NULL;)
        if (is_temporary(entry->d_name))
            status = remove_temporary(folder, entry->d_name, error);
    closedir(open);
    return status;
}
