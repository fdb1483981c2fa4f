#include "ingest/store/string_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

enum status string_set_draw_seed(uint64_t *seed, struct error *error)
{
    uint64_t drawn;

    if (getrandom(&drawn, sizeof(drawn), 0) != (ssize_t)sizeof(drawn))
        return error_set(error, STATUS_FATAL, "no random number: %s", strerror(errno));
    *seed = drawn;
    return STATUS_OK;
}

enum status string_set_init(struct string_set *set, uint32_t capacity, uint32_t bytes_size,
                            struct error *error)
{
    uint32_t places = 16;

    /* At most half full, so that a search ends after a few steps. */
    while (places < capacity * 2)
        places *= 2;
    *set = (struct string_set){
        .places = malloc(places * sizeof(*set->places)),
        .mask = places - 1,
        .entries = malloc(capacity * sizeof(*set->entries)),
        .capacity = capacity,
        .bytes = malloc(bytes_size),
        .bytes_size = bytes_size,
    };
    if (set->places == NULL || set->entries == NULL || set->bytes == NULL) {
        string_set_clear(set);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    /* Every byte 0xff makes every place STRING_SET_NONE. */
    memset(set->places, 0xff, (size_t)places * sizeof(*set->places));

    enum status status = string_set_draw_seed(&set->seed, error);

    if (status != STATUS_OK)
        string_set_clear(set);
    return status;
}

void string_set_clear(struct string_set *set)
{
    free(set->places);
    free(set->entries);
    free(set->bytes);
    memset(set, 0, sizeof(*set));
}

static void empty_places(struct string_set *set)
{
    memset(set->places, 0xff, ((size_t)set->mask + 1) * sizeof(*set->places));
}

void string_set_reset(struct string_set *set)
{
    if (set->count > 0)
        empty_places(set);
    set->count = 0;
    set->bytes_used = 0;
}

static uint64_t hash_of(const struct string_set *set, const void *bytes, size_t length)
{
    return XXH3_64bits_withSeed(bytes, length, set->seed);
}

/* The place of the string in the hash table, or the empty place where it belongs. */
static struct string_set_place *find_place(const struct string_set *set, const void *bytes,
                                           size_t length, uint64_t hash)
{
    uint32_t place = (uint32_t)hash & set->mask;
    uint32_t tag = (uint32_t)(hash >> 32);

    while (set->places[place].number != STRING_SET_NONE) {
        if (set->places[place].tag == tag) {
            const struct string_set_entry *entry = &set->entries[set->places[place].number];

            if (entry->length == length &&
                (length == 0 || memcmp(set->bytes + entry->start, bytes, length) == 0))
                break;
        }
        place = (place + 1) & set->mask;
    }
    return &set->places[place];
}

uint32_t string_set_find(const struct string_set *set, const void *bytes, size_t length)
{
    return find_place(set, bytes, length, hash_of(set, bytes, length))->number;
}

uint32_t string_set_add(struct string_set *set, const void *bytes, size_t length, bool *is_new)
{
    uint64_t hash = hash_of(set, bytes, length);
    struct string_set_place *place = find_place(set, bytes, length, hash);

    *is_new = false;
    if (place->number != STRING_SET_NONE)
        return place->number;
    if (set->count == set->capacity || length > set->bytes_size - set->bytes_used)
        return STRING_SET_NONE;

    set->entries[set->count] = (struct string_set_entry){set->bytes_used, (uint32_t)length};
    if (length > 0)
        memcpy(set->bytes + set->bytes_used, bytes, length);
    set->bytes_used += (uint32_t)length;
    *place = (struct string_set_place){(uint32_t)(hash >> 32), set->count};
    *is_new = true;
    return set->count++;
}

/* Taken away in the opposite order, no string stands behind a place that gets empty. */
void string_set_shrink(struct string_set *set, uint32_t count)
{
    while (set->count > count) {
        const struct string_set_entry *entry = &set->entries[set->count - 1];
        const char *bytes = set->bytes + entry->start;

        find_place(set, bytes, entry->length, hash_of(set, bytes, entry->length))->number =
            STRING_SET_NONE;
        set->bytes_used = entry->start;
        set->count--;
    }
}

void string_set_keep(struct string_set *set, const bool *stays)
{
    uint32_t count = set->count;

    empty_places(set);
    set->count = 0;
    set->bytes_used = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct string_set_entry entry = set->entries[i];
        char *bytes = set->bytes + set->bytes_used;
        uint64_t hash;

        if (!stays[i])
            continue;
        memmove(bytes, set->bytes + entry.start, entry.length);
        hash = hash_of(set, bytes, entry.length);
        *find_place(set, bytes, entry.length, hash) =
            (struct string_set_place){(uint32_t)(hash >> 32), set->count};
        set->entries[set->count++] = (struct string_set_entry){set->bytes_used, entry.length};
        set->bytes_used += entry.length;
    }
}

struct slice string_set_get(const struct string_set *set, uint32_t number)
{
    const struct string_set_entry *entry = &set->entries[number];

    return (struct slice){set->bytes + entry->start, entry->length};
}
