/* What a fleet's machines are like: each text of a list with how many of them have it, in relation
 * to the others: "Windows 7: 55, Windows XP: 30, -: 5". Machines that get "-" don't say it. */
#ifndef KANSEN_SIMULATE_CHOICES_H
#define KANSEN_SIMULATE_CHOICES_H

#include <stddef.h>
#include <stdint.h>

#include "kansen/status.h"

/* Of one text; in all they stay far below 32 bits. */
#define CHOICES_WEIGHT_MAX 1000000
/* Texts of one list. */
#define CHOICES_MAX 1000

struct choice {
    const char *text; /* "" stands for none */
    uint32_t weight;
};

struct choices {
    char *text; /* owned; cut into texts */
    struct choice *items;
    size_t count;
    uint32_t weight; /* of all together */
};

/* Reads a list. A text is 1 to EVENT_LABEL_MAX bytes, may hold blanks and colons, and no comma.
 * STATUS_REJECT says what is wrong with it; the caller clears *out in any case. */
enum status choices_read(const char *value, struct choices *out, struct error *error) MUST_CHECK;
/* A zeroed struct is allowed. */
void choices_clear(struct choices *choices);

/* The number of the text that `random` stands for, which is below choices->weight. */
size_t choices_at(const struct choices *choices, uint32_t random);

#endif
