#include "ingest/intern.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum status intern_init(struct intern *intern, uint32_t capacity, uint32_t bytes_size,
                        struct error *error)
{
    uint32_t places = 16;

    /* At most half full, so that a search ends after a few steps. */
    while (places < capacity * 2)
        places *= 2;
    *intern = (struct intern){
        .places = malloc(places * sizeof(*intern->places)),
        .mask = places - 1,
        .entries = malloc(capacity * sizeof(*intern->entries)),
        .capacity = capacity,
        .bytes = malloc(bytes_size),
        .bytes_size = bytes_size,
    };
    if (intern->places == NULL || intern->entries == NULL || intern->bytes == NULL) {
        intern_clear(intern);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    /* Every byte 0xff makes every place INTERN_NONE. */
    memset(intern->places, 0xff, (size_t)places * sizeof(*intern->places));
    return STATUS_OK;
}

void intern_clear(struct intern *intern)
{
    free(intern->places);
    free(intern->entries);
    free(intern->bytes);
    memset(intern, 0, sizeof(*intern));
}

void intern_reset(struct intern *intern)
{
    if (intern->count > 0)
        memset(intern->places, 0xff, ((size_t)intern->mask + 1) * sizeof(*intern->places));
    intern->count = 0;
    intern->bytes_used = 0;
}

/* The place of the string in the hash table, or the empty place where it belongs. */
static struct intern_place *find_place(const struct intern *intern, const void *bytes,
                                       size_t length, uint64_t hash)
{
    uint32_t place = (uint32_t)hash & intern->mask;
    uint32_t tag = (uint32_t)(hash >> 32);

    while (intern->places[place].number != INTERN_NONE) {
        if (intern->places[place].tag == tag) {
            const struct intern_entry *entry = &intern->entries[intern->places[place].number];

            if (entry->length == length &&
                (length == 0 || memcmp(intern->bytes + entry->start, bytes, length) == 0))
                break;
        }
        place = (place + 1) & intern->mask;
    }
    return &intern->places[place];
}

uint32_t intern_find(const struct intern *intern, const void *bytes, size_t length)
{
    return find_place(intern, bytes, length, XXH3_64bits(bytes, length))->number;
}

uint32_t intern_add(struct intern *intern, const void *bytes, size_t length, bool *is_new)
{
    uint64_t hash = XXH3_64bits(bytes, length);
    struct intern_place *place = find_place(intern, bytes, length, hash);

    *is_new = false;
    if (place->number != INTERN_NONE)
        return place->number;
    if (intern->count == intern->capacity || length > intern->bytes_size - intern->bytes_used)
        return INTERN_NONE;

    intern->entries[intern->count] = (struct intern_entry){intern->bytes_used, (uint32_t)length};
    if (length > 0)
        memcpy(intern->bytes + intern->bytes_used, bytes, length);
    intern->bytes_used += (uint32_t)length;
    *place = (struct intern_place){(uint32_t)(hash >> 32), intern->count};
    *is_new = true;
    return intern->count++;
}

struct slice intern_get(const struct intern *intern, uint32_t number)
{
    const struct intern_entry *entry = &intern->entries[number];

    return (struct slice){intern->bytes + entry->start, entry->length};
}
