/* A file that holds one secret: a password, a token. It is read whenever the secret is needed, so
 * that it can be changed without anybody being started anew. */
#ifndef KANSEN_TEXT_SECRET_FILE_H
#define KANSEN_TEXT_SECRET_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/status.h"

/* Bytes of a secret, with its end: tokens with many claims have a few KiB. */
#define SECRET_SIZE 16384

/* May everyone on the machine read the file? Its group may: that is how Kubernetes gives files to a
 * user who is not root. Docker mounts secrets open, below a folder that only the container has. */
bool secret_file_is_open(const char *path);

/* Reads its only line. STATUS_REJECT: it is open to everyone, or not one line of text;
 * STATUS_FATAL: it can't be read. The caller wipes what it no longer needs (secret_wipe). */
enum status secret_file_read(const char *path, char secret[SECRET_SIZE],
                             struct error *error) MUST_CHECK;

/* The same of a file that may have more lines, and of an empty one: then the secret is "". */
enum status secret_file_read_first(const char *path, char secret[SECRET_SIZE],
                                   struct error *error) MUST_CHECK;

void secret_wipe(char secret[SECRET_SIZE]);

/* What changes when a file does, also when another takes its name. */
struct file_stamp {
    uint64_t inode;
    int64_t size;
    int64_t written_ns;
};

/* All zero for a file that isn't there. */
struct file_stamp file_stamp_of(const char *path);
bool file_stamp_equals(const struct file_stamp *one, const struct file_stamp *other);

#endif
