/* Files of the site as they lie on the disk: read as they are, written whole. Only site/tree
 * includes it. */
#ifndef KANSEN_SITE_TREE_DISK_H
#define KANSEN_SITE_TREE_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/status.h"
#include "text/digest.h"

/* The folder, a path in it, and the name of a temporary file. */
#define TREE_DISK_PATH_SIZE 4096

/* Zeroed: nothing was written. */
struct tree_disk {
    char unsynced[TREE_DISK_PATH_SIZE]; /* a folder whose new names may not be on the disk yet; "":
                                           none */
};

/* *out, which the caller frees, ends with a zero; it is NULL when there is no such file, or
 * something that is none. */
enum status tree_disk_read(const char *path, char **out, size_t *length, bool *there,
                           struct error *error) MUST_CHECK;

/* "" when it isn't there, or is no file. */
enum status tree_disk_digest(const char *path, char sha256[DIGEST_TEXT_SIZE], bool *there,
                             struct error *error) MUST_CHECK;

/* Under a name of its own in the folder where it belongs, synced, and then renamed. */
enum status tree_disk_write(struct tree_disk *disk, const char *path, const char *bytes,
                            size_t length, struct error *error) MUST_CHECK;

/* All names are on the disk then. */
enum status tree_disk_sync(struct tree_disk *disk, struct error *error) MUST_CHECK;

/* Removes from a folder the files without a name that a run left behind which was killed. A folder
 * that isn't there has none. */
enum status tree_disk_sweep(const char *folder, struct error *error) MUST_CHECK;

#endif
