#include "ingest/store/label_cache.h"

#include <stdlib.h>
#include <string.h>

/* Of the labels, so many go at a time: often enough to be rare, and few enough to be missed by few.
 */
#define PART_THAT_GOES 4

enum status label_cache_init(struct label_cache *cache, uint32_t capacity, uint32_t bytes_size,
                             struct error *error)
{
    enum status status;

    *cache = (struct label_cache){.labels = malloc(capacity * sizeof(*cache->labels)),
                                  .stays = malloc(capacity * sizeof(*cache->stays))};
    if (cache->labels == NULL || cache->stays == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = string_set_init(&cache->texts, capacity, bytes_size, error);
    cache->lot = cache->texts.seed;
    if (status != STATUS_OK)
        label_cache_clear(cache);
    return status;
}

void label_cache_clear(struct label_cache *cache)
{
    string_set_clear(&cache->texts);
    free(cache->labels);
    free(cache->stays);
    *cache = (struct label_cache){.labels = NULL};
}

void label_cache_reset(struct label_cache *cache)
{
    string_set_reset(&cache->texts);
}

/* A number below the bound (splitmix64). */
static uint32_t draw(struct label_cache *cache, uint32_t bound)
{
    uint64_t mixed = cache->lot += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((mixed ^ (mixed >> 31)) % bound);
}

/* Chooses so many of the labels that were wanted, or were not, by lot. */
static void choose(struct label_cache *cache, bool is_wanted, uint32_t among, uint32_t go)
{
    for (uint32_t i = 0; go > 0 && i < cache->texts.count; i++) {
        if (cache->labels[i].is_wanted != is_wanted)
            continue;
        if (draw(cache, among--) < go) {
            cache->stays[i] = false;
            go--;
        }
    }
}

/* Those that stay take the places of those that go. */
static void move_up(struct label_cache *cache)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < cache->texts.count; i++) {
        if (!cache->stays[i])
            continue;
        cache->labels[kept] = cache->labels[i];
        cache->labels[kept++].is_wanted = false;
    }
    string_set_keep(&cache->texts, cache->stays);
}

void label_cache_evict(struct label_cache *cache)
{
    uint32_t count = cache->texts.count;
    uint32_t go = count / PART_THAT_GOES + 1;
    uint32_t unwanted = 0;

    for (uint32_t i = 0; i < count; i++) {
        cache->stays[i] = true;
        unwanted += !cache->labels[i].is_wanted;
    }
    if (go > count)
        go = count;
    choose(cache, false, unwanted, go < unwanted ? go : unwanted);
    if (go > unwanted)
        choose(cache, true, count - unwanted, go - unwanted);
    move_up(cache);
}

/* Finds the batch's labels and adds the missing ones; false, and none is added, when they don't
 * fit. */
static bool add_batch(struct label_cache *cache, const struct string_set *batch, uint32_t *of_batch,
                      uint32_t *missing, uint32_t *missing_count)
{
    uint32_t count_before = cache->texts.count;

    *missing_count = 0;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct slice text = string_set_get(batch, i);
        bool is_new;
        uint32_t number = string_set_add(&cache->texts, text.data, text.length, &is_new);

        if (number == STRING_SET_NONE) {
            string_set_shrink(&cache->texts, count_before);
            return false;
        }
        of_batch[i] = number;
        if (is_new) {
            cache->labels[number] = (struct label){.id = 0};
            missing[(*missing_count)++] = number;
        } else {
            cache->labels[number].is_wanted = true;
        }
    }
    return true;
}

enum status label_cache_match(struct label_cache *cache, const struct string_set *batch,
                              uint32_t *of_batch, uint32_t *missing, uint32_t *missing_count,
                              struct error *error)
{
    while (!add_batch(cache, batch, of_batch, missing, missing_count)) {
        if (cache->texts.count == 0)
            return error_set(error, STATUS_FATAL, "the labels of one batch don't fit the cache");
        label_cache_evict(cache);
    }
    return STATUS_OK;
}
