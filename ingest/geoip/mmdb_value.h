/* The values of a MaxMind DB, byte by byte: one control byte and what belongs to it, pointers, and
 * a walk through all that a value leads to which no file can make endless.
 *
 * For bytes that nobody has looked at yet: nothing is read beyond the section. */
#ifndef KANSEN_INGEST_GEOIP_MMDB_VALUE_H
#define KANSEN_INGEST_GEOIP_MMDB_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* MaxMind's largest records hold about 200 values. */
#define MMDB_VALUES_MAX 10000

/* Part of a file that pointers count from. */
struct mmdb_section {
    const uint8_t *data;
    uint32_t size;
};

/* size counts bytes, or the members of a map or array. */
struct mmdb_value {
    uint32_t type; /* MMDB_DATA_TYPE_… */
    uint32_t size;
    uint32_t pointer;
    uint32_t content; /* offset of the bytes behind the size */
};

struct mmdb_walk {
    struct mmdb_section section;
    bool is_metadata; /* its arrays, and the maps in its map, hold nothing but text */
    uint32_t values_left;
};

/* All return false past the end of the section, and for what the format has no meaning for. */

/* Big-endian; moves *offset behind it. */
bool mmdb_read_number(struct mmdb_section section, uint32_t *offset, uint32_t bytes,
                      uint32_t *number);

bool mmdb_read_value(struct mmdb_section section, uint32_t offset, struct mmdb_value *value);

/* The value that counts, behind a pointer if there is one; the format forbids a second pointer. */
bool mmdb_read_target(struct mmdb_section section, uint32_t offset, struct mmdb_value *value);

/* True when the value, and all that it leads to, is within bounds and limits, of a size that its
 * type can have, and every key is text. *next is the offset behind it. */
bool mmdb_walk_value(struct mmdb_walk *walk, uint32_t offset, int depth, uint32_t *next);

#endif
