/* Repeatable random numbers: the same seed gives the same fleet on every machine.
 *
 * splitmix64 (Steele, Lea and Flood, 2014): a counter that moves by an odd constant, and a mixing
 * of its bits. It passes BigCrush, needs no warming up, and can be seeded from any three numbers,
 * so each device and each event has a sequence of its own that no other setting disturbs. */
#ifndef KANSEN_SIMULATE_PRNG_H
#define KANSEN_SIMULATE_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct prng {
    uint64_t state;
};

/* A sequence for one thing: `purpose` keeps apart what has the same number. */
struct prng prng_for(uint64_t seed, uint64_t purpose, uint64_t number);

uint64_t prng_next(struct prng *prng);

/* 0 to bound - 1; 0 when bound is 0. The unevenness is below bound / 2^32. */
uint32_t prng_below(struct prng *prng, uint32_t bound);

/* True for per_mille of 1,000 calls. Draws a number in any case. */
bool prng_chance(struct prng *prng, uint32_t per_mille);

#endif
