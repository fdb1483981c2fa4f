/* The bytes of a file, unpacked when it is compressed, which its first bytes tell.
 *
 * gzip by zlib, since libarchive 3.6 doesn't look at gzip's checksums; all else by libarchive
 * (docs/decisions.md). Whatever follows the compressed data must be more of it, or zeros. */
#ifndef KANSEN_INGEST_FILES_UNPACK_H
#define KANSEN_INGEST_FILES_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "ingest/files/input.h"
#include "kansen/status.h"

/* The largest window, in MiB, that a compressed file may ask for: what libarchive takes of zstd,
 * and twice the largest of xz's presets. */
#define UNPACK_WINDOW_MAX_MIB 128

struct unpack;

/* Reads nothing. STATUS_REJECT: the file can't be opened, with its name and why. The caller closes
 * *out. */
enum status unpack_open(const char *path, struct unpack **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void unpack_close(struct unpack *unpack);

/* At most `size` bytes; *made 0: the file is at its end. STATUS_REJECT says what is wrong, without
 * the file's name and place, which the caller knows. */
enum status unpack_read(struct unpack *unpack, char *out, size_t size, size_t *made,
                        struct error *error) MUST_CHECK;

/* "gzip", "zstd" …; NULL for a file that is not compressed. Known once something has been read. */
const char *unpack_packing(const struct unpack *unpack);

/* The first bytes of compressed data: which compression it is, or NULL. */
const char *unpack_recognise(const char *bytes, size_t length);

/* Where the bytes come from; its position is that in the file as it is on disk. */
const struct input *unpack_input(const struct unpack *unpack);

/* Was the last failure one of reading, rather than of what was read? */
bool unpack_has_read_error(const struct unpack *unpack);

#endif
