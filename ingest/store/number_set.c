#include "ingest/store/number_set.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/store/string_set.h"

enum status number_set_init(struct number_set *set, uint32_t capacity, struct error *error)
{
    int bits = 4;
    enum status status;

    /* At most half full, so that a search ends after a few steps. */
    while ((UINT32_C(1) << bits) < capacity * 2)
        bits++;
    *set = (struct number_set){
        .shift = 64 - bits,
        .mask = (UINT32_C(1) << bits) - 1,
        .buckets = calloc(UINT32_C(1) << bits, sizeof(*set->buckets)),
        .numbers = malloc(capacity * sizeof(*set->numbers)),
        .capacity = capacity,
    };
    if (set->buckets == NULL || set->numbers == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = string_set_draw_seed(&set->factor, error);
    set->factor |= 1;
    if (status != STATUS_OK)
        number_set_clear(set);
    return status;
}

void number_set_clear(struct number_set *set)
{
    free(set->buckets);
    free(set->numbers);
    memset(set, 0, sizeof(*set));
}

/* The bucket of the number, or the empty one where it belongs. */
static uint32_t *find_bucket(const struct number_set *set, uint64_t number)
{
    uint32_t bucket = (uint32_t)(number * set->factor >> set->shift);

    while (set->buckets[bucket] != 0 && set->numbers[set->buckets[bucket] - 1] != number)
        bucket = (bucket + 1) & set->mask;
    return &set->buckets[bucket];
}

/* A few are taken out one by one, from the newest on, so that no number stands behind a bucket that
 * gets empty. */
void number_set_reset(struct number_set *set)
{
    if (set->count > set->capacity / 16)
        memset(set->buckets, 0, ((size_t)set->mask + 1) * sizeof(*set->buckets));
    else
        for (uint32_t place = set->count; place > 0; place--)
            *find_bucket(set, set->numbers[place - 1]) = 0;
    set->count = 0;
}

uint32_t number_set_search(struct number_set *set, uint64_t number)
{
    uint32_t *bucket = find_bucket(set, number);

    if (*bucket != 0)
        return *bucket - 1;
    if (set->count == set->capacity)
        return NUMBER_SET_NONE;
    set->numbers[set->count] = number;
    *bucket = ++set->count;
    return set->count - 1;
}
