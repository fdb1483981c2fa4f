/* One compressed file (zstd) in a folder: written under a temporary name, synced, with its SHA-256
 * beside it in the form that `sha256sum -c` reads.
 *
 * Nothing that is there is ever written over: a file of the same name that holds something else
 * keeps it, and ours gets the next number (NAME.ndjson.zst, NAME.2.ndjson.zst …). The same lines
 * give the same bytes, and then the file that is there is ours. */
#ifndef KANSEN_RETENTION_PACK_H
#define KANSEN_RETENTION_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/status.h"
#include "text/digest.h"

#define PACK_PATH_SIZE 4096

struct pack;

struct pack_file {
    char path[PACK_PATH_SIZE];
    char sha256[DIGEST_TEXT_SIZE];
    int64_t bytes;
    bool was_there; /* with these very bytes */
};

/* The folder is made when it is missing, but not those above it. `name` without ending. */
enum status pack_open(const char *folder, const char *name, struct pack **out,
                      struct error *error) MUST_CHECK;

/* A line; its end is added. */
enum status pack_add(struct pack *pack, const char *line, size_t length,
                     struct error *error) MUST_CHECK;

/* Both files lie on the disk when this returns STATUS_OK. Frees in any case. */
enum status pack_finish(struct pack *pack, struct pack_file *out, struct error *error) MUST_CHECK;

/* Nothing stays behind; NULL is allowed. */
void pack_drop(struct pack *pack);

#endif
