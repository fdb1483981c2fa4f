#include "ingest/store/bloom.h"

#include <stdlib.h>
#include <string.h>

enum status bloom_init(struct bloom *bloom, size_t bytes, unsigned bits_for_each,
                       struct error *error)
{
    *bloom = (struct bloom){
        .words = calloc(1, bytes),
        .word_count = bytes / sizeof(*bloom->words),
        .capacity = (uint64_t)bytes * 8 / bits_for_each,
    };
    return bloom->words == NULL ? error_set(error, STATUS_FATAL, "out of memory") : STATUS_OK;
}

void bloom_clear(struct bloom *bloom)
{
    free(bloom->words);
    *bloom = (struct bloom){.words = NULL};
}

void bloom_forget(struct bloom *bloom)
{
    if (bloom->count > 0)
        memset(bloom->words, 0, bloom->word_count * sizeof(*bloom->words));
    bloom->count = 0;
}

bool bloom_is_full(const struct bloom *bloom)
{
    return bloom->count == bloom->capacity;
}

void bloom_add(struct bloom *bloom, uint64_t hash)
{
    if (bloom_may_have(bloom, hash))
        return;
    if (bloom_is_full(bloom))
        bloom_forget(bloom);
    *bloom_word(bloom, hash) |= bloom_mask(hash);
    bloom->count++;
}
