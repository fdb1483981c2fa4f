#include "ingest/tally.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"

/* Month, threat and device. */
#define INFECTION_KEY_SIZE (2 * sizeof(int32_t) + 16)

/* Month, threat and country. */
#define COUNT_KEY_SIZE (2 * sizeof(int32_t) + COUNTRY_SIZE)

/* The earliest detection of an infection: by time, then by event id. */
struct earliest {
    int64_t time_us;
    uint8_t event_id[16];
};

struct tally {
    struct intern infections; /* key of an infection -> number in sightings */
    struct sighting *sightings;
    struct intern counts; /* month, threat, country -> number in detections */
    int64_t *detections;
    /* Only ever true: an infection never leaves, and its first detection only moves to earlier. */
    struct intern known;
    struct earliest *known_earliest;
    struct copy copy;
    struct array days;
    struct array threats;
    struct array countries;
    struct array numbers;
};

static enum status init_tables(struct tally *tally, struct error *error)
{
    enum status status = intern_init(&tally->infections, TALLY_INFECTIONS,
                                     TALLY_INFECTIONS * (uint32_t)INFECTION_KEY_SIZE, error);

    if (status == STATUS_OK)
        status = intern_init(&tally->counts, TALLY_COUNTS, TALLY_COUNTS * (uint32_t)COUNT_KEY_SIZE,
                             error);
    if (status == STATUS_OK)
        status = intern_init(&tally->known, TALLY_KNOWN, TALLY_KNOWN * (uint32_t)INFECTION_KEY_SIZE,
                             error);
    return status;
}

enum status tally_new(struct tally **out, struct error *error)
{
    struct tally *tally = calloc(1, sizeof(*tally));
    enum status status;

    if (tally == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    tally->sightings = malloc(TALLY_INFECTIONS * sizeof(*tally->sightings));
    tally->detections = malloc(TALLY_COUNTS * sizeof(*tally->detections));
    tally->known_earliest = malloc(TALLY_KNOWN * sizeof(*tally->known_earliest));
    if (tally->sightings == NULL || tally->detections == NULL || tally->known_earliest == NULL)
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
    intern_clear(&tally->counts);
    intern_clear(&tally->known);
    array_clear(&tally->days);
    array_clear(&tally->threats);
    array_clear(&tally->countries);
    array_clear(&tally->numbers);
    free(tally->sightings);
    free(tally->detections);
    free(tally->known_earliest);
    free(tally);
}

void tally_reset(struct tally *tally)
{
    intern_reset(&tally->infections);
    intern_reset(&tally->counts);
}

void tally_forget(struct tally *tally)
{
    intern_reset(&tally->known);
}

static bool is_earlier(int64_t time_us, const uint8_t *event_id, int64_t other_time_us,
                       const uint8_t *other_event_id)
{
    if (time_us != other_time_us)
        return time_us < other_time_us;
    return memcmp(event_id, other_event_id, 16) < 0;
}

static void infection_key(const struct sighting *sighting, char key[INFECTION_KEY_SIZE])
{
    memcpy(key, &sighting->first_day, sizeof(int32_t));
    memcpy(key + sizeof(int32_t), &sighting->threat_id, sizeof(int32_t));
    memcpy(key + 2 * sizeof(int32_t), sighting->device, 16);
}

/* Is an infection stored whose first detection is this one or an earlier one? */
static bool is_known(const struct tally *tally, const char *key, const struct sighting *sighting)
{
    uint32_t number = intern_find(&tally->known, key, INFECTION_KEY_SIZE);
    const struct earliest *earliest;

    if (number == INTERN_NONE)
        return false;
    earliest = &tally->known_earliest[number];
    return !is_earlier(sighting->time_us, sighting->event_id, earliest->time_us,
                       earliest->event_id);
}

static bool add_infection(struct tally *tally, const struct sighting *sighting)
{
    char key[INFECTION_KEY_SIZE];
    bool is_new;
    uint32_t number;

    infection_key(sighting, key);
    if (is_known(tally, key, sighting))
        return true;
    number = intern_add(&tally->infections, key, sizeof(key), &is_new);
    if (number == INTERN_NONE)
        return false;

    struct sighting *earliest = &tally->sightings[number];

    if (is_new ||
        is_earlier(sighting->time_us, sighting->event_id, earliest->time_us, earliest->event_id))
        *earliest = *sighting;
    return true;
}

bool tally_add(struct tally *tally, const struct sighting *sighting)
{
    char key[COUNT_KEY_SIZE];
    bool is_new;
    uint32_t number;

    memcpy(key, &sighting->first_day, sizeof(int32_t));
    memcpy(key + sizeof(int32_t), &sighting->threat_id, sizeof(int32_t));
    memcpy(key + 2 * sizeof(int32_t), sighting->country, COUNTRY_SIZE);
    number = intern_add(&tally->counts, key, sizeof(key), &is_new);
    if (number == INTERN_NONE)
        return false;
    if (is_new)
        tally->detections[number] = 0;
    if (!add_infection(tally, sighting))
        return false;
    tally->detections[number]++;
    return true;
}

static enum status stage_infections(struct tally *tally, struct db *db, struct error *error)
{
    enum status status = copy_begin(&tally->copy, db, sql_infections_stage, error);

    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < tally->infections.count; i++) {
        const struct sighting *sighting = &tally->sightings[i];

        copy_row(&tally->copy, 6);
        copy_date(&tally->copy, sighting->first_day);
        copy_int32(&tally->copy, sighting->threat_id);
        copy_bytes(&tally->copy, sighting->device, sizeof(sighting->device));
        copy_bytes(&tally->copy, sighting->country, strlen(sighting->country));
        copy_timestamp(&tally->copy, sighting->time_us);
        copy_bytes(&tally->copy, sighting->event_id, sizeof(sighting->event_id));
    }
    return copy_end(&tally->copy, error);
}

static enum status store_infections(struct tally *tally, struct db *db, const char *slot,
                                    struct error *error)
{
    enum status status;

    if (tally->infections.count == 0)
        return STATUS_OK;
    status = stage_infections(tally, db, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_infections_add, 1, &slot, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_infections_move, 1, &slot, NULL, error);
    return status;
}

static enum status store_detections(struct tally *tally, struct db *db, const char *slot,
                                    struct error *error)
{
    if (tally->counts.count == 0)
        return STATUS_OK;
    array_reset(&tally->days);
    array_reset(&tally->threats);
    array_reset(&tally->countries);
    array_reset(&tally->numbers);
    for (uint32_t i = 0; i < tally->counts.count; i++) {
        const char *key = intern_get(&tally->counts, i).data;
        const char *country = key + 2 * sizeof(int32_t);
        int32_t first_day;
        int32_t threat_id;

        memcpy(&first_day, key, sizeof(first_day));
        memcpy(&threat_id, key + sizeof(first_day), sizeof(threat_id));
        array_add_int64(&tally->days, first_day);
        array_add_int64(&tally->threats, threat_id);
        array_add_text(&tally->countries, country, strlen(country));
        array_add_int64(&tally->numbers, tally->detections[i]);
    }

    const char *const parameters[] = {array_text(&tally->days), array_text(&tally->threats),
                                      array_text(&tally->countries), array_text(&tally->numbers),
                                      slot};

    for (int i = 0; i < 4; i++)
        if (parameters[i] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    return db_query(db, sql_detections_count, 5, parameters, NULL, error);
}

enum status tally_store(struct tally *tally, struct db *db, int32_t slot, struct error *error)
{
    char text[16];
    enum status status = STATUS_OK;

    snprintf(text, sizeof(text), "%d", slot);
    if (slot == TALLY_FILES_SLOT && tally->counts.count > 0)
        status = db_query(db, sql_files_turn, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = store_infections(tally, db, text, error);
    if (status == STATUS_OK)
        status = store_detections(tally, db, text, error);
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

void tally_committed(struct tally *tally)
{
    if (tally->known.count + tally->infections.count > TALLY_KNOWN)
        tally_forget(tally);
    for (uint32_t i = 0; i < tally->infections.count; i++) {
        struct slice key = intern_get(&tally->infections, i);
        const struct sighting *sighting = &tally->sightings[i];
        bool is_new;
        uint32_t number = intern_add(&tally->known, key.data, key.length, &is_new);
        struct earliest *earliest = &tally->known_earliest[number];

        if (is_new || is_earlier(sighting->time_us, sighting->event_id, earliest->time_us,
                                 earliest->event_id)) {
            earliest->time_us = sighting->time_us;
            memcpy(earliest->event_id, sighting->event_id, sizeof(earliest->event_id));
        }
    }
    tally_reset(tally);
}
