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
#include "site/tree_disk.h"
#include "site/tree_list.h"

struct tree {
    const char *folder;     /* borrowed */
    int lock;               /* the folder itself, open */
    int list;               /* open to be added to; -1: nothing was added yet */
    struct tree_list old;   /* sorted */
    bool rest;              /* of the two rounds, the second */
    struct tree_list fresh; /* what the first one put; sorted in the second */
    struct tree_list now;   /* what this one put */
    struct tree_counts counts;
    struct tree_disk disk;
};

static enum status fail(const char *path, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
}

static enum status out_of_memory(struct error *error)
{
    return error_set(error, STATUS_FATAL, "out of memory");
}

static enum status make_path(const struct tree *tree, const char *path,
                             char out[TREE_DISK_PATH_SIZE], struct error *error)
{
    int length = snprintf(out, TREE_DISK_PATH_SIZE, "%s/%s", tree->folder, path);

    if (!tree_path_is_sound(path) && strcmp(path, TREE_LIST) != 0)
        return error_set(error, STATUS_REJECT, "%.700s can't be the name of a file of the site",
                         path);
    if (length < 0 || length >= TREE_DISK_PATH_SIZE)
        return error_set(error, STATUS_FATAL, "%s: the path is too long", tree->folder);
    return STATUS_OK;
}

/* Adds a line to the list on the disk. */
static enum status announce(struct tree *tree, const char *path, const char *sha256,
                            struct error *error)
{
    char name[TREE_DISK_PATH_SIZE];
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
    char path[TREE_DISK_PATH_SIZE];
    char *text = NULL;
    size_t length = 0;
    bool there = false;
    enum status status = make_path(tree, TREE_LIST, path, error);

    if (status == STATUS_OK)
        status = tree_disk_read(path, &text, &length, &there, error);
    if (status == STATUS_OK && there && text == NULL)
        status = error_set(error, STATUS_REJECT, "%s is no file", path);
    if (status == STATUS_OK && text != NULL) {
        struct error why;

        status = tree_list_read(text, &tree->old, &why);
        if (status != STATUS_OK)
            error_set(error, status, "%s/%s", tree->folder, why.message);
        else if (length > 0 && text[length - 1] != '\n')
            status = tree_disk_write(
                &tree->disk, path, text,
                strrchr(text, '\n') == NULL ? 0 : (size_t)(strrchr(text, '\n') + 1 - text), error);
    }
    free(text);
    tree_list_sort(&tree->old);
    return status;
}

/* Temporary files of a run that was killed lie beside what it was about to write, which was in the
 * list by then. Paths of one folder follow each other, or nearly. */
static enum status sweep(const struct tree *tree, struct error *error)
{
    char last[TREE_DISK_PATH_SIZE] = "";
    enum status status = tree_disk_sweep(tree->folder, error);

    for (size_t i = 0; i < tree->old.count && status == STATUS_OK; i++) {
        char full[TREE_DISK_PATH_SIZE];

        status = make_path(tree, tree->old.entries[i].path, full, error);
        if (status != STATUS_OK)
            break;
        *strrchr(full, '/') = '\0';
        if (strcmp(full, last) != 0)
            status = tree_disk_sweep(full, error);
        memcpy(last, full, strlen(full) + 1);
    }
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
        status = sweep(tree, error);
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
    tree_list_clear(&tree->fresh);
    tree_list_clear(&tree->now);
    free(tree);
}

bool tree_is_there(const char *folder)
{
    char path[TREE_DISK_PATH_SIZE];
    int length = snprintf(path, sizeof(path), "%s/" TREE_LIST, folder);

    return length > 0 && length < TREE_DISK_PATH_SIZE && access(path, F_OK) == 0;
}

/* ---- putting */

void tree_begin_rest(struct tree *tree)
{
    tree->rest = true;
    tree->fresh = tree->now;
    tree->now = (struct tree_list){NULL, 0, 0};
    tree_list_sort(&tree->fresh);
}

bool tree_is_rest(const struct tree *tree)
{
    return tree->rest;
}

bool tree_wants(const struct tree *tree, const char *path)
{
    char full[TREE_DISK_PATH_SIZE];
    struct stat found;
    struct error error;

    if (tree->rest)
        return tree_list_find(&tree->fresh, path) == NULL;
    /* A path that can't be is for tree_put to say. */
    return make_path(tree, path, full, &error) != STATUS_OK || lstat(full, &found) != 0;
}

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
    char full[TREE_DISK_PATH_SIZE];
    char found[DIGEST_TEXT_SIZE];
    bool there = false;
    enum status status = make_path(tree, path, full, error);

    *out = false;
    if (status == STATUS_OK)
        status = tree_disk_digest(full, found, &there, error);
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

/* Makes the folders that a path needs; `path` is changed meanwhile. */
static enum status make_folders(struct tree *tree, char path[TREE_DISK_PATH_SIZE],
                                struct error *error)
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

enum status tree_put(struct tree *tree, const char *path, const char *bytes, size_t length,
                     struct error *error)
{
    char full[TREE_DISK_PATH_SIZE];
    char sha256[DIGEST_TEXT_SIZE];
    bool has = false;
    enum status status = make_path(tree, path, full, error);

    if (status == STATUS_OK && !tree_wants(tree, path))
        return STATUS_OK;
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
        status = tree_disk_write(&tree->disk, full, bytes, length, error);
    if (status == STATUS_OK)
        status = note(tree, path, sha256, error);
    tree->counts.written += status == STATUS_OK;
    return status;
}

enum status tree_read(const struct tree *tree, const char *path, char **out, struct error *error)
{
    char full[TREE_DISK_PATH_SIZE];
    size_t length = 0;
    bool there = false;
    enum status status = make_path(tree, path, full, error);

    if (status == STATUS_OK)
        status = tree_disk_read(full, out, &length, &there, error);
    if (status == STATUS_OK && *out == NULL)
        status = error_set(error, STATUS_FATAL, "%s is no longer there", full);
    return status;
}

/* ---- the end */

/* Folders that are empty now, from the innermost on. */
static void remove_folders(const struct tree *tree, char path[TREE_DISK_PATH_SIZE])
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
    char full[TREE_DISK_PATH_SIZE];
    char found[DIGEST_TEXT_SIZE];
    bool there = false;
    bool ours = false;
    enum status status = make_path(tree, entries->path, full, error);

    if (status == STATUS_OK)
        status = tree_disk_digest(full, found, &there, error);
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
    char path[TREE_DISK_PATH_SIZE];
    char sha256[DIGEST_TEXT_SIZE];
    char found[DIGEST_TEXT_SIZE];
    bool there = false;
    char *text = tree_list_write(&tree->now);
    enum status status = make_path(tree, TREE_LIST, path, error);

    if (text == NULL || !digest_of(text, strlen(text), sha256))
        status = out_of_memory(error);
    if (status == STATUS_OK)
        status = tree_disk_digest(path, found, &there, error);
    if (status == STATUS_OK && strcmp(sha256, found) != 0)
        status = tree_disk_write(&tree->disk, path, text, strlen(text), error);
    free(text);
    return status;
}

static enum status join_rounds(struct tree *tree, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < tree->fresh.count && status == STATUS_OK; i++)
        status = note(tree, tree->fresh.entries[i].path, tree->fresh.entries[i].sha256, error);
    return status;
}

enum status tree_finish(struct tree *tree, struct tree_counts *out, struct error *error)
{
    enum status status;

    status = join_rounds(tree, error);
    tree_list_sort(&tree->now);
    if (status == STATUS_OK)
        status = remove_rest(tree, error);
    if (status == STATUS_OK)
        status = write_list(tree, error);
    if (status == STATUS_OK)
        status = tree_disk_sync(&tree->disk, error);
    *out = tree->counts;
    return status;
}
