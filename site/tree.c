#include "site/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/folder.h"
#include "process/leftovers.h"
#include "site/tree_list.h"

/* The folder, a path in it, and the mark of a temporary file. */
#define PATH_SIZE 4096

struct tree {
    const char *folder;   /* borrowed */
    int lock;             /* the folder itself, open */
    int list;             /* open to be added to; -1: nothing was added yet */
    struct tree_list old; /* sorted */
    struct tree_list now;
    struct tree_counts counts;
    char unsynced[PATH_SIZE]; /* a folder whose new names may not be on the disk yet; "": none */
};

static enum status fail(const char *path, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
}

static enum status out_of_memory(struct error *error)
{
    return error_set(error, STATUS_FATAL, "out of memory");
}

static enum status make_path(const struct tree *tree, const char *path, char out[PATH_SIZE],
                             struct error *error)
{
    int length = snprintf(out, PATH_SIZE, "%s/%s", tree->folder, path);

    if (!tree_path_is_sound(path) && strcmp(path, TREE_LIST) != 0)
        return error_set(error, STATUS_REJECT, "%.700s can't be the name of a file of the site",
                         path);
    if (length < 0 || length >= PATH_SIZE)
        return error_set(error, STATUS_FATAL, "%s: the path is too long", tree->folder);
    return STATUS_OK;
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

/* *out is NULL when there is no such file, or something that is none. */
static enum status read_file(const char *path, char **out, size_t *length, bool *there,
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

/* "" when it isn't there, or is no file. */
static enum status digest_file(const char *path, char sha256[DIGEST_TEXT_SIZE], bool *there,
                               struct error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    enum status status = read_file(path, &bytes, &length, there, error);

    *sha256 = '\0';
    if (status == STATUS_OK && bytes != NULL && !digest_of(bytes, length, sha256))
        status = out_of_memory(error);
    free(bytes);
    return status;
}

/* ---- writing */

static enum status sync_names(struct tree *tree, struct error *error)
{
    enum status status = STATUS_OK;

    if (*tree->unsynced != '\0')
        status = folder_sync(tree->unsynced, error);
    *tree->unsynced = '\0';
    return status;
}

/* Makes the folders that a path needs; `path` is changed meanwhile. */
static enum status make_folders(struct tree *tree, char path[PATH_SIZE], struct error *error)
{
    enum status status = STATUS_OK;

    for (char *at = path + strlen(tree->folder) + 1; status == STATUS_OK; at++) {
        at = strchr(at, '/');
        if (at == NULL)
            break;
        *at = '\0';
        status = folder_make(path, error);
        *at = '/';
    }
    return status;
}

/* Under a name of its own in the folder where it belongs, synced, and then renamed. */
static enum status write_file(struct tree *tree, const char *path, const char *bytes, size_t length,
                              struct error *error)
{
    char temporary[PATH_SIZE + 16];
    int parent = (int)(strrchr(path, '/') - path);
    enum status status = STATUS_OK;
    int file;

    if (strncmp(tree->unsynced, path, (size_t)parent) != 0 || tree->unsynced[parent] != '\0')
        status = sync_names(tree, error);
    if (status != STATUS_OK)
        return status;
    snprintf(temporary, sizeof(temporary), "%.*s/.kansen.XXXXXX", parent, path);
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
        snprintf(tree->unsynced, sizeof(tree->unsynced), "%.*s", parent, path);
    return status;
}

/* Adds a line to the list on the disk. */
static enum status announce(struct tree *tree, const char *path, const char *sha256,
                            struct error *error)
{
    char name[PATH_SIZE];
    char line[TREE_PATH_MAX + DIGEST_TEXT_SIZE + 4];
    enum status status = make_path(tree, TREE_LIST, name, error);

    if (status == STATUS_OK && tree->list < 0)
        tree->list = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (status != STATUS_OK)
        return status;
    snprintf(line, sizeof(line), "%s  %s\n", sha256, path);
    if (tree->list < 0 || !folder_write(tree->list, line, strlen(line)))
        return fail(name, error);
    return STATUS_OK;
}

/* ---- opening */

static enum status lock_folder(struct tree *tree, struct error *error)
{
    enum status status = folder_make(tree->folder, error);

    if (status != STATUS_OK)
        return status;
    tree->lock = open(tree->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tree->lock < 0)
        return fail(tree->folder, error);
    if (flock(tree->lock, LOCK_EX | LOCK_NB) == 0)
        return STATUS_OK;
    if (errno != EWOULDBLOCK)
        return fail(tree->folder, error);
    return error_set(error, STATUS_RETRY, "%s: another kansen site is writing into it",
                     tree->folder);
}

/* A line that was cut off when a run died would spoil the next one that is added. */
static enum status read_list(struct tree *tree, struct error *error)
{
    char path[PATH_SIZE];
    char *text = NULL;
    size_t length = 0;
    bool there = false;
    enum status status = make_path(tree, TREE_LIST, path, error);

    if (status == STATUS_OK)
        status = read_file(path, &text, &length, &there, error);
    if (status == STATUS_OK && there && text == NULL)
        status = error_set(error, STATUS_REJECT, "%s is no file", path);
    if (status == STATUS_OK && text != NULL) {
        struct error why;

        status = tree_list_read(text, &tree->old, &why);
        if (status != STATUS_OK)
            error_set(error, status, "%s/%s", tree->folder, why.message);
        else if (length > 0 && text[length - 1] != '\n')
            status = write_file(
                tree, path, text,
                strrchr(text, '\n') == NULL ? 0 : (size_t)(strrchr(text, '\n') + 1 - text), error);
    }
    free(text);
    tree_list_sort(&tree->old);
    return status;
}

enum status tree_open(const char *folder, struct tree **out, struct error *error)
{
    struct tree *tree = calloc(1, sizeof(*tree));
    enum status status;

    if (tree == NULL)
        return out_of_memory(error);
    tree->folder = folder;
    tree->lock = -1;
    tree->list = -1;
    status = lock_folder(tree, error);
    if (status == STATUS_OK)
        status = read_list(tree, error);
    if (status == STATUS_OK)
        *out = tree;
    else
        tree_close(tree);
    return status;
}

void tree_close(struct tree *tree)
{
    if (tree == NULL)
        return;
    if (tree->list >= 0)
        close(tree->list);
    if (tree->lock >= 0)
        close(tree->lock);
    tree_list_clear(&tree->old);
    tree_list_clear(&tree->now);
    free(tree);
}

bool tree_is_there(const char *folder)
{
    char path[PATH_SIZE];
    int length = snprintf(path, sizeof(path), "%s/" TREE_LIST, folder);

    return length > 0 && length < PATH_SIZE && access(path, F_OK) == 0;
}

/* ---- putting */

static enum status note(struct tree *tree, const char *path, const char *sha256,
                        struct error *error)
{
    return tree_list_add(&tree->now, path, sha256) ? STATUS_OK : out_of_memory(error);
}

/* Is it in the list with that digest? Else it is added, since it may be somebody's copy. */
static enum status know(struct tree *tree, const char *path, const char *sha256,
                        struct error *error)
{
    const struct tree_entry *entry = tree_list_find(&tree->old, path);
    const struct tree_entry *end = tree->old.entries + tree->old.count;

    for (; entry != NULL && entry < end && strcmp(entry->path, path) == 0; entry++)
        if (strcmp(entry->sha256, sha256) == 0)
            return STATUS_OK;
    return announce(tree, path, sha256, error);
}

enum status tree_has(struct tree *tree, const char *path, const char *sha256, bool *out,
                     struct error *error)
{
    char full[PATH_SIZE];
    char found[DIGEST_TEXT_SIZE];
    bool there = false;
    enum status status = make_path(tree, path, full, error);

    *out = false;
    if (status == STATUS_OK)
        status = digest_file(full, found, &there, error);
    if (status != STATUS_OK || strcmp(found, sha256) != 0)
        return status;
    *out = true;
    tree->counts.kept++;
    status = know(tree, path, sha256, error);
    return status == STATUS_OK ? note(tree, path, sha256, error) : status;
}

/* Only files that an older run wrote are written over. */
static enum status check_place(const struct tree *tree, const char *path, const char *full,
                               struct error *error)
{
    struct stat found;

    if (lstat(full, &found) != 0 || tree_list_find(&tree->old, path) != NULL)
        return STATUS_OK;
    return error_set(error, STATUS_FATAL,
                     "%s was not written by kansen site, and stays as it is: move it away, or "
                     "choose another folder",
                     full);
}

enum status tree_put(struct tree *tree, const char *path, const char *bytes, size_t length,
                     struct error *error)
{
    char full[PATH_SIZE];
    char sha256[DIGEST_TEXT_SIZE];
    bool has = false;
    enum status status = make_path(tree, path, full, error);

    if (status == STATUS_OK && !digest_of(bytes, length, sha256))
        status = out_of_memory(error);
    if (status == STATUS_OK)
        status = tree_has(tree, path, sha256, &has, error);
    if (status != STATUS_OK || has)
        return status;
    status = check_place(tree, path, full, error);
    if (status == STATUS_OK)
        status = announce(tree, path, sha256, error);
    if (status == STATUS_OK)
        status = make_folders(tree, full, error);
    if (status == STATUS_OK)
        status = write_file(tree, full, bytes, length, error);
    if (status == STATUS_OK)
        status = note(tree, path, sha256, error);
    tree->counts.written += status == STATUS_OK;
    return status;
}

enum status tree_read(const struct tree *tree, const char *path, char **out, struct error *error)
{
    char full[PATH_SIZE];
    size_t length = 0;
    bool there = false;
    enum status status = make_path(tree, path, full, error);

    if (status == STATUS_OK)
        status = read_file(full, out, &length, &there, error);
    if (status == STATUS_OK && *out == NULL)
        status = error_set(error, STATUS_FATAL, "%s is no longer there", full);
    return status;
}

/* ---- the end */

/* Folders that are empty now, from the innermost on. */
static void remove_folders(const struct tree *tree, char path[PATH_SIZE])
{
    for (char *slash = strrchr(path, '/'); slash > path + strlen(tree->folder);
         slash = strrchr(path, '/')) {
        *slash = '\0';
        if (rmdir(path) != 0)
            return;
    }
}

/* Entries of one path; what somebody has changed is somebody's. */
static enum status remove_old(struct tree *tree, const struct tree_entry *entries, size_t count,
                              struct error *error)
{
    char full[PATH_SIZE];
    char found[DIGEST_TEXT_SIZE];
    bool there = false;
    bool ours = false;
    enum status status = make_path(tree, entries->path, full, error);

    if (status == STATUS_OK)
        status = digest_file(full, found, &there, error);
    if (status != STATUS_OK || !there)
        return status;
    for (size_t i = 0; i < count; i++)
        ours |= strcmp(found, entries[i].sha256) == 0;
    if (!ours) {
        tree->counts.left++;
        return STATUS_OK;
    }
    if (unlink(full) != 0)
        return fail(full, error);
    tree->counts.removed++;
    remove_folders(tree, full);
    return STATUS_OK;
}

static enum status remove_rest(struct tree *tree, struct error *error)
{
    const struct tree_entry *entries = tree->old.entries;
    enum status status = STATUS_OK;
    size_t same;

    for (size_t i = 0; i < tree->old.count && status == STATUS_OK; i += same) {
        for (same = 1;
             i + same < tree->old.count && strcmp(entries[i].path, entries[i + same].path) == 0;)
            same++;
        if (tree_list_find(&tree->now, entries[i].path) == NULL)
            status = remove_old(tree, &entries[i], same, error);
    }
    return status;
}

static enum status write_list(struct tree *tree, struct error *error)
{
    char path[PATH_SIZE];
    char sha256[DIGEST_TEXT_SIZE];
    char found[DIGEST_TEXT_SIZE];
    bool there = false;
    char *text = tree_list_write(&tree->now);
    enum status status = make_path(tree, TREE_LIST, path, error);

    if (text == NULL || !digest_of(text, strlen(text), sha256))
        status = out_of_memory(error);
    if (status == STATUS_OK)
        status = digest_file(path, found, &there, error);
    if (status == STATUS_OK && strcmp(sha256, found) != 0)
        status = write_file(tree, path, text, strlen(text), error);
    free(text);
    return status;
}

enum status tree_finish(struct tree *tree, struct tree_counts *out, struct error *error)
{
    enum status status;

    tree_list_sort(&tree->now);
    status = remove_rest(tree, error);
    if (status == STATUS_OK)
        status = write_list(tree, error);
    if (status == STATUS_OK)
        status = sync_names(tree, error);
    *out = tree->counts;
    return status;
}
