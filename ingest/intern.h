/* A set of byte strings in memory of fixed size, each with a dense number from 0.
 *
 * Everything in ingest that must be found again by its content uses it: malware names, identities
 * of events, infections, counts. Nothing is allocated after intern_init and nothing is removed but
 * all at once, so a table can be reused from batch to batch without touching the heap. */
#ifndef KANSEN_INGEST_INTERN_H
#define KANSEN_INGEST_INTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"

#define INTERN_NONE UINT32_MAX

struct intern_entry {
    uint32_t start; /* in bytes */
    uint32_t length;
};

/* A place of the hash table. Half of the hash stands here, so that a search leaves the table only
 * for what it is looking for. */
struct intern_place {
    uint32_t tag;
    uint32_t number; /* of the entry; INTERN_NONE: empty */
};

struct intern {
    struct intern_place *places;
    uint32_t mask;
    struct intern_entry *entries;
    uint32_t count;
    uint32_t capacity;
    char *bytes;
    uint32_t bytes_used;
    uint32_t bytes_size;
};

/* Room for `capacity` strings of `bytes_size` bytes in all. STATUS_FATAL when memory is short. */
enum status intern_init(struct intern *intern, uint32_t capacity, uint32_t bytes_size,
                        struct error *error) MUST_CHECK;
/* Frees the memory; a zeroed struct is allowed. */
void intern_clear(struct intern *intern);
/* Forgets all strings. */
void intern_reset(struct intern *intern);

/* The number of the string, added when it is new; INTERN_NONE when it is new and does not fit. */
uint32_t intern_add(struct intern *intern, const void *bytes, size_t length, bool *is_new);
/* INTERN_NONE when it is not there. */
uint32_t intern_find(const struct intern *intern, const void *bytes, size_t length);
/* Borrowed until intern_reset. */
struct slice intern_get(const struct intern *intern, uint32_t number);

#endif
