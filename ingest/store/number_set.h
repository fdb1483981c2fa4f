/* A set of 64-bit numbers in memory of fixed size, each with a dense place from 0: what
 * string_set.h is for texts, in a tenth of the time. Nothing is allocated after number_set_init.
 * What is hashed may be chosen by senders, so the hashes have a seed that nobody can know. */
#ifndef KANSEN_INGEST_STORE_NUMBER_SET_H
#define KANSEN_INGEST_STORE_NUMBER_SET_H

#include <stdint.h>

#include "kansen/status.h"

#define NUMBER_SET_NONE UINT32_MAX

struct number_set {
    uint64_t factor; /* odd */
    int shift;       /* that leaves the bits of a bucket */
    uint32_t mask;
    uint32_t *buckets; /* place + 1 of a number; 0: empty */
    uint64_t *numbers; /* by place */
    uint32_t count;
    uint32_t capacity;
};

/* STATUS_FATAL when memory is short, or the system has no random number. */
enum status number_set_init(struct number_set *set, uint32_t capacity,
                            struct error *error) MUST_CHECK;
/* Frees the memory; a zeroed struct is allowed. */
void number_set_clear(struct number_set *set);
/* Forgets all numbers. */
void number_set_reset(struct number_set *set);

/* What number_set_add does when the number is not where it is looked for first. */
uint32_t number_set_search(struct number_set *set, uint64_t number);

/* The place of the number, added when it is new: then it is what set->count was before.
 * NUMBER_SET_NONE when it is new and does not fit. Here, since it is asked ten times an event. */
static inline uint32_t number_set_add(struct number_set *set, uint64_t number)
{
    uint32_t after = set->buckets[number * set->factor >> set->shift];

    if (after != 0 && set->numbers[after - 1] == number)
        return after - 1;
    return number_set_search(set, number);
}

#endif
