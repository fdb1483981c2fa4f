#include "ingest/store/infection_cache.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ingest/store/bloom.h"
#include "ingest/store/string_set.h"

/* Sets of a few entries, the set chosen by a hash of the infection, and another one when that is
 * full, so that few entries are lost before nearly all places are taken. */
#define WAYS 8
#define CACHE_LINE 64

/* Bits for each infection that was met. */
#define MET_BITS 8

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

struct infection_cache {
    uint64_t seed; /* of the hashes: senders choose the devices (string_set.h) */
    struct entry (*sets)[WAYS];
    uint64_t set_count;
    struct bloom met; /* whatever was added */
    struct string_set groups;
    struct {
        bool is_known; /* no threat_id says that there is none: 0 is that of heartbeats */
        int32_t first_day;
        int32_t threat_id;
        uint32_t number;
    } last;        /* group that was asked for: nearly always the next one, too */
    unsigned turn; /* whose place the next entry of a full set takes */
};

/* A seventh of the memory is for what was met, four times as many as there are entries. */
enum status infection_cache_new(size_t mib, struct infection_cache **out, struct error *error)
{
    struct infection_cache *cache = calloc(1, sizeof(*cache));
    size_t met_size = mib * 1024 * 1024 / 7;
    enum status status;

    if (cache != NULL) {
        cache->set_count = 6 * met_size / sizeof(*cache->sets);
        cache->sets = calloc(cache->set_count, sizeof(*cache->sets));
    }
    if (cache == NULL || cache->sets == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else if ((status = bloom_init(&cache->met, met_size, MET_BITS, error)) == STATUS_OK &&
             (status = string_set_draw_seed(&cache->seed, error)) == STATUS_OK)
        status = string_set_init(&cache->groups, GROUPS, GROUPS * (uint32_t)GROUP_KEY_SIZE, error);
    if (status != STATUS_OK) {
        infection_cache_free(cache);
        return status;
    }
    *out = cache;
    return STATUS_OK;
}

void infection_cache_free(struct infection_cache *cache)
{
    if (cache == NULL)
        return;
    string_set_clear(&cache->groups);
    bloom_clear(&cache->met);
    free(cache->sets);
    free(cache);
}

void infection_cache_forget(struct infection_cache *cache)
{
    if (cache->groups.count == 0)
        return;
    cache->last.is_known = false;
    memset(cache->sets, 0, cache->set_count * sizeof(*cache->sets));
    bloom_forget(&cache->met);
    string_set_reset(&cache->groups);
}

static bool is_last_group(const struct infection_cache *cache, const struct sighting *sighting)
{
    return cache->last.is_known && cache->last.threat_id == sighting->threat_id &&
           cache->last.first_day == sighting->first_day;
}

static void group_key(const struct sighting *sighting, char key[GROUP_KEY_SIZE])
{
    memcpy(key, &sighting->first_day, sizeof(int32_t));
    memcpy(key + sizeof(int32_t), &sighting->threat_id, sizeof(int32_t));
}

static uint32_t note_last(struct infection_cache *cache, const struct sighting *sighting,
                          uint32_t number)
{
    cache->last.is_known = true;
    cache->last.first_day = sighting->first_day;
    cache->last.threat_id = sighting->threat_id;
    cache->last.number = number;
    return number;
}

/* STRING_SET_NONE: nothing of the group is known. */
static uint32_t find_group(struct infection_cache *cache, const struct sighting *sighting)
{
    char key[GROUP_KEY_SIZE];
    uint32_t number;

    if (is_last_group(cache, sighting))
        return cache->last.number;
    group_key(sighting, key);
    number = string_set_find(&cache->groups, key, sizeof(key));
    return number == STRING_SET_NONE ? number : note_last(cache, sighting, number);
}

static uint32_t add_group(struct infection_cache *cache, const struct sighting *sighting)
{
    char key[GROUP_KEY_SIZE];
    bool is_new;
    uint32_t number;

    if (is_last_group(cache, sighting))
        return cache->last.number;
    group_key(sighting, key);
    number = string_set_add(&cache->groups, key, sizeof(key), &is_new);
    if (number == STRING_SET_NONE) {
        infection_cache_forget(cache);
        number = string_set_add(&cache->groups, key, sizeof(key), &is_new);
    }
    return note_last(cache, sighting, number);
}

static struct entry make_entry(uint32_t group, const struct sighting *sighting)
{
    /* West of Greenwich a month begins later than its first day in UTC, east of it a day before. */
    int64_t since_us = sighting->time_us - (sighting->first_day - 1) * DAY_US;
    struct entry entry = {.when = (uint64_t)(group + 1) << TIME_BITS | (uint64_t)since_us};

    memcpy(entry.device, sighting->device, sizeof(entry.device));
    return entry;
}

static uint64_t hash(const struct infection_cache *cache, const uint8_t device[16], uint64_t group)
{
    return XXH3_64bits_withSeed(device, 16, cache->seed + group);
}

static struct entry *first_set(const struct infection_cache *cache, uint64_t hash)
{
    return cache->sets[(hash & UINT32_MAX) * cache->set_count >> 32];
}

static struct entry *second_set(const struct infection_cache *cache, uint64_t hash)
{
    return cache->sets[(hash >> 32) * cache->set_count >> 32];
}

/* Places are taken from the front and never given back. */
static bool is_full(const struct entry *set)
{
    return set[WAYS - 1].when != 0;
}

void infection_cache_prefetch(const struct infection_cache *cache, const uint8_t device[16])
{
    const char *set =
        (const char *)first_set(cache, hash(cache, device, (uint64_t)cache->last.number + 1));

    for (size_t line = 0; line < sizeof(*cache->sets); line += CACHE_LINE)
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

static uint64_t hash_of(const struct infection_cache *cache, const struct entry *entry)
{
    return hash(cache, entry->device, entry->when >> TIME_BITS);
}

/* The entry of the same infection; NULL when there is none. */
static struct entry *find(const struct infection_cache *cache, const struct entry *entry,
                          uint64_t hashed)
{
    struct entry *found = find_in(first_set(cache, hashed), entry);

    if (found == NULL && is_full(first_set(cache, hashed)))
        found = find_in(second_set(cache, hashed), entry);
    return found;
}

enum infection_cache_answer infection_cache_find(struct infection_cache *cache,
                                                 const struct sighting *sighting)
{
    uint32_t group = find_group(cache, sighting);

    if (group == STRING_SET_NONE)
        return INFECTION_CACHE_UNMET;

    const struct entry entry = make_entry(group, sighting);
    const uint64_t hashed = hash_of(cache, &entry);
    const struct entry *found = find(cache, &entry, hashed);

    if (found == NULL)
        return bloom_may_have(&cache->met, hashed) ? INFECTION_CACHE_MISS : INFECTION_CACHE_UNMET;
    return entry.when > found->when ? INFECTION_CACHE_HIT : INFECTION_CACHE_MAYBE_EARLIER;
}

/* An empty place, or the one whose turn it is. */
static struct entry *choose(struct infection_cache *cache, uint64_t hashed)
{
    struct entry *set = first_set(cache, hashed);

    if (is_full(set))
        set = second_set(cache, hashed);
    for (int way = 0; way < WAYS; way++)
        if (set[way].when == 0)
            return &set[way];
    return &set[cache->turn++ % WAYS];
}

void infection_cache_add(struct infection_cache *cache, const struct sighting *sighting)
{
    const struct entry entry = make_entry(add_group(cache, sighting), sighting);
    const uint64_t hashed = hash_of(cache, &entry);
    struct entry *found = find(cache, &entry, hashed);

    bloom_add(&cache->met, hashed);
    if (found == NULL)
        *choose(cache, hashed) = entry;
    else if (entry.when < found->when)
        *found = entry;
}
