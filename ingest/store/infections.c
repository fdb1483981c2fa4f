#define _GNU_SOURCE /* qsort_r */
#include "ingest/store/infections.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/store/counts.h"
#include "ingest/store/string_set.h"
#include "sql/copy.h"
#include "sql/embedded.h"

/* Month, threat and device. */
#define INFECTION_KEY_SIZE (2 * sizeof(int32_t) + 16)

/* Transactions in a row without an infection that was stored already, before new ones are copied
 * straight in again. */
#define CLEAN_TRANSACTIONS_MIN 4

struct infections {
    enum infections_mode mode;
    bool staged;                /* at present */
    bool copying;               /* they are being copied straight in */
    int clean_transactions;     /* in a row, while staged: without one that was stored already */
    struct string_set keys;     /* month, threat, device -> number in sightings */
    struct sighting *sightings; /* the earliest of each */
    uint32_t *uncached;         /* numbers of those that the cache doesn't hold */
    uint32_t uncached_count;
    uint32_t *earlier; /* numbers of those that are stored with a later first detection */
    uint32_t earlier_count;
    struct counts counts;
    struct infection_cache *cache;
    struct copy copy;
};

static enum status init_tables(struct infections *infections, struct error *error)
{
    enum status status = string_set_init(&infections->keys, INFECTIONS_MAX,
                                         INFECTIONS_MAX * (uint32_t)INFECTION_KEY_SIZE, error);

    if (status == STATUS_OK)
        status = counts_init(&infections->counts, error);
    if (status == STATUS_OK)
        status = infection_cache_new(&infections->cache, error);
    return status;
}

enum status infections_new(enum infections_mode way, struct infections **out, struct error *error)
{
    struct infections *infections = calloc(1, sizeof(*infections));
    enum status status;

    if (infections == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    infections->mode = way;
    infections->staged = way == INFECTIONS_STAGED;
    infections->sightings = malloc(INFECTIONS_MAX * sizeof(*infections->sightings));
    infections->uncached = malloc(INFECTIONS_MAX * sizeof(*infections->uncached));
    infections->earlier = malloc(INFECTIONS_MAX * sizeof(*infections->earlier));
    if (infections->sightings == NULL || infections->uncached == NULL ||
        infections->earlier == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = init_tables(infections, error);
    if (status != STATUS_OK) {
        infections_free(infections);
        return status;
    }
    *out = infections;
    return STATUS_OK;
}

void infections_free(struct infections *infections)
{
    if (infections == NULL)
        return;
    string_set_clear(&infections->keys);
    counts_clear(&infections->counts);
    infection_cache_free(infections->cache);
    free(infections->sightings);
    free(infections->uncached);
    free(infections->earlier);
    free(infections);
}

void infections_reset(struct infections *infections)
{
    string_set_reset(&infections->keys);
    counts_reset(&infections->counts);
    infections->uncached_count = 0;
    infections->earlier_count = 0;
    infections->copying = false;
}

void infections_forget(struct infections *infections)
{
    infection_cache_forget(infections->cache);
}

static void infection_key(const struct sighting *sighting, char key[INFECTION_KEY_SIZE])
{
    memcpy(key, &sighting->first_day, sizeof(int32_t));
    memcpy(key + sizeof(int32_t), &sighting->threat_id, sizeof(int32_t));
    memcpy(key + 2 * sizeof(int32_t), sighting->device, 16);
}

static void add_infection(struct infections *infections, const struct sighting *sighting)
{
    enum infection_cache_answer answer = infection_cache_find(infections->cache, sighting);
    char key[INFECTION_KEY_SIZE];
    bool is_new;
    uint32_t number;

    if (answer == INFECTION_CACHE_HIT)
        return;
    infection_key(sighting, key);
    number = string_set_add(&infections->keys, key, sizeof(key), &is_new);
    if (is_new || sighting_is_earlier(sighting, &infections->sightings[number]))
        infections->sightings[number] = *sighting;
    if (is_new && answer == INFECTION_CACHE_MISS)
        infections->uncached[infections->uncached_count++] = number;
    else if (is_new)
        infections->earlier[infections->earlier_count++] = number;
}

bool infections_has_room(const struct infections *infections, size_t sightings)
{
    return infections->keys.count + sightings <= INFECTIONS_MAX &&
           counts_has_room(&infections->counts, sightings);
}

void infections_prefetch(const struct infections *infections, const uint8_t device[16])
{
    infection_cache_prefetch(infections->cache, device);
}

void infections_add(struct infections *infections, const struct sighting *sighting)
{
    counts_add_detections(&infections->counts, sighting, 1);
    add_infection(infections, sighting);
}

void infections_add_detections(struct infections *infections, const struct sighting *sighting,
                               int64_t detections)
{
    counts_add_detections(&infections->counts, sighting, detections);
}

void infections_add_earliest(struct infections *infections, const struct sighting *sighting)
{
    infections_add_detections(infections, sighting, 0);
    add_infection(infections, sighting);
}

/* In the order of infection's key: neighbours in the index, and two workers with the same
 * infections meet in the same order. */
static int compare_infections(const void *left, const void *right, void *context)
{
    const struct infections *infections = context;
    const struct sighting *a = &infections->sightings[*(const uint32_t *)left];
    const struct sighting *b = &infections->sightings[*(const uint32_t *)right];

    if (a->first_day != b->first_day)
        return a->first_day < b->first_day ? -1 : 1;
    if (a->threat_id != b->threat_id)
        return a->threat_id < b->threat_id ? -1 : 1;
    return memcmp(a->device, b->device, sizeof(a->device));
}

/* COPYs the infections with these numbers, in order. */
static enum status copy_infections(struct infections *infections, struct db *db, const char *sql,
                                   uint32_t *numbers, uint32_t count, struct error *error)
{
    enum status status = copy_begin(&infections->copy, db, sql, error);

    if (status != STATUS_OK)
        return status;
    qsort_r(numbers, count, sizeof(*numbers), compare_infections, infections);
    for (uint32_t i = 0; i < count; i++) {
        const struct sighting *sighting = &infections->sightings[numbers[i]];

        copy_row(&infections->copy, 6);
        copy_date(&infections->copy, sighting->first_day);
        copy_int32(&infections->copy, sighting->threat_id);
        copy_uuid(&infections->copy, sighting->device);
        copy_bytes(&infections->copy, sighting->country, strlen(sighting->country));
        copy_timestamp(&infections->copy, sighting->time_us);
        copy_uuid(&infections->copy, sighting->event_id);
    }
    return copy_end(&infections->copy, error);
}

/* Infections that are taken for new. PostgreSQL refuses them all when one is not. */
static enum status copy_new(struct infections *infections, struct db *db, struct error *error)
{
    enum status status;

    infections->copying = true;
    status = copy_infections(infections, db, sql_infections_copy, infections->uncached,
                             infections->uncached_count, error);
    if (status != STATUS_OK)
        return status;
    infections->copying = false;
    for (uint32_t i = 0; i < infections->uncached_count; i++)
        counts_add_infection(&infections->counts, &infections->sightings[infections->uncached[i]]);
    return STATUS_OK;
}

/* Infections that may be stored: adds those that are not, and moves those that are. All of them are
 * looked at by each of the two statements, in the order of their key. Whoever waits for another
 * transaction's infection holds none behind it, so no two of them wait for each other. */
static enum status store_staged(struct infections *infections, struct db *db, const char *slot,
                                struct error *error)
{
    struct db_result *rows = NULL;
    uint32_t count = infections->uncached_count;
    enum status status;
    bool all_new = false;

    for (uint32_t i = 0; i < infections->earlier_count; i++)
        infections->uncached[count++] = infections->earlier[i];
    status =
        copy_infections(infections, db, sql_infections_stage, infections->uncached, count, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_infections_add, 1, &slot, &rows, error);
    if (status == STATUS_OK)
        all_new = db_int64(rows, 0, 0) == infections->uncached_count;
    db_result_free(rows);
    if (status == STATUS_OK && (!all_new || infections->earlier_count > 0))
        status = db_query(db, sql_infections_move, 1, &slot, NULL, error);
    infections->clean_transactions = all_new ? infections->clean_transactions + 1 : 0;
    return status;
}

static enum status move_earlier(struct infections *infections, struct db *db, const char *slot,
                                struct error *error)
{
    enum status status = copy_infections(infections, db, sql_infections_stage, infections->earlier,
                                         infections->earlier_count, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_infections_move, 1, &slot, NULL, error);
    return status;
}

static enum status store_infections(struct infections *infections, struct db *db, const char *slot,
                                    struct error *error)
{
    enum status status = STATUS_OK;

    if (infections->staged)
        return infections->keys.count > 0 ? store_staged(infections, db, slot, error) : STATUS_OK;
    if (infections->uncached_count > 0)
        status = copy_new(infections, db, error);
    if (status == STATUS_OK && infections->earlier_count > 0)
        status = move_earlier(infections, db, slot, error);
    return status;
}

enum status infections_store(struct infections *infections, struct db *db, int32_t slot,
                             struct error *error)
{
    char text[16];
    enum status status = STATUS_OK;

    snprintf(text, sizeof(text), "%d", slot);
    if (slot == COUNTS_FILES_SLOT && infections->counts.keys.count > 0)
        status = db_query(db, sql_files_turn, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = store_infections(infections, db, text, error);
    if (status == STATUS_OK)
        status = counts_store(&infections->counts, db, slot, error);
    return status;
}

enum status infections_spill(struct infections *infections, struct db *db, int32_t slot,
                             struct error *error)
{
    enum status status = infections_store(infections, db, slot, error);

    if (status == STATUS_OK)
        status = db_script(db, "truncate pg_temp.stage_infection", error);
    infections_reset(infections);
    return status;
}

bool infections_were_refused(struct infections *infections)
{
    infections->staged = infections->staged || infections->copying;
    return infections->copying;
}

void infections_committed(struct infections *infections)
{
    counts_committed(&infections->counts);
    for (uint32_t i = 0; i < infections->keys.count; i++)
        infection_cache_add(infections->cache, &infections->sightings[i]);
    if (infections->mode == INFECTIONS_COPIED && infections->staged &&
        infections->clean_transactions >= CLEAN_TRANSACTIONS_MIN) {
        infections->staged = false;
        infections->clean_transactions = 0;
    }
    infections_reset(infections);
}
