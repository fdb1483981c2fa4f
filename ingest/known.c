#include "ingest/known.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ingest/intern.h"

/* Sets of a few entries, the set chosen by a hash of the infection, and another one when that is
 * full, so that few entries are lost before nearly all places are taken: 1,048,576 entries, 24 MiB.
 */
#define SETS 131072
#define WAYS 8
#define CACHE_LINE 64

/* Months x threats that the entries are of; when there are more, all is forgotten. */
#define GROUPS 4096
#define GROUP_KEY_SIZE (2 * sizeof(int32_t))

/* An entry says when in its month, to the microsecond: 2^42 of them are 50 days. */
#define TIME_BITS 42
#define DAY_US (INT64_C(86400) * 1000000)

/* Small, since each is a cache miss and their number decides how often PostgreSQL is asked. The id
 * of the first detection is left out: one of the same microsecond may be earlier or not. */
struct entry {
    uint8_t device[16];
    uint64_t when; /* number of the group from 1, then the time since its month began; 0: empty */
};

struct known {
    struct entry (*sets)[WAYS];
    struct intern groups;
    struct {
        int32_t first_day;
        int32_t threat_id; /* 0: none yet */
        uint32_t number;
    } last;        /* group that was asked for: nearly always the next one, too */
    unsigned turn; /* whose place the next entry of a full set takes */
};

enum status known_new(struct known **out, struct error *error)
{
    struct known *known = calloc(1, sizeof(*known));
    enum status status;

    if (known == NULL || (known->sets = calloc(SETS, sizeof(*known->sets))) == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = intern_init(&known->groups, GROUPS, GROUPS * (uint32_t)GROUP_KEY_SIZE, error);
    if (status != STATUS_OK) {
        known_free(known);
        return status;
    }
    *out = known;
    return STATUS_OK;
}

void known_free(struct known *known)
{
    if (known == NULL)
        return;
    intern_clear(&known->groups);
    free(known->sets);
    free(known);
}

void known_forget(struct known *known)
{
    if (known->groups.count == 0)
        return;
    known->last.threat_id = 0;
    memset(known->sets, 0, SETS * sizeof(*known->sets));
    intern_reset(&known->groups);
}

bool sighting_is_earlier(const struct sighting *sighting, const struct sighting *other)
{
    if (sighting->time_us != other->time_us)
        return sighting->time_us < other->time_us;
    return memcmp(sighting->event_id, other->event_id, sizeof(sighting->event_id)) < 0;
}

static bool is_last_group(const struct known *known, const struct sighting *sighting)
{
    return known->last.threat_id == sighting->threat_id &&
           known->last.first_day == sighting->first_day;
}

static void group_key(const struct sighting *sighting, char key[GROUP_KEY_SIZE])
{
    memcpy(key, &sighting->first_day, sizeof(int32_t));
    memcpy(key + sizeof(int32_t), &sighting->threat_id, sizeof(int32_t));
}

static uint32_t note_last(struct known *known, const struct sighting *sighting, uint32_t number)
{
    known->last.first_day = sighting->first_day;
    known->last.threat_id = sighting->threat_id;
    known->last.number = number;
    return number;
}

/* INTERN_NONE: nothing of the group is known. */
static uint32_t find_group(struct known *known, const struct sighting *sighting)
{
    char key[GROUP_KEY_SIZE];
    uint32_t number;

    if (is_last_group(known, sighting))
        return known->last.number;
    group_key(sighting, key);
    number = intern_find(&known->groups, key, sizeof(key));
    return number == INTERN_NONE ? number : note_last(known, sighting, number);
}

static uint32_t add_group(struct known *known, const struct sighting *sighting)
{
    char key[GROUP_KEY_SIZE];
    bool is_new;
    uint32_t number;

    if (is_last_group(known, sighting))
        return known->last.number;
    group_key(sighting, key);
    number = intern_add(&known->groups, key, sizeof(key), &is_new);
    if (number == INTERN_NONE) {
        known_forget(known);
        number = intern_add(&known->groups, key, sizeof(key), &is_new);
    }
    return note_last(known, sighting, number);
}

static struct entry make_entry(uint32_t group, const struct sighting *sighting)
{
    /* West of Greenwich a month begins later than its first day in UTC, east of it a day before. */
    int64_t since_us = sighting->time_us - (sighting->first_day - 1) * DAY_US;
    struct entry entry = {.when = (uint64_t)(group + 1) << TIME_BITS | (uint64_t)since_us};

    memcpy(entry.device, sighting->device, sizeof(entry.device));
    return entry;
}

static uint64_t hash(const uint8_t device[16], uint64_t group)
{
    return XXH3_64bits_withSeed(device, 16, group);
}

static struct entry *first_set(const struct known *known, uint64_t hash)
{
    return known->sets[hash % SETS];
}

static struct entry *second_set(const struct known *known, uint64_t hash)
{
    return known->sets[(hash >> 32) % SETS];
}

/* Places are taken from the front and never given back. */
static bool is_full(const struct entry *set)
{
    return set[WAYS - 1].when != 0;
}

void known_prefetch(const struct known *known, const uint8_t device[16])
{
    const char *set =
        (const char *)first_set(known, hash(device, (uint64_t)known->last.number + 1));

    for (size_t line = 0; line < sizeof(*known->sets); line += CACHE_LINE)
        __builtin_prefetch(set + line);
}

static struct entry *find_in(struct entry *set, const struct entry *entry)
{
    for (int way = 0; way < WAYS; way++)
        if ((set[way].when ^ entry->when) >> TIME_BITS == 0 &&
            memcmp(set[way].device, entry->device, sizeof(entry->device)) == 0)
            return &set[way];
    return NULL;
}

/* The entry of the same infection; NULL when there is none. */
static struct entry *find(const struct known *known, const struct entry *entry)
{
    uint64_t hashed = hash(entry->device, entry->when >> TIME_BITS);
    struct entry *found = find_in(first_set(known, hashed), entry);

    if (found == NULL && is_full(first_set(known, hashed)))
        found = find_in(second_set(known, hashed), entry);
    return found;
}

enum known_answer known_find(struct known *known, const struct sighting *sighting)
{
    uint32_t group = find_group(known, sighting);

    if (group == INTERN_NONE)
        return KNOWN_NOT;

    const struct entry entry = make_entry(group, sighting);
    const struct entry *found = find(known, &entry);

    if (found == NULL)
        return KNOWN_NOT;
    return entry.when > found->when ? KNOWN_COUNTED : KNOWN_LATER;
}

/* An empty place, or the one whose turn it is. */
static struct entry *choose(struct known *known, const struct entry *entry)
{
    uint64_t hashed = hash(entry->device, entry->when >> TIME_BITS);
    struct entry *set = first_set(known, hashed);

    if (is_full(set))
        set = second_set(known, hashed);
    for (int way = 0; way < WAYS; way++)
        if (set[way].when == 0)
            return &set[way];
    return &set[known->turn++ % WAYS];
}

void known_add(struct known *known, const struct sighting *sighting)
{
    const struct entry entry = make_entry(add_group(known, sighting), sighting);
    struct entry *found = find(known, &entry);

    if (found == NULL)
        *choose(known, &entry) = entry;
    else if (entry.when < found->when)
        *found = entry;
}
