#include "ingest/store/counts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sql/embedded.h"

/* Of a key: the number of its group, the dimension, the label. */
#define GROUP_SHIFT 40
#define DIMENSION_SHIFT 32
#define DIMENSION_MASK ((1 << (GROUP_SHIFT - DIMENSION_SHIFT)) - 1)

enum status counts_init(struct counts *counts, struct error *error)
{
    enum status status;

    *counts = (struct counts){.values = calloc(COUNTS_MAX, sizeof(*counts->values)),
                              .unfolded = SIZE_MAX / 2};
    if (counts->values == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = number_set_init(&counts->groups, COUNTS_GROUPS_MAX, error);
    return status == STATUS_OK ? number_set_init(&counts->keys, COUNTS_MAX, error) : status;
}

void counts_clear(struct counts *counts)
{
    number_set_clear(&counts->groups);
    number_set_clear(&counts->keys);
    free(counts->values);
    for (int i = 0; i < COUNTS_ARRAYS; i++)
        array_clear(&counts->arrays[i]);
    memset(counts, 0, sizeof(*counts));
}

void counts_reset(struct counts *counts)
{
    memset(counts->values, 0, counts->keys.count * sizeof(*counts->values));
    number_set_reset(&counts->groups);
    number_set_reset(&counts->keys);
}

void counts_drop_infections(struct counts *counts)
{
    for (uint32_t i = 0; i < counts->keys.count; i++)
        counts->values[i].infections = 0;
}

bool counts_has_room(const struct counts *counts, size_t sightings)
{
    return counts->keys.count + COUNTS_LABELS * sightings <= COUNTS_MAX &&
           counts->groups.count + sightings <= COUNTS_GROUPS_MAX;
}

int32_t counts_country(const char country[COUNTRY_SIZE])
{
    return country[0] << 8 | country[1];
}

static uint64_t find_group(struct counts *counts, int32_t first_day, int32_t threat_id)
{
    uint64_t key = (uint64_t)first_day << 32 | (uint32_t)threat_id;

    if (counts->last.key != key || counts->last.number >= counts->groups.count) {
        counts->last.number = number_set_add(&counts->groups, key);
        counts->last.key = key;
    }
    return (uint64_t)counts->last.number << GROUP_SHIFT;
}

static inline void add(struct counts *counts, uint64_t group, enum dimension dimension,
                       int32_t label, struct count change)
{
    uint64_t key = group | (uint64_t)dimension << DIMENSION_SHIFT | (uint32_t)label;
    struct count *count = &counts->values[number_set_add(&counts->keys, key)];

    count->infections += change.infections;
    count->detections += change.detections;
}

void counts_add_label(struct counts *counts, int32_t first_day, int32_t threat_id,
                      enum dimension dimension, int32_t label, struct count change)
{
    add(counts, find_group(counts, first_day, threat_id), dimension, label, change);
}

void counts_add(struct counts *counts, const struct sighting *sighting, struct count change)
{
    const struct sighting_labels *labels = &sighting->labels;
    uint64_t group = find_group(counts, sighting->first_day, sighting->threat_id);

    add(counts, group, DIMENSION_COUNTRY, counts_country(labels->country), change);
    if (labels->name_id == SIGHTING_BY_COUNTRY_ALONE)
        return;
    add(counts, group, DIMENSION_NAME, labels->name_id, change);
    add(counts, group, DIMENSION_PRODUCT, labels->product_id, change);
    add(counts, group, DIMENSION_OS, labels->os_id, change);
    add(counts, group, DIMENSION_SEGMENT, labels->segment_id, change);
}

/* What a key is made of. */
struct parts {
    int32_t first_day;
    int32_t threat_id;
    enum dimension dimension;
    int32_t label;
};

static struct parts parts_of(const struct counts *counts, uint32_t number)
{
    uint64_t key = counts->keys.numbers[number];
    uint64_t group = counts->groups.numbers[key >> GROUP_SHIFT];

    return (struct parts){(int32_t)(group >> 32), (int32_t)(uint32_t)group,
                          (enum dimension)(key >> DIMENSION_SHIFT & DIMENSION_MASK),
                          (int32_t)(uint32_t)key};
}

static void fill_row(struct counts *counts, const struct parts *parts, struct count count)
{
    struct array *arrays = counts->arrays;
    const char country[] = {(char)(parts->label >> 8), (char)parts->label};

    array_add_int64(&arrays[COUNTS_DAYS], parts->first_day);
    array_add_int64(&arrays[COUNTS_THREATS], parts->threat_id);
    array_add_int64(&arrays[COUNTS_DIMENSIONS], parts->dimension);
    if (parts->dimension == DIMENSION_COUNTRY)
        array_add_text(&arrays[COUNTS_COLUMN_LABELS], country, sizeof(country));
    else
        array_add_int64(&arrays[COUNTS_COLUMN_LABELS], parts->label);
    array_add_int64(&arrays[COUNTS_INFECTIONS], count.infections);
    array_add_int64(&arrays[COUNTS_DETECTIONS], count.detections);
}

static void fill_arrays(struct counts *counts)
{
    for (int i = 0; i < COUNTS_ARRAYS; i++)
        array_reset(&counts->arrays[i]);
    for (uint32_t i = 0; i < counts->keys.count; i++) {
        struct parts parts = parts_of(counts, i);

        fill_row(counts, &parts, counts->values[i]);
        if (parts.dimension != DIMENSION_PRODUCT)
            continue;
        parts.dimension = DIMENSION_VERSION;
        fill_row(counts, &parts, counts->values[i]);
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
