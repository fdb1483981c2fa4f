/* Infections of which it is certain that they are stored, each with the first detection that is
 * stored for it; and which of all others were met before.
 *
 * Most detections are of machines that are counted already; what is found here needs no look at the
 * database. What an entry says stays true for good: an infection never leaves, and its first
 * detection only moves to an earlier one. Memory is fixed: a new entry takes the place of an older
 * one, which costs a look-up in PostgreSQL the next time and nothing else. That there was one is
 * remembered for longer (bloom.h): what was never met can be taken for new. */
#ifndef KANSEN_INGEST_STORE_INFECTION_CACHE_H
#define KANSEN_INGEST_STORE_INFECTION_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/store/sighting.h"
#include "kansen/status.h"

enum infection_cache_answer {
    INFECTION_CACHE_UNMET, /* the infection was not added here: another may have stored it */
    INFECTION_CACHE_MISS,  /* it was added, most likely */
    INFECTION_CACHE_MAYBE_EARLIER, /* it is stored, and this detection may be in front of its first
                                    */
    INFECTION_CACHE_HIT,           /* it is stored, and this detection is not its first */
};

struct infection_cache;

/* MiB unless it is told otherwise: 823,878 infections. */
#define INFECTION_CACHE_MIB 22

/* Of so many MiB, 1 at least, which are touched as far as they are filled: 37,449 infections each.
 * STATUS_FATAL when memory is short. The caller frees with infection_cache_free. */
enum status infection_cache_new(size_t mib, struct infection_cache **out,
                                struct error *error) MUST_CHECK;
/* NULL is allowed. */
void infection_cache_free(struct infection_cache *cache);
void infection_cache_forget(struct infection_cache *cache);

/* Fetches what infection_cache_find will look at, to be called a few sightings ahead: the memory
 * that it needs is far away. A device of the same month and threat as the last one gains by it. */
void infection_cache_prefetch(const struct infection_cache *cache, const uint8_t device[16]);

enum infection_cache_answer infection_cache_find(struct infection_cache *cache,
                                                 const struct sighting *sighting);
/* The infection is stored, with this first detection or an earlier one. */
void infection_cache_add(struct infection_cache *cache, const struct sighting *sighting);

#endif
