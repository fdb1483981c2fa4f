#include "ingest/known.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Sets of a few entries, the set chosen by a hash of the infection: 262,144 entries, 12 MiB. */
#define SETS 65536
#define WAYS 4

#define KEY_SIZE (2 * sizeof(int32_t) + 16)

/* The first KEY_SIZE bytes are the key; a threat_id of 0 is none. */
struct entry {
    int32_t first_day;
    int32_t threat_id;
    uint8_t device[16];
    int64_t time_us;
    uint8_t event_id[16];
};

struct known {
    struct entry (*sets)[WAYS];
    unsigned turn; /* whose place the next entry of a full set takes */
};

enum status known_new(struct known **out, struct error *error)
{
    struct known *known = calloc(1, sizeof(*known));

    if (known == NULL || (known->sets = calloc(SETS, sizeof(*known->sets))) == NULL) {
        free(known);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    *out = known;
    return STATUS_OK;
}

void known_free(struct known *known)
{
    if (known == NULL)
        return;
    free(known->sets);
    free(known);
}

void known_forget(struct known *known)
{
    memset(known->sets, 0, SETS * sizeof(*known->sets));
}

static bool is_before(int64_t time_us, const uint8_t *event_id, int64_t other_time_us,
                      const uint8_t *other_event_id)
{
    if (time_us != other_time_us)
        return time_us < other_time_us;
    return memcmp(event_id, other_event_id, 16) < 0;
}

bool sighting_is_earlier(const struct sighting *sighting, const struct sighting *other)
{
    return is_before(sighting->time_us, sighting->event_id, other->time_us, other->event_id);
}

static struct entry entry_of(const struct sighting *sighting)
{
    struct entry entry = {.first_day = sighting->first_day,
                          .threat_id = sighting->threat_id,
                          .time_us = sighting->time_us};

    memcpy(entry.device, sighting->device, sizeof(entry.device));
    memcpy(entry.event_id, sighting->event_id, sizeof(entry.event_id));
    return entry;
}

static struct entry *set_of(const struct known *known, const struct entry *entry)
{
    return known->sets[XXH3_64bits(entry, KEY_SIZE) % SETS];
}

/* NULL when it is not there. */
static struct entry *find(struct entry *set, const struct entry *entry)
{
    for (int way = 0; way < WAYS; way++)
        if (memcmp(&set[way], entry, KEY_SIZE) == 0)
            return &set[way];
    return NULL;
}

enum known_answer known_find(const struct known *known, const struct sighting *sighting)
{
    const struct entry entry = entry_of(sighting);
    const struct entry *found = find(set_of(known, &entry), &entry);

    if (found == NULL)
        return KNOWN_NOT;
    return is_before(entry.time_us, entry.event_id, found->time_us, found->event_id)
               ? KNOWN_LATER
               : KNOWN_COUNTED;
}

/* An empty place, or the one whose turn it is. */
static struct entry *choose(struct known *known, struct entry *set)
{
    for (int way = 0; way < WAYS; way++)
        if (set[way].threat_id == 0)
            return &set[way];
    return &set[known->turn++ % WAYS];
}

void known_add(struct known *known, const struct sighting *sighting)
{
    const struct entry entry = entry_of(sighting);
    struct entry *set = set_of(known, &entry);
    struct entry *found = find(set, &entry);

    if (found == NULL)
        *choose(known, set) = entry;
    else if (is_before(entry.time_us, entry.event_id, found->time_us, found->event_id))
        *found = entry;
}
