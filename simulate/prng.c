#include "simulate/prng.h"

#define GOLDEN_GAMMA UINT64_C(0x9e3779b97f4a7c15) /* 2^64 divided by the golden ratio, odd */

static uint64_t mix(uint64_t bits)
{
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

struct prng prng_for(uint64_t seed, uint64_t purpose, uint64_t number)
{
    return (struct prng){mix(mix(mix(seed + GOLDEN_GAMMA) + purpose + GOLDEN_GAMMA) + number)};
}

uint64_t prng_next(struct prng *prng)
{
    prng->state += GOLDEN_GAMMA;
    return mix(prng->state);
}

uint32_t prng_below(struct prng *prng, uint32_t bound)
{
    return (uint32_t)(((prng_next(prng) >> 32) * bound) >> 32);
}

bool prng_chance(struct prng *prng, uint32_t per_mille)
{
    return prng_below(prng, 1000) < per_mille;
}
