#include "threats/recount.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/store/infections.h"
#include "sql/array.h"
#include "sql/db.h"
#include "sql/embedded.h"
#include "text/hex.h"

/* Detections fetched and stored at once: the size of a worker's batch. */
#define CHUNK "20000"

/* Deadlocks with workers are retried; more in a row mean something else is wrong. */
#define ATTEMPTS 10

struct recount {
    struct db *db;       /* writes */
    struct db *snapshot; /* reads what was stored before the definition */
    struct infections *infections;
    struct array patterns;
    char threat_id[16];
    recount_show *show;
    void *context;
    struct recount_progress progress;
};

/* ---- definitions */

/* Deletes a definition with its infections and counts, inside the open transaction. */
static enum status forget(struct db *db, const char *threat_id, struct error *error)
{
    enum status status = db_query(db, sql_threat_forget_infections, 1, &threat_id, NULL, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_threat_forget_counts, 1, &threat_id, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_threat_forget, 1, &threat_id, NULL, error);
    return status;
}

/* Deletes the definitions of a name in a state that a query selects; *count is how many. */
static enum status forget_others(struct db *db, const char *name, const char *keep, int *count,
                                 struct error *error)
{
    const char *const parameters[] = {name, keep};
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_threat_ids, 2, parameters, &rows, error);

    *count = 0;
    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        status = forget(db, db_text(rows, row, 0), error);
        *count += status == STATUS_OK;
    }
    db_result_free(rows);
    return status;
}

/* Begins a transaction in which no batch is under way and the threats may change. */
static enum status begin_change(struct db *db, struct error *error)
{
    enum status status = db_begin(db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_catalogue_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_catalogue_bump, 0, NULL, NULL, error);
    return status;
}

static enum status insert_names(struct recount *recount, const struct threat_definition *definition,
                                struct error *error)
{
    struct array languages = {0};
    struct array names = {0};
    enum status status;

    for (size_t i = 0; i < definition->name_count; i++) {
        const struct threat_name *name = &definition->names[i];

        array_add_text(&languages, name->language, name->language_length);
        array_add_text(&names, name->name, strlen(name->name));
    }

    const char *const parameters[] = {recount->threat_id, array_text(&languages),
                                      array_text(&names)};

    if (parameters[1] == NULL || parameters[2] == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = db_query(recount->db, sql_threat_names_insert, 3, parameters, NULL, error);
    array_clear(&languages);
    array_clear(&names);
    return status;
}

static enum status insert_definition(struct recount *recount,
                                     const struct threat_definition *definition,
                                     struct error *error)
{
    const char *const rules[] = {recount->threat_id, array_text(&recount->patterns)};
    struct db_result *rows = NULL;
    enum status status =
        db_query(recount->db, sql_threat_insert, 1, &definition->name, &rows, error);

    if (status == STATUS_OK)
        snprintf(recount->threat_id, sizeof(recount->threat_id), "%s", db_text(rows, 0, 0));
    db_result_free(rows);
    if (status == STATUS_OK)
        status = db_query(recount->db, sql_threat_rules_insert, 2, rules, NULL, error);
    if (status == STATUS_OK)
        status = insert_names(recount, definition, error);
    return status;
}

/* A recount that was interrupted left a definition that nobody finishes. */
static enum status forget_unfinished(struct recount *recount, const char *name, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(recount->db, sql_threat_unfinished, 1, &name, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++)
        status = forget(recount->db, db_text(rows, row, 0), error);
    db_result_free(rows);
    return status;
}

/* The definition and the snapshot in one: no batch commits between the two. */
static enum status publish(struct recount *recount, const struct threat_definition *definition,
                           struct error *error)
{
    enum status status = begin_change(recount->db, error);

    if (status == STATUS_OK)
        status = forget_unfinished(recount, definition->name, error);
    if (status == STATUS_OK)
        status = insert_definition(recount, definition, error);
    if (status == STATUS_OK)
        status = db_begin(recount->snapshot, DB_READ_ONLY_SNAPSHOT, error);
    /* The first statement takes the snapshot. */
    if (status == STATUS_OK)
        status = db_script(recount->snapshot, "select 1", error);
    if (status == STATUS_OK)
        status = db_commit(recount->db, error);
    if (status != STATUS_OK)
        db_rollback(recount->db);
    return status;
}

static enum status finish(struct recount *recount, const char *name, struct error *error)
{
    const char *threat_id = recount->threat_id;
    int count;
    enum status status = begin_change(recount->db, error);

    if (status == STATUS_OK)
        status = forget_others(recount->db, name, threat_id, &count, error);
    if (status == STATUS_OK)
        status = db_query(recount->db, sql_threat_ready, 1, &threat_id, NULL, error);
    if (status == STATUS_OK)
        status = db_commit(recount->db, error);
    if (status != STATUS_OK)
        db_rollback(recount->db);
    return status;
}

/* ---- counting what is stored */

static enum status store_counted(struct recount *recount, struct error *error)
{
    enum status status = STATUS_OK;

    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        status = db_begin(recount->db, DB_READ_COMMITTED, error);
        if (status == STATUS_OK)
            status = infections_store(recount->infections, recount->db, COUNTS_FILES_SLOT, error);
        if (status == STATUS_OK)
            status = db_commit(recount->db, error);
        if (status == STATUS_OK) {
            infections_committed(recount->infections);
            return STATUS_OK;
        }
        db_rollback(recount->db);
        if (status != STATUS_RETRY || db_is_broken(recount->db))
            break;
    }
    return status;
}

static enum status count_detection(struct recount *recount, const struct db_result *rows, int row,
                                   int32_t first_day, struct error *error)
{
    struct sighting sighting = {.first_day = first_day,
                                .threat_id = atoi(recount->threat_id),
                                .time_us = db_int64(rows, row, 3)};
    enum status status = STATUS_OK;

    if (!hex_decode_uuid(db_text(rows, row, 0), HEX_UUID_LENGTH, sighting.device) ||
        !hex_decode_uuid(db_text(rows, row, 1), HEX_UUID_LENGTH, sighting.event_id))
        return error_set(error, STATUS_FATAL, "PostgreSQL sent no UUID for a uuid");
    snprintf(sighting.country, sizeof(sighting.country), "%s", db_text(rows, row, 2));
    if (!infections_has_room(recount->infections, 1))
        status = store_counted(recount, error);
    if (status == STATUS_OK)
        infections_add(recount->infections, &sighting);
    return status;
}

/* Counts the next chunk of the cursor; *count is its size. */
static enum status count_chunk(struct recount *recount, int32_t first_day, int *count,
                               struct error *error)
{
    struct db_result *rows = NULL;
    enum status status =
        db_query(recount->snapshot, "fetch " CHUNK " from recount", 0, NULL, &rows, error);

    if (status != STATUS_OK)
        return status;
    *count = db_rows(rows);
    for (int row = 0; status == STATUS_OK && row < *count; row++)
        status = count_detection(recount, rows, row, first_day, error);
    db_result_free(rows);
    if (status == STATUS_OK)
        status = store_counted(recount, error);
    return status;
}

static enum status count_month(struct recount *recount, const char *name_ids,
                               const struct db_result *months, int month, struct error *error)
{
    const char *const parameters[] = {name_ids, db_text(months, month, 1),
                                      db_text(months, month, 2)};
    int count = 1;
    enum status status =
        db_query(recount->snapshot, sql_recount_cursor, 3, parameters, NULL, error);

    recount->progress.month = db_text(months, month, 3);
    while (status == STATUS_OK && count > 0) {
        status = count_chunk(recount, (int32_t)db_int64(months, month, 0), &count, error);
        recount->progress.detections += count;
        if (recount->show != NULL)
            recount->show(recount->context, &recount->progress);
    }
    if (status == STATUS_OK)
        status = db_script(recount->snapshot, "close recount", error);
    recount->progress.months_done++;
    return status;
}

static enum status count_stored(struct recount *recount, struct error *error)
{
    const char *patterns = array_text(&recount->patterns);
    struct db_result *names = NULL;
    struct db_result *months = NULL;
    enum status status =
        db_query(recount->snapshot, sql_recount_names, 1, &patterns, &names, error);

    if (status == STATUS_OK)
        status = db_query(recount->snapshot, sql_recount_months, 0, NULL, &months, error);
    if (status == STATUS_OK)
        recount->progress.months = db_rows(months);
    for (int month = 0; status == STATUS_OK && month < db_rows(months); month++)
        status = count_month(recount, db_text(names, 0, 0), months, month, error);
    db_result_free(names);
    db_result_free(months);
    db_rollback(recount->snapshot);
    return status;
}

/* ---- the whole */

static enum status prepare(struct recount *recount, const char *conninfo,
                           const struct threat_definition *definition, struct error *error)
{
    enum status status = db_open(conninfo, &recount->db, error);

    if (status == STATUS_OK)
        status = db_open(conninfo, &recount->snapshot, error);
    if (status == STATUS_OK)
        status = infections_new(INFECTIONS_STAGED, &recount->infections, error);
    for (size_t i = 0; i < definition->pattern_count; i++)
        array_add_text(&recount->patterns, definition->patterns[i],
                       strlen(definition->patterns[i]));
    if (status == STATUS_OK && array_text(&recount->patterns) == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    if (status == STATUS_OK)
        status = db_script(recount->db, sql_stage_create, error);
    if (status == STATUS_OK)
        status = db_query(recount->db, sql_threat_turn_lock, 0, NULL, NULL, error);
    return status;
}

enum status recount_define(const char *conninfo, const struct threat_definition *definition,
                           recount_show *show, void *context, int64_t *detections,
                           struct error *error)
{
    struct recount recount = {.show = show, .context = context};
    enum status status = prepare(&recount, conninfo, definition, error);

    if (status == STATUS_OK)
        status = publish(&recount, definition, error);
    if (status == STATUS_OK)
        status = count_stored(&recount, error);
    if (status == STATUS_OK)
        status = finish(&recount, definition->name, error);
    if (status == STATUS_OK)
        *detections = recount.progress.detections;
    infections_free(recount.infections);
    array_clear(&recount.patterns);
    db_close(recount.snapshot);
    db_close(recount.db);
    return status;
}

enum status recount_remove(const char *conninfo, const char *name, struct error *error)
{
    struct db *db = NULL;
    int count = 0;
    enum status status = db_open(conninfo, &db, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_threat_turn_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = begin_change(db, error);
    if (status == STATUS_OK)
        status = forget_others(db, name, NULL, &count, error);
    if (status == STATUS_OK && count == 0)
        status = error_set(error, STATUS_REJECT, "there is no threat \"%.200s\"", name);
    if (status == STATUS_OK)
        status = db_commit(db, error);
    db_close(db);
    return status;
}
