#include "ingest/store/geoip_notes.h"

#include <inttypes.h>
#include <string.h>

#include "sql/embedded.h"

/* Month and id. Every month of the calendar may have several. */
#define KEY_SIZE (sizeof(int32_t) + sizeof(int16_t))
#define NOTES_MAX 16384

/* Another transaction may have added a MaxMind DB while ours looked for it: the next look finds it.
 */
#define ATTEMPTS 5

enum { DAYS, IDS };

enum status geoip_notes_init(struct geoip_notes *notes, struct error *error)
{
    enum status status =
        string_set_init(&notes->noted, NOTES_MAX, NOTES_MAX * (uint32_t)KEY_SIZE, error);

    if (status == STATUS_OK)
        status = string_set_init(&notes->pending, NOTES_MAX, NOTES_MAX * (uint32_t)KEY_SIZE, error);
    return status;
}

void geoip_notes_clear(struct geoip_notes *notes)
{
    string_set_clear(&notes->noted);
    string_set_clear(&notes->pending);
    array_clear(&notes->arrays[DAYS]);
    array_clear(&notes->arrays[IDS]);
    memset(notes, 0, sizeof(*notes));
}

/* What a transaction that was not committed has left. */
static void begin_anew(struct geoip_notes *notes)
{
    string_set_reset(&notes->pending);
    notes->known_count = notes->committed_count;
    notes->starts_us = 0;
    notes->ends_us = 0;
    notes->seen = 0;
}

void geoip_notes_forget_months(struct geoip_notes *notes)
{
    string_set_reset(&notes->noted);
    begin_anew(notes);
}

void geoip_notes_forget(struct geoip_notes *notes)
{
    notes->committed_count = 0;
    geoip_notes_forget_months(notes);
}

enum status geoip_notes_find_id(struct db *db, const struct geoip_build *build, int16_t *id,
                                struct error *error)
{
    char built[24];
    char fingerprint[2 * GEOIP_FINGERPRINT_SIZE + 1];
    const char *const parameters[] = {built, fingerprint};
    bool found = false;
    enum status status = STATUS_OK;

    snprintf(built, sizeof(built), "%" PRId64, build->built_s);
    for (size_t i = 0; i < GEOIP_FINGERPRINT_SIZE; i++)
        snprintf(fingerprint + 2 * i, 3, "%02x", build->fingerprint[i]);
    for (int i = 0; status == STATUS_OK && !found && i < ATTEMPTS; i++) {
        struct db_result *rows = NULL;

        status = db_query(db, sql_geoip_note, 2, parameters, &rows, error);
        found = status == STATUS_OK && db_rows(rows) > 0;
        if (found)
            *id = (int16_t)db_int64(rows, 0, 0);
        db_result_free(rows);
    }
    if (status == STATUS_OK && !found)
        status = error_set(error, STATUS_RETRY, "the MaxMind DB is being noted by somebody else");
    return status;
}

static enum status look_up(struct geoip_notes *notes, struct db *db,
                           const struct geoip_build *build, int16_t *id, struct error *error)
{
    const uint32_t capacity = sizeof(notes->known) / sizeof(notes->known[0]);
    struct geoip_known *known;
    enum status status;

    for (uint32_t i = 0; i < notes->known_count; i++)
        if (memcmp(&notes->known[i].build, build, sizeof(*build)) == 0) {
            *id = notes->known[i].id;
            return STATUS_OK;
        }
    if (notes->known_count == capacity)
        notes->known_count = notes->committed_count = 0;
    known = &notes->known[notes->known_count];
    status = geoip_notes_find_id(db, build, &known->id, error);
    if (status != STATUS_OK)
        return status;
    known->build = *build;
    notes->known_count++;
    *id = known->id;
    return STATUS_OK;
}

enum status geoip_notes_begin(struct geoip_notes *notes, struct db *db, const struct batch *batch,
                              int16_t ids[BATCH_COUNTRY_ORIGINS], struct error *error)
{
    enum status status = STATUS_OK;

    begin_anew(notes);
    notes->ids[BATCH_COUNTRY_OWN] = GEOIP_ID_OWN;
    notes->ids[BATCH_COUNTRY_NOT_LOOKED_UP] = GEOIP_ID_NOT_LOOKED_UP;
    for (uint32_t i = 0; status == STATUS_OK && i < batch->geoip_build_count; i++)
        status = look_up(notes, db, &batch->geoip_builds[i],
                         &notes->ids[BATCH_COUNTRY_LOOKED_UP + i], error);
    memcpy(ids, notes->ids, sizeof(notes->ids));
    return status;
}

/* The first row of an origin in a month. */
static void add_note(struct geoip_notes *notes, struct calendar *calendar,
                     const struct batch_row *row)
{
    const struct calendar_entry *month = calendar_find(calendar, row->time_us);
    char key[KEY_SIZE];
    bool is_new;

    if (month == NULL)
        return;
    if (month->starts_us != notes->starts_us || month->ends_us != notes->ends_us)
        notes->seen = 0;
    notes->starts_us = month->starts_us;
    notes->ends_us = month->ends_us;
    notes->seen |= UINT32_C(1) << row->country_origin;
    if (row->country_origin == BATCH_COUNTRY_OWN)
        return;
    memcpy(key, &month->first_day, sizeof(month->first_day));
    memcpy(key + sizeof(month->first_day), &notes->ids[row->country_origin], sizeof(int16_t));
    if (string_set_find(&notes->noted, key, sizeof(key)) == STRING_SET_NONE)
        (void)string_set_add(&notes->pending, key, sizeof(key), &is_new);
}

void geoip_notes_add(struct geoip_notes *notes, struct calendar *calendar,
                     const struct batch_row *row)
{
    if (row->time_us < notes->starts_us || row->time_us >= notes->ends_us ||
        (notes->seen >> row->country_origin & 1) == 0)
        add_note(notes, calendar, row);
}

enum status geoip_notes_store(struct geoip_notes *notes, struct db *db, struct error *error)
{
    if (notes->pending.count == 0)
        return STATUS_OK;
    array_reset(&notes->arrays[DAYS]);
    array_reset(&notes->arrays[IDS]);
    for (uint32_t i = 0; i < notes->pending.count; i++) {
        const char *key = string_set_get(&notes->pending, i).data;
        int32_t first_day;
        int16_t id;

        memcpy(&first_day, key, sizeof(first_day));
        memcpy(&id, key + sizeof(first_day), sizeof(id));
        array_add_int64(&notes->arrays[DAYS], first_day);
        array_add_int64(&notes->arrays[IDS], id);
    }

    const char *const parameters[] = {array_text(&notes->arrays[DAYS]),
                                      array_text(&notes->arrays[IDS])};

    if (parameters[0] == NULL || parameters[1] == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    return db_query(db, sql_geoip_use_note, 2, parameters, NULL, error);
}

void geoip_notes_committed(struct geoip_notes *notes)
{
    bool is_new;

    if (notes->noted.count + notes->pending.count > NOTES_MAX)
        string_set_reset(&notes->noted);
    for (uint32_t i = 0; i < notes->pending.count; i++) {
        struct slice key = string_set_get(&notes->pending, i);

        (void)string_set_add(&notes->noted, key.data, key.length, &is_new);
    }
    notes->committed_count = notes->known_count;
    begin_anew(notes);
}
