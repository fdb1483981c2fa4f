/* A set of byte strings in memory of fixed size, each with a dense number from 0.
 *
 * Everything in ingest that must be found again by its content uses it: malware names and other
 * labels, infections, counts. Nothing is allocated after string_set_init, and what is removed
 * goes all at once, so a table can be reused from batch to batch without touching the heap. Hashes
 * have a seed that nobody can know, since senders choose the strings: those that meet in one place
 * would have to be tried one after the other. */
#ifndef KANSEN_INGEST_STORE_STRING_SET_H
#define KANSEN_INGEST_STORE_STRING_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"

#define STRING_SET_NONE UINT32_MAX

struct string_set_entry {
    uint32_t start; /* in bytes */
    uint32_t length;
};

/* A place of the hash table. Half of the hash stands here, so that a search leaves the table only
 * for what it is looking for. */
struct string_set_place {
    uint32_t tag;
    uint32_t number; /* of the entry; STRING_SET_NONE: empty */
};

struct string_set {
    uint64_t seed; /* of the hashes */
    struct string_set_place *places;
    uint32_t mask;
    struct string_set_entry *entries;
    uint32_t count;
    uint32_t capacity;
    char *bytes;
    uint32_t bytes_used;
    uint32_t bytes_size;
};

/* A number that nobody outside of this process can know. STATUS_FATAL when the system has none. */
enum status string_set_draw_seed(uint64_t *seed, struct error *error) MUST_CHECK;

/* Room for `capacity` strings of `bytes_size` bytes in all. STATUS_FATAL when memory is short, or
 * the system has no random number. */
enum status string_set_init(struct string_set *set, uint32_t capacity, uint32_t bytes_size,
                            struct error *error) MUST_CHECK;
/* Frees the memory; a zeroed struct is allowed. */
void string_set_clear(struct string_set *set);
/* Forgets all strings. */
void string_set_reset(struct string_set *set);
/* Forgets the newest strings, so that `count` are left: as if those had never been added. */
void string_set_shrink(struct string_set *set, uint32_t count);
/* Forgets the strings of which `stays`, by number, is false; the others are numbered anew, in their
 * order. */
void string_set_keep(struct string_set *set, const bool *stays);

/* The number of the string, added when it is new; STRING_SET_NONE when it is new and does not fit.
 */
uint32_t string_set_add(struct string_set *set, const void *bytes, size_t length, bool *is_new);
/* STRING_SET_NONE when it is not there. */
uint32_t string_set_find(const struct string_set *set, const void *bytes, size_t length);
/* Borrowed until strings are forgotten. */
struct slice string_set_get(const struct string_set *set, uint32_t number);

#endif
