#define _GNU_SOURCE /* qsort_r */
#include "ingest/tally.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"

/* Month, threat and device. */
#define INFECTION_KEY_SIZE (2 * sizeof(int32_t) + 16)

/* Month, threat and country. */
#define COUNT_KEY_SIZE (2 * sizeof(int32_t) + COUNTRY_SIZE)

/* Transactions in a row without an infection that was stored already, before new ones are copied
 * straight in again. */
#define CALM_TRANSACTIONS 4

struct count {
    int64_t infections;
    int64_t detections;
};

struct tally {
    enum tally_way way;
    bool staged;                /* at present */
    bool copying;               /* infections are being copied straight in */
    int calm;                   /* transactions in a row, while staged */
    struct intern infections;   /* key of an infection -> number in sightings */
    struct sighting *sightings; /* the earliest of each */
    uint32_t *fresh;            /* numbers of those that are not known to be stored */
    uint32_t fresh_count;
    uint32_t *earlier; /* numbers of those that are stored with a later first detection */
    uint32_t earlier_count;
    struct intern countings; /* month, threat, country -> number in counts */
    struct count *counts;
    struct known *known;
    struct copy copy;
    struct array days;
    struct array threats;
    struct array countries;
    struct array infection_counts;
    struct array detection_counts;
};

static enum status init_tables(struct tally *tally, struct error *error)
{
    enum status status = intern_init(&tally->infections, TALLY_INFECTIONS,
                                     TALLY_INFECTIONS * (uint32_t)INFECTION_KEY_SIZE, error);

    if (status == STATUS_OK)
        status = intern_init(&tally->countings, TALLY_COUNTS,
                             TALLY_COUNTS * (uint32_t)COUNT_KEY_SIZE, error);
    if (status == STATUS_OK)
        status = known_new(&tally->known, error);
    return status;
}

enum status tally_new(enum tally_way way, struct tally **out, struct error *error)
{
    struct tally *tally = calloc(1, sizeof(*tally));
    enum status status;

    if (tally == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    tally->way = way;
    tally->staged = way == TALLY_STAGED;
    tally->sightings = malloc(TALLY_INFECTIONS * sizeof(*tally->sightings));
    tally->fresh = malloc(TALLY_INFECTIONS * sizeof(*tally->fresh));
    tally->earlier = malloc(TALLY_INFECTIONS * sizeof(*tally->earlier));
    tally->counts = malloc(TALLY_COUNTS * sizeof(*tally->counts));
    if (tally->sightings == NULL || tally->fresh == NULL || tally->earlier == NULL ||
        tally->counts == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = init_tables(tally, error);
    if (status != STATUS_OK) {
        tally_free(tally);
        return status;
    }
    *out = tally;
    return STATUS_OK;
}

void tally_free(struct tally *tally)
{
    if (tally == NULL)
        return;
    intern_clear(&tally->infections);
    intern_clear(&tally->countings);
    known_free(tally->known);
    array_clear(&tally->days);
    array_clear(&tally->threats);
    array_clear(&tally->countries);
    array_clear(&tally->infection_counts);
    array_clear(&tally->detection_counts);
    free(tally->sightings);
    free(tally->fresh);
    free(tally->earlier);
    free(tally->counts);
    free(tally);
}

void tally_reset(struct tally *tally)
{
    intern_reset(&tally->infections);
    intern_reset(&tally->countings);
    tally->fresh_count = 0;
    tally->earlier_count = 0;
}

void tally_forget(struct tally *tally)
{
    known_forget(tally->known);
}

static void infection_key(const struct sighting *sighting, char key[INFECTION_KEY_SIZE])
{
    memcpy(key, &sighting->first_day, sizeof(int32_t));
    memcpy(key + sizeof(int32_t), &sighting->threat_id, sizeof(int32_t));
    memcpy(key + 2 * sizeof(int32_t), sighting->device, 16);
}

static void add_infection(struct tally *tally, const struct sighting *sighting)
{
    enum known_answer answer = known_find(tally->known, sighting);
    char key[INFECTION_KEY_SIZE];
    bool is_new;
    uint32_t number;

    if (answer == KNOWN_COUNTED)
        return;
    infection_key(sighting, key);
    number = intern_add(&tally->infections, key, sizeof(key), &is_new);
    if (is_new || sighting_is_earlier(sighting, &tally->sightings[number]))
        tally->sightings[number] = *sighting;
    if (is_new && answer == KNOWN_NOT)
        tally->fresh[tally->fresh_count++] = number;
    else if (is_new)
        tally->earlier[tally->earlier_count++] = number;
}

static void counting_key(const struct sighting *sighting, char key[COUNT_KEY_SIZE])
{
    memcpy(key, &sighting->first_day, sizeof(int32_t));
    memcpy(key + sizeof(int32_t), &sighting->threat_id, sizeof(int32_t));
    memcpy(key + 2 * sizeof(int32_t), sighting->country, COUNTRY_SIZE);
}

bool tally_has_room(const struct tally *tally, size_t sightings)
{
    return tally->infections.count + sightings <= TALLY_INFECTIONS &&
           tally->countings.count + sightings <= TALLY_COUNTS;
}

void tally_expect(const struct tally *tally, const uint8_t device[16])
{
    known_prefetch(tally->known, device);
}

void tally_add(struct tally *tally, const struct sighting *sighting)
{
    char key[COUNT_KEY_SIZE];
    bool is_new;
    uint32_t number;

    counting_key(sighting, key);
    number = intern_add(&tally->countings, key, sizeof(key), &is_new);
    if (is_new)
        tally->counts[number] = (struct count){0};
    tally->counts[number].detections++;
    add_infection(tally, sighting);
}

/* In the order of infection's key: neighbours in the index, and two workers with the same
 * infections meet in the same order. */
static int compare_infections(const void *left, const void *right, void *context)
{
    const struct tally *tally = context;
    const struct sighting *a = &tally->sightings[*(const uint32_t *)left];
    const struct sighting *b = &tally->sightings[*(const uint32_t *)right];

    if (a->first_day != b->first_day)
        return a->first_day < b->first_day ? -1 : 1;
    if (a->threat_id != b->threat_id)
        return a->threat_id < b->threat_id ? -1 : 1;
    return memcmp(a->device, b->device, sizeof(a->device));
}

/* COPYs the infections with these numbers, in order. */
static enum status copy_infections(struct tally *tally, struct db *db, const char *sql,
                                   uint32_t *numbers, uint32_t count, struct error *error)
{
    enum status status = copy_begin(&tally->copy, db, sql, error);

    if (status != STATUS_OK)
        return status;
    qsort_r(numbers, count, sizeof(*numbers), compare_infections, tally);
    for (uint32_t i = 0; i < count; i++) {
        const struct sighting *sighting = &tally->sightings[numbers[i]];

        copy_row(&tally->copy, 6);
        copy_date(&tally->copy, sighting->first_day);
        copy_int32(&tally->copy, sighting->threat_id);
        copy_uuid(&tally->copy, sighting->device);
        copy_bytes(&tally->copy, sighting->country, strlen(sighting->country));
        copy_timestamp(&tally->copy, sighting->time_us);
        copy_uuid(&tally->copy, sighting->event_id);
    }
    return copy_end(&tally->copy, error);
}

/* Infections that are taken for new. PostgreSQL refuses them all when one is not. */
static enum status add_straight(struct tally *tally, struct db *db, struct error *error)
{
    enum status status;

    tally->copying = true;
    status =
        copy_infections(tally, db, sql_infections_copy, tally->fresh, tally->fresh_count, error);
    if (status != STATUS_OK)
        return status;
    tally->copying = false;
    for (uint32_t i = 0; i < tally->fresh_count; i++) {
        char key[COUNT_KEY_SIZE];

        counting_key(&tally->sightings[tally->fresh[i]], key);
        tally->counts[intern_find(&tally->countings, key, sizeof(key))].infections++;
    }
    return STATUS_OK;
}

/* Infections that may be stored: adds those that are not, and moves those that are. */
static enum status add_staged(struct tally *tally, struct db *db, const char *slot,
                              struct error *error)
{
    struct db_result *rows = NULL;
    enum status status =
        copy_infections(tally, db, sql_infections_stage, tally->fresh, tally->fresh_count, error);
    bool all_new = false;

    if (status == STATUS_OK)
        status = db_query(db, sql_infections_add, 1, &slot, &rows, error);
    if (status == STATUS_OK)
        all_new = db_int64(rows, 0, 0) == tally->fresh_count;
    db_result_free(rows);
    if (status == STATUS_OK && !all_new)
        status = db_query(db, sql_infections_move, 1, &slot, NULL, error);
    if (status == STATUS_OK && tally->earlier_count > 0)
        status = db_script(db, "truncate pg_temp.stage_infection", error);
    tally->calm = all_new ? tally->calm + 1 : 0;
    return status;
}

static enum status move_earlier(struct tally *tally, struct db *db, const char *slot,
                                struct error *error)
{
    enum status status = copy_infections(tally, db, sql_infections_stage, tally->earlier,
                                         tally->earlier_count, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_infections_move, 1, &slot, NULL, error);
    return status;
}

static enum status store_infections(struct tally *tally, struct db *db, const char *slot,
                                    struct error *error)
{
    enum status status = STATUS_OK;

    if (tally->fresh_count > 0)
        status =
            tally->staged ? add_staged(tally, db, slot, error) : add_straight(tally, db, error);
    if (status == STATUS_OK && tally->earlier_count > 0)
        status = move_earlier(tally, db, slot, error);
    return status;
}

static enum status store_counts(struct tally *tally, struct db *db, const char *slot,
                                struct error *error)
{
    if (tally->countings.count == 0)
        return STATUS_OK;
    array_reset(&tally->days);
    array_reset(&tally->threats);
    array_reset(&tally->countries);
    array_reset(&tally->infection_counts);
    array_reset(&tally->detection_counts);
    for (uint32_t i = 0; i < tally->countings.count; i++) {
        const char *key = intern_get(&tally->countings, i).data;
        const char *country = key + 2 * sizeof(int32_t);
        int32_t first_day;
        int32_t threat_id;

        memcpy(&first_day, key, sizeof(first_day));
        memcpy(&threat_id, key + sizeof(first_day), sizeof(threat_id));
        array_add_int64(&tally->days, first_day);
        array_add_int64(&tally->threats, threat_id);
        array_add_text(&tally->countries, country, strlen(country));
        array_add_int64(&tally->infection_counts, tally->counts[i].infections);
        array_add_int64(&tally->detection_counts, tally->counts[i].detections);
    }

    const char *const parameters[] = {array_text(&tally->days),
                                      array_text(&tally->threats),
                                      array_text(&tally->countries),
                                      array_text(&tally->infection_counts),
                                      array_text(&tally->detection_counts),
                                      slot};

    for (int i = 0; i < 5; i++)
        if (parameters[i] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    return db_query(db, sql_counts_add, 6, parameters, NULL, error);
}

enum status tally_store(struct tally *tally, struct db *db, int32_t slot, struct error *error)
{
    char text[16];
    enum status status = STATUS_OK;

    snprintf(text, sizeof(text), "%d", slot);
    if (slot == TALLY_FILES_SLOT && tally->countings.count > 0)
        status = db_query(db, sql_files_turn, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = store_infections(tally, db, text, error);
    if (status == STATUS_OK)
        status = store_counts(tally, db, text, error);
    return status;
}

enum status tally_spill(struct tally *tally, struct db *db, int32_t slot, struct error *error)
{
    enum status status = tally_store(tally, db, slot, error);

    if (status == STATUS_OK)
        status = db_script(db, "truncate pg_temp.stage_infection", error);
    tally_reset(tally);
    return status;
}

bool tally_was_refused(struct tally *tally)
{
    bool refused = tally->copying;

    tally->copying = false;
    tally->staged = tally->staged || refused;
    return refused;
}

void tally_committed(struct tally *tally)
{
    for (uint32_t i = 0; i < tally->infections.count; i++)
        known_add(tally->known, &tally->sightings[i]);
    if (tally->way == TALLY_STRAIGHT && tally->staged && tally->calm >= CALM_TRANSACTIONS) {
        tally->staged = false;
        tally->calm = 0;
    }
    tally_reset(tally);
}
