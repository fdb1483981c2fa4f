#include "retention/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "process/folder.h"
#include "process/leftovers.h"

#define ENDING ".ndjson.zst"

/* Files of one month with different contents in one folder; more than that is a mistake. */
#define NUMBERS_MAX 1000

/* A file without a name that nobody has written to for so long is of somebody who was killed. */
#define ABANDONED_S 3600

/* The ending, a number and ".sha256". */
#define NAME_EXTRA 40

struct pack {
    char folder[PACK_PATH_SIZE];
    char name[64];
    char temporary[PACK_PATH_SIZE];
    int file; /* -1: closed */
    struct digest *digest;
    struct archive *archive;
    struct archive_entry *entry;
    int64_t bytes;
};

static enum status fail(const struct pack *pack, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%.3000s: %s", pack->folder, strerror(errno));
}

/* For libarchive: compressed bytes go to the file and into its digest. */
static la_ssize_t write_bytes(struct archive *archive, void *context, const void *bytes,
                              size_t length)
{
    struct pack *pack = context;

    if (!folder_write(pack->file, bytes, length) || !digest_add(pack->digest, bytes, length)) {
        archive_set_error(archive, errno, "%s", strerror(errno));
        return -1;
    }
    pack->bytes += (int64_t)length;
    return (la_ssize_t)length;
}

static enum status blame_archive(const struct pack *pack, struct error *error)
{
    const char *reason = archive_error_string(pack->archive);

    return error_set(error, STATUS_FATAL, "%.3000s: %s", pack->folder,
                     reason == NULL ? "compressing failed" : reason);
}

/* No block is filled up behind the end. */
static enum status begin_archive(struct pack *pack, struct error *error)
{
    pack->archive = archive_write_new();
    pack->entry = archive_entry_new();
    if (pack->archive == NULL || pack->entry == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    archive_entry_set_filetype(pack->entry, AE_IFREG);
    archive_entry_set_pathname(pack->entry, pack->name);
    if (archive_write_add_filter_zstd(pack->archive) != ARCHIVE_OK ||
        archive_write_set_format_raw(pack->archive) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(pack->archive, 1) != ARCHIVE_OK ||
        archive_write_open(pack->archive, pack, NULL, write_bytes, NULL) != ARCHIVE_OK ||
        archive_write_header(pack->archive, pack->entry) != ARCHIVE_OK)
        return blame_archive(pack, error);
    return STATUS_OK;
}

static enum status begin_file(struct pack *pack, struct error *error)
{
    int length = snprintf(pack->temporary, sizeof(pack->temporary), "%s/.%s.XXXXXX", pack->folder,
                          pack->name);

    if (length < 0 || (size_t)length + NAME_EXTRA >= sizeof(pack->temporary)) {
        pack->temporary[0] = '\0';
        return error_set(error, STATUS_FATAL, "%.900s: the path is too long", pack->folder);
    }
    pack->file = leftovers_make_file(pack->temporary);
    if (pack->file < 0) {
        pack->temporary[0] = '\0';
        return fail(pack, error);
    }
    pack->digest = digest_new();
    return pack->digest == NULL ? error_set(error, STATUS_FATAL, "out of memory") : STATUS_OK;
}

/* ---- what a run that was killed has left */

static bool is_temporary(const char *name)
{
    return fnmatch(".detections-[0-9][0-9][0-9][0-9]-[0-9][0-9].??????", name, 0) == 0 ||
           fnmatch(".sha256.??????", name, 0) == 0;
}

/* What can't be removed stays, as it does no harm. */
static void remove_abandoned(const char *folder)
{
    DIR *open = opendir(folder);
    struct stat about;

    if (open == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(open)) != NULL;)
        if (is_temporary(entry->d_name) &&
            fstatat(dirfd(open), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(about.st_mode) && time(NULL) - about.st_mtime > ABANDONED_S)
            (void)unlinkat(dirfd(open), entry->d_name, 0);
    closedir(open);
}

enum status pack_open(const char *folder, const char *name, struct pack **out, struct error *error)
{
    struct pack *pack = calloc(1, sizeof(*pack));
    enum status status;

    if (pack == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    pack->file = -1;
    snprintf(pack->folder, sizeof(pack->folder), "%s", folder);
    snprintf(pack->name, sizeof(pack->name), "%s", name);
    status = folder_make(folder, error);
    if (status == STATUS_OK)
        remove_abandoned(folder);
    if (status == STATUS_OK)
        status = begin_file(pack, error);
    if (status == STATUS_OK)
        status = begin_archive(pack, error);
    if (status != STATUS_OK) {
        pack_drop(pack);
        return status;
    }
    *out = pack;
    return STATUS_OK;
}

enum status pack_add(struct pack *pack, const char *line, size_t length, struct error *error)
{
    if (archive_write_data(pack->archive, line, length) != (la_ssize_t)length ||
        archive_write_data(pack->archive, "\n", 1) != 1)
        return blame_archive(pack, error);
    return STATUS_OK;
}

static enum status end_file(struct pack *pack, struct pack_file *out, struct error *error)
{
    int file = pack->file;

    if (archive_write_close(pack->archive) != ARCHIVE_OK)
        return blame_archive(pack, error);
    if (!digest_end(pack->digest, out->sha256))
        return error_set(error, STATUS_FATAL, "out of memory");
    out->bytes = pack->bytes;
    pack->file = -1;
    if (fsync(file) != 0) {
        enum status status = fail(pack, error);

        close(file);
        return status;
    }
    return close(file) == 0 ? STATUS_OK : fail(pack, error);
}

enum there { THERE_NOTHING, THERE_SAME, THERE_OTHER, THERE_UNKNOWN };

static enum there look_at(const char *path, const char *sha256)
{
    char found[DIGEST_TEXT_SIZE];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool read;

    if (file < 0)
        return errno == ENOENT ? THERE_NOTHING : THERE_UNKNOWN;
    read = digest_of_file(file, found);
    close(file);
    if (!read)
        return THERE_UNKNOWN;
    return strcmp(found, sha256) == 0 ? THERE_SAME : THERE_OTHER;
}

/* The first name of which there is nothing, or the same. */
static enum status find_name(const struct pack *pack, struct pack_file *out, struct error *error)
{
    for (int number = 1; number <= NUMBERS_MAX; number++) {
        char counted[16] = "";
        enum there there;

        if (number > 1)
            snprintf(counted, sizeof(counted), ".%d", number);
        snprintf(out->path, sizeof(out->path), "%.3900s/%s%s" ENDING, pack->folder, pack->name,
                 counted);
        there = look_at(out->path, out->sha256);
        if (there == THERE_UNKNOWN)
            return error_set(error, STATUS_FATAL, "%.900s: %s", out->path, strerror(errno));
        out->was_there = there == THERE_SAME;
        if (there != THERE_OTHER)
            return STATUS_OK;
    }
    return error_set(error, STATUS_FATAL, "%.900s has %d files of %s already", pack->folder,
                     NUMBERS_MAX, pack->name);
}

/* "DIGEST  NAME", in a file of its own beside it. */
static enum status write_digest(const struct pack_file *out, const char *folder,
                                struct error *error)
{
    char path[PACK_PATH_SIZE];
    char temporary[PACK_PATH_SIZE];
    char line[DIGEST_TEXT_SIZE + 160];
    const char *name = strrchr(out->path, '/') + 1;
    int length = snprintf(line, sizeof(line), "%s  %s\n", out->sha256, name);
    int file;
    bool done;

    snprintf(path, sizeof(path), "%.4000s.sha256", out->path);
    snprintf(temporary, sizeof(temporary), "%.3900s/.sha256.XXXXXX", folder);
    file = leftovers_make_file(temporary);
    if (file < 0)
        return error_set(error, STATUS_FATAL, "%.900s: %s", path, strerror(errno));
    done = folder_write(file, line, (size_t)length) && fsync(file) == 0;
    done = close(file) == 0 && done;
    if (done && leftovers_keep_file(temporary, path))
        return STATUS_OK;
    error_set(error, STATUS_FATAL, "%.900s: %s", path, strerror(errno));
    leftovers_take_away(temporary);
    return STATUS_FATAL;
}

enum status pack_finish(struct pack *pack, struct pack_file *out, struct error *error)
{
    enum status status = end_file(pack, out, error);

    if (status == STATUS_OK)
        status = find_name(pack, out, error);
    if (status == STATUS_OK && !out->was_there) {
        if (leftovers_keep_file(pack->temporary, out->path))
            pack->temporary[0] = '\0';
        else
            status = error_set(error, STATUS_FATAL, "%.900s: %s", out->path, strerror(errno));
    }
    if (status == STATUS_OK)
        status = write_digest(out, pack->folder, error);
    if (status == STATUS_OK)
        status = folder_sync(pack->folder, error);
    pack_drop(pack);
    return status;
}

void pack_drop(struct pack *pack)
{
    if (pack == NULL)
        return;
    if (pack->archive != NULL) {
        if (pack->file >= 0)
            archive_write_fail(pack->archive);
        archive_write_free(pack->archive);
    }
    archive_entry_free(pack->entry);
    if (pack->file >= 0)
        close(pack->file);
    if (pack->temporary[0] != '\0')
        leftovers_take_away(pack->temporary);
    digest_free(pack->digest);
    free(pack);
}
