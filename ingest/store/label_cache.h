/* Labels that were looked up in PostgreSQL, each with what was found, in memory of fixed size.
 *
 * A label that no batch asks for again makes room for others. When there is none left a quarter of
 * the labels goes, drawn by lot: first of those that were not asked for since the last time, then
 * of the others. By lot, because labels often come in turn: of a few more than there is room for,
 * the oldest would always be the one that comes next. */
#ifndef KANSEN_INGEST_STORE_LABEL_CACHE_H
#define KANSEN_INGEST_STORE_LABEL_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/store/string_set.h"
#include "kansen/status.h"

struct label {
    int32_t id;
    bool is_wanted;        /* a batch asked for it again, behind the last time that some went */
    uint32_t threat_start; /* of a malware name: a stretch of the dictionary's threats */
    uint32_t threat_count;
};

struct label_cache {
    struct string_set texts;
    struct label *labels; /* by their number in texts */
    bool *stays;          /* while some go */
    uint64_t lot;         /* state of the numbers that are drawn */
};

/* Room for `capacity` labels of `bytes_size` bytes in all. STATUS_FATAL when memory is short. */
enum status label_cache_init(struct label_cache *cache, uint32_t capacity, uint32_t bytes_size,
                             struct error *error) MUST_CHECK;
/* Frees the memory; a zeroed struct is allowed. */
void label_cache_clear(struct label_cache *cache);
/* Forgets all labels. */
void label_cache_reset(struct label_cache *cache);

/* Numbers of a batch's labels in `texts`, in of_batch, and those of them that have to be looked up,
 * in missing: both hold as many as the batch. When they don't fit, others go, and the numbers of
 * those that stay change. STATUS_FATAL: one batch has more than there is room for. */
enum status label_cache_match(struct label_cache *cache, const struct string_set *batch,
                              uint32_t *of_batch, uint32_t *missing, uint32_t *missing_count,
                              struct error *error) MUST_CHECK;

/* Lets a quarter of the labels go. */
void label_cache_evict(struct label_cache *cache);

#endif
