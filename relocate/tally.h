/* What has moved from which country to which. */
#ifndef KANSEN_RELOCATE_TALLY_H
#define KANSEN_RELOCATE_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"

struct tally_move {
    char from[COUNTRY_SIZE];
    char to[COUNTRY_SIZE];
    int64_t detections;
    int64_t infections;
};

/* Zeroed is empty. */
struct tally {
    struct tally_move *moves; /* each pair once */
    size_t count;
    size_t size;
};

void tally_clear(struct tally *tally);
void tally_reset(struct tally *tally);

/* STATUS_FATAL when memory is short. */
enum status tally_add(struct tally *tally, const struct tally_move *move,
                      struct error *error) MUST_CHECK;
enum status tally_add_all(struct tally *tally, const struct tally *other,
                          struct error *error) MUST_CHECK;

/* Those with the most detections first. */
void tally_sort(struct tally *tally);
/* Of all pairs together. */
struct tally_move tally_total(const struct tally *tally);

#endif
