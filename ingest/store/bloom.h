/* A Bloom filter: tells what was never added from what may have been.
 *
 * Of what is known by a hash of 64 bits. What was added is always found, until the filter is full
 * and begins anew; of what was not, a few are found as well: four in a hundred when it is full at 8
 * bits for each, less than one at 16. All bits of a hash are in one word (a "blocked" filter:
 * Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007), since this
 * is asked for each event. Memory is fixed. */
#ifndef KANSEN_INGEST_STORE_BLOOM_H
#define KANSEN_INGEST_STORE_BLOOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/status.h"

/* Zeroed: nothing to clear. */
struct bloom {
    uint64_t *words;
    uint64_t word_count;
    uint64_t capacity; /* hashes */
    uint64_t count;    /* of those, the ones that were not found when they were added */
};

/* Of so many bytes, which are touched as far as they are filled, at most 32 GiB. STATUS_FATAL when
 * memory is short. */
enum status bloom_init(struct bloom *bloom, size_t bytes, unsigned bits_for_each,
                       struct error *error) MUST_CHECK;
void bloom_clear(struct bloom *bloom);
void bloom_forget(struct bloom *bloom);

/* The next one that is new begins it anew. */
bool bloom_is_full(const struct bloom *bloom);
void bloom_add(struct bloom *bloom, uint64_t hash);

/* The word by the last 32 bits of the hash. */
static inline uint64_t *bloom_word(const struct bloom *bloom, uint64_t hash)
{
    return &bloom->words[(hash & UINT32_MAX) * bloom->word_count >> 32];
}

/* What is set in it, by bits that the word does not follow from. */
static inline uint64_t bloom_mask(uint64_t hash)
{
    uint64_t mixed = hash * UINT64_C(0x9E3779B97F4A7C15);

    return UINT64_C(1) << (mixed >> 58) | UINT64_C(1) << (mixed >> 52 & 63) |
           UINT64_C(1) << (mixed >> 46 & 63) | UINT64_C(1) << (mixed >> 40 & 63);
}

static inline bool bloom_may_have(const struct bloom *bloom, uint64_t hash)
{
    return (bloom_mask(hash) & ~*bloom_word(bloom, hash)) == 0;
}

/* Fetches what is going to be looked at, to be called a few hashes ahead. */
static inline void bloom_prefetch(const struct bloom *bloom, uint64_t hash)
{
    __builtin_prefetch(bloom_word(bloom, hash));
}

#endif
