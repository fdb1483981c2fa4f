/* Infections that are known to be stored, each with the first detection that is stored for it.
 *
 * Most detections are of machines that are counted already; what is found here needs no look at the
 * database. What an entry says stays true for good: an infection never leaves, and its first
 * detection only moves to an earlier one. Memory is fixed: a new entry takes the place of an older
 * one, which costs a look-up in PostgreSQL the next time and nothing else. */
#ifndef KANSEN_INGEST_KNOWN_H
#define KANSEN_INGEST_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"

/* One detection that matches a threat. */
struct sighting {
    int32_t first_day; /* of its month, days since 1970-01-01 */
    int32_t threat_id;
    uint8_t device[16];
    int64_t time_us;
    uint8_t event_id[16];
    char country[COUNTRY_SIZE];
};

/* Is the sighting's time, then its id, in front of the other's? */
bool sighting_is_earlier(const struct sighting *sighting, const struct sighting *other);

enum known_answer {
    KNOWN_NOT,     /* the infection may be stored or not */
    KNOWN_LATER,   /* it is stored, and this detection may be in front of its first */
    KNOWN_COUNTED, /* it is stored, and this detection is not its first */
};

struct known;

/* STATUS_FATAL when memory is short. The caller frees with known_free. */
enum status known_new(struct known **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void known_free(struct known *known);
void known_forget(struct known *known);

/* Fetches what known_find will look at, to be called a few sightings ahead: the memory that it
 * needs is far away. A device of the same month and threat as the last one gains by it. */
void known_prefetch(const struct known *known, const uint8_t device[16]);

enum known_answer known_find(struct known *known, const struct sighting *sighting);
/* The infection is stored, with this first detection or an earlier one. */
void known_add(struct known *known, const struct sighting *sighting);

#endif
