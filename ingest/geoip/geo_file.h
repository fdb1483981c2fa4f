/* The file of a MaxMind DB, opened so that nothing that happens to it later can harm a look-up: it
 * is copied into memory, checked, and opened there. */
#ifndef KANSEN_INGEST_GEOIP_GEO_FILE_H
#define KANSEN_INGEST_GEOIP_GEO_FILE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include <maxminddb.h>

#include "kansen/status.h"

/* The states of a file that can be told apart; all zero when there is no file. */
struct geo_file_state {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

struct geo_file_state geo_file_state(const struct stat *stat);
bool geo_file_state_equals(const struct geo_file_state *one, const struct geo_file_state *other);

/* *out is the caller's to MMDB_close; *state is that of the file before it was read, also on
 * failure. STATUS_REJECT: the file is bad. STATUS_RETRY: it may be good, but this machine lacks
 * something. The message does not name the file. */
enum status geo_file_open(const char *path, MMDB_s *out, struct geo_file_state *state,
                          struct error *error) MUST_CHECK;

#endif
