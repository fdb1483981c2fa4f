/* One detection that matches a threat: what infections and counts are made of. */
#ifndef KANSEN_INGEST_STORE_SIGHTING_H
#define KANSEN_INGEST_STORE_SIGHTING_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kansen/event.h"

/* What heartbeats are counted under: a threat that there is not. Their sightings are no detections.
 */
#define THREAT_OF_HEARTBEATS 0

/* What a sighting is counted by: the country, and ids of the other labels, each 0 when there is
 * none. Product and version are two dimensions of one label. */
#define SIGHTING_BY_COUNTRY_ALONE (-1)

struct sighting_labels {
    char country[COUNTRY_SIZE];
    int32_t name_id; /* SIGHTING_BY_COUNTRY_ALONE: the others are not known, see migration 017 */
    int32_t product_id;
    int32_t os_id;
    int32_t segment_id;
};

struct sighting {
    int32_t first_day; /* of its month, days since 1970-01-01 */
    int32_t threat_id;
    uint8_t device[16];
    int64_t time_us;
    uint8_t event_id[16];
    struct sighting_labels labels;
};

/* Is the sighting's time, then its id, in front of the other's? */
static inline bool sighting_is_earlier(const struct sighting *sighting,
                                       const struct sighting *other)
{
    if (sighting->time_us != other->time_us)
        return sighting->time_us < other->time_us;
    return memcmp(sighting->event_id, other->event_id, sizeof(sighting->event_id)) < 0;
}

#endif
