#include "ingest/store/counts.h"

#include <stdlib.h>

#include "sql/embedded.h"

/* Month, threat and country. */
#define KEY_SIZE (2 * sizeof(int32_t) + COUNTRY_SIZE)

enum status counts_init(struct counts *counts, struct error *error)
{
    *counts = (struct counts){.values = malloc(COUNTS_MAX * sizeof(*counts->values)),
                              .unfolded = SIZE_MAX / 2};
    if (counts->values == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    return string_set_init(&counts->keys, COUNTS_MAX, COUNTS_MAX * (uint32_t)KEY_SIZE, error);
}

void counts_clear(struct counts *counts)
{
    string_set_clear(&counts->keys);
    free(counts->values);
    for (int i = 0; i < COUNTS_ARRAYS; i++)
        array_clear(&counts->arrays[i]);
    memset(counts, 0, sizeof(*counts));
}

void counts_reset(struct counts *counts)
{
    string_set_reset(&counts->keys);
}

bool counts_has_room(const struct counts *counts, size_t more)
{
    return counts->keys.count + more <= COUNTS_MAX;
}

static void make_key(const struct sighting *sighting, char key[KEY_SIZE])
{
    memcpy(key, &sighting->first_day, sizeof(int32_t));
    memcpy(key + sizeof(int32_t), &sighting->threat_id, sizeof(int32_t));
    memcpy(key + 2 * sizeof(int32_t), sighting->country, COUNTRY_SIZE);
}

void counts_add_detections(struct counts *counts, const struct sighting *sighting,
                           int64_t detections)
{
    char key[KEY_SIZE];
    bool is_new;
    uint32_t number;

    make_key(sighting, key);
    number = string_set_add(&counts->keys, key, sizeof(key), &is_new);
    if (is_new)
        counts->values[number] = (struct count){0};
    counts->values[number].detections += detections;
}

void counts_add_infection(struct counts *counts, const struct sighting *sighting)
{
    char key[KEY_SIZE];

    make_key(sighting, key);
    counts->values[string_set_find(&counts->keys, key, sizeof(key))].infections++;
}

static void fill_arrays(struct counts *counts)
{
    struct array *arrays = counts->arrays;

    for (int i = 0; i < COUNTS_ARRAYS; i++)
        array_reset(&arrays[i]);
    for (uint32_t i = 0; i < counts->keys.count; i++) {
        const char *key = string_set_get(&counts->keys, i).data;
        const char *country = key + 2 * sizeof(int32_t);
        int32_t first_day;
        int32_t threat_id;

        memcpy(&first_day, key, sizeof(first_day));
        memcpy(&threat_id, key + sizeof(first_day), sizeof(threat_id));
        array_add_int64(&arrays[COUNTS_DAYS], first_day);
        array_add_int64(&arrays[COUNTS_THREATS], threat_id);
        array_add_text(&arrays[COUNTS_COUNTRIES], country, strlen(country));
        array_add_int64(&arrays[COUNTS_INFECTIONS], counts->values[i].infections);
        array_add_int64(&arrays[COUNTS_DETECTIONS], counts->values[i].detections);
    }
}

static enum status add_changes(struct counts *counts, struct db *db, int32_t slot,
                               struct error *error)
{
    const char *parameters[COUNTS_ARRAYS + 1];
    char text[16];

    fill_arrays(counts);
    for (int i = 0; i < COUNTS_ARRAYS; i++) {
        parameters[i] = array_text(&counts->arrays[i]);
        if (parameters[i] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    }
    snprintf(text, sizeof(text), "%d", slot);
    parameters[COUNTS_ARRAYS] = text;
    return db_query(db, sql_counts_add, COUNTS_ARRAYS + 1, parameters, NULL, error);
}

/* Infections that are looked at one by one are counted in as many changes again. */
static void note_changes(struct counts *counts, int32_t slot)
{
    int i = 0;

    counts->unfolded += 2 * (size_t)counts->keys.count;
    while (i < counts->slot_count && counts->slots[i] != slot)
        i++;
    if (i == counts->slot_count && i < COUNTS_UNFOLDED_SLOTS)
        counts->slots[counts->slot_count++] = slot;
}

static bool is_fold_due(const struct counts *counts)
{
    return counts->slot_count == COUNTS_UNFOLDED_SLOTS ||
           (counts->unfolded >= COUNTS_UNFOLDED &&
            counts->unfolded >= 2 * (size_t)counts->keys.count * COUNTS_UNFOLDED_TRANSACTIONS);
}

static enum status fold(struct counts *counts, struct db *db, struct error *error)
{
    struct array *slots = &counts->arrays[0];
    const char *parameter;

    array_reset(slots);
    for (int i = 0; i < counts->slot_count; i++)
        array_add_int64(slots, counts->slots[i]);
    parameter = array_text(slots);
    if (parameter == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    counts->folded = true;
    return db_query(db, sql_counts_fold, 1, &parameter, NULL, error);
}

enum status counts_store(struct counts *counts, struct db *db, int32_t slot, struct error *error)
{
    enum status status;

    if (counts->keys.count == 0)
        return STATUS_OK;
    status = add_changes(counts, db, slot, error);
    if (status != STATUS_OK)
        return status;
    note_changes(counts, slot);
    return is_fold_due(counts) ? fold(counts, db, error) : STATUS_OK;
}

void counts_committed(struct counts *counts)
{
    if (!counts->folded)
        return;
    counts->unfolded = 0;
    counts->slot_count = 0;
    counts->folded = false;
}
