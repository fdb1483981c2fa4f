#include "threats/recount.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/store/infections.h"
#include "sql/array.h"
#include "sql/db.h"
#include "sql/embedded.h"
#include "text/hex.h"

/* Infections fetched and stored at once: fewer than a worker's batch may have. */
#define CHUNK "20000"

/* Deadlocks with workers are retried; more in a row mean something else is wrong. */
#define ATTEMPTS 10

struct recount {
    struct db *db;       /* writes */
    struct db *snapshot; /* reads what was stored of a month before workers counted there */
    struct infections *infections;
    struct array patterns;
    char threat_id[16];
    recount_show *show;
    void *context;
    struct recount_progress progress;
};

/* One of the months that are still to be counted. */
struct month {
    const char *first_day; /* as PostgreSQL writes it */
    int32_t day;           /* the same since 1970-01-01 */
    const char *starts_at;
    const char *ends_at;
    const char *name; /* YYYY-MM */
};

/* A statement without rows of interest. */
static enum status run(struct db *db, const char *sql, const char *first, const char *second,
                       int count, struct error *error)
{
    const char *const parameters[] = {first, second};

    return db_query(db, sql, count, parameters, NULL, error);
}

/* ---- what was counted goes */

/* Deletes what was counted of a threat in a month, of which nobody counts anything meanwhile. */
static enum status forget_month(struct db *db, const char *threat_id, const char *month,
                                struct error *error)
{
    enum status status = run(db, sql_threat_forget_infections, threat_id, month, 2, error);

    if (status == STATUS_OK)
        status = run(db, sql_threat_forget_changes, threat_id, month, 2, error);
    if (status == STATUS_OK)
        status = run(db, sql_threat_forget_counts, threat_id, month, 2, error);
    return status;
}

/* Deletes a removed definition and all that was counted of it, each month in a transaction of its
 * own: whoever goes on after an interruption finds the rest. */
static enum status forget(struct db *db, const char *threat_id, struct error *error)
{
    struct db_result *months = NULL;
    enum status status = db_query(db, sql_threat_months, 1, &threat_id, &months, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++)
        status = forget_month(db, threat_id, db_text(months, row, 0), error);
    db_result_free(months);
    if (status == STATUS_OK)
        status = run(db, sql_threat_forget_changes, threat_id, NULL, 2, error);
    if (status == STATUS_OK)
        status = run(db, sql_threat_forget_counts, threat_id, NULL, 2, error);
    return status == STATUS_OK ? run(db, sql_threat_forget, threat_id, NULL, 1, error) : status;
}

/* Every definition that was removed, whoever removed it. */
static enum status sweep(struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_threat_removed, 0, NULL, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++)
        status = forget(db, db_text(rows, row, 0), error);
    db_result_free(rows);
    return status;
}

/* ---- definitions */

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

/* Commits it, or rolls it back when something failed. */
static enum status end_change(struct db *db, enum status status, struct error *error)
{
    if (status == STATUS_OK)
        status = db_commit(db, error);
    if (status != STATUS_OK)
        db_rollback(db);
    return status;
}

/* Removes the definitions of a name but one, in a state or (NULL) in any; *count is how many. */
static enum status drop(struct db *db, const char *name, const char *keep, const char *state,
                        int *count, struct error *error)
{
    const char *const parameters[] = {name, keep, state};
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_threat_drop, 3, parameters, &rows, error);

    if (status == STATUS_OK)
        *count = db_rows(rows);
    db_result_free(rows);
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
    struct db_result *rows = NULL;
    enum status status =
        db_query(recount->db, sql_threat_insert, 1, &definition->name, &rows, error);

    if (status == STATUS_OK)
        snprintf(recount->threat_id, sizeof(recount->threat_id), "%s", db_text(rows, 0, 0));
    db_result_free(rows);
    if (status == STATUS_OK)
        status = run(recount->db, sql_threat_rules_insert, recount->threat_id,
                     array_text(&recount->patterns), 2, error);
    if (status == STATUS_OK)
        status = insert_names(recount, definition, error);
    return status;
}

/* A new definition. What is stored is still to be counted, in each month that has anything; workers
 * count all others from the commit on. */
static enum status publish(struct recount *recount, const struct threat_definition *definition,
                           struct error *error)
{
    int dropped;
    enum status status = begin_change(recount->db, error);

    if (status == STATUS_OK)
        status = drop(recount->db, definition->name, NULL, "counting", &dropped, error);
    if (status == STATUS_OK)
        status = insert_definition(recount, definition, error);
    if (status == STATUS_OK)
        status = run(recount->db, sql_recount_begin, recount->threat_id, NULL, 1, error);
    return end_change(recount->db, status, error);
}

/* The definition is there already, its recount was interrupted: workers leave the month alone that
 * was being counted, and forget what they know of it. */
static enum status resume(struct recount *recount, const struct threat_definition *definition,
                          struct error *error)
{
    const char *threat_id = recount->threat_id;
    struct db_result *rows = NULL;
    enum status status = begin_change(recount->db, error);

    if (status == STATUS_OK)
        status = db_query(recount->db, sql_threat_names_forget, 1, &threat_id, NULL, error);
    if (status == STATUS_OK)
        status = insert_names(recount, definition, error);
    if (status == STATUS_OK)
        status = db_query(recount->db, sql_recount_resume, 1, &threat_id, &rows, error);
    if (status == STATUS_OK && db_rows(rows) > 0)
        status = db_query(recount->db, sql_catalogue_forget, 0, NULL, NULL, error);
    db_result_free(rows);
    return end_change(recount->db, status, error);
}

/* Leaves threat_id empty when there is none to go on with. */
static enum status find_unfinished(struct recount *recount, const char *name, struct error *error)
{
    const char *const parameters[] = {name, array_text(&recount->patterns)};
    struct db_result *rows = NULL;
    enum status status =
        db_query(recount->db, sql_threat_find_unfinished, 2, parameters, &rows, error);

    if (status == STATUS_OK && db_rows(rows) > 0)
        snprintf(recount->threat_id, sizeof(recount->threat_id), "%s", db_text(rows, 0, 0));
    db_result_free(rows);
    return status;
}

static enum status check_room(struct recount *recount, const struct threat_definition *definition,
                              struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(recount->db, sql_threat_room, 1, &definition->name, &rows, error);

    if (status == STATUS_OK && db_int64(rows, 0, 0) >= RECOUNT_THREATS_MAX)
        status = error_set(error, STATUS_REJECT,
                           "there are %d threats, and no more can be counted: remove one first",
                           RECOUNT_THREATS_MAX);
    else if (status == STATUS_OK &&
             db_int64(rows, 0, 1) + (int64_t)definition->pattern_count > RECOUNT_PATTERNS_MAX)
        status = error_set(error, STATUS_REJECT,
                           "all threats together may have %d patterns, the others have %s: use "
                           "wider ones, or remove a threat first",
                           RECOUNT_PATTERNS_MAX, db_text(rows, 0, 1));
    db_result_free(rows);
    return status;
}

static enum status define(struct recount *recount, const struct threat_definition *definition,
                          struct error *error)
{
    enum status status = check_room(recount, definition, error);

    if (status == STATUS_OK)
        status = find_unfinished(recount, definition->name, error);
    if (status != STATUS_OK)
        return status;
    return recount->threat_id[0] != '\0' ? resume(recount, definition, error)
                                         : publish(recount, definition, error);
}

/* The new definition is shown in place of the old one, which is deleted behind it. */
static enum status finish(struct recount *recount, const char *name, struct error *error)
{
    int dropped;
    enum status status = begin_change(recount->db, error);

    if (status == STATUS_OK)
        status = drop(recount->db, name, recount->threat_id, NULL, &dropped, error);
    if (status == STATUS_OK)
        status = run(recount->db, sql_threat_ready, recount->threat_id, NULL, 1, error);
    status = end_change(recount->db, status, error);
    return status == STATUS_OK ? sweep(recount->db, error) : status;
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

static struct sighting sighting_in(const struct recount *recount, const struct month *month,
                                   const char *country)
{
    struct sighting sighting = {.first_day = month->day, .threat_id = atoi(recount->threat_id)};

    snprintf(sighting.country, sizeof(sighting.country), "%s", country);
    return sighting;
}

static enum status add_infection(struct recount *recount, const struct month *month,
                                 const struct db_result *rows, int row, struct error *error)
{
    struct sighting sighting = sighting_in(recount, month, db_text(rows, row, 2));

    sighting.time_us = db_int64(rows, row, 3);
    if (!hex_decode_uuid(db_text(rows, row, 0), HEX_UUID_LENGTH, sighting.device) ||
        !hex_decode_uuid(db_text(rows, row, 1), HEX_UUID_LENGTH, sighting.event_id))
        return error_set(error, STATUS_FATAL, "PostgreSQL sent no UUID for a uuid");
    infections_add_earliest(recount->infections, &sighting);
    return STATUS_OK;
}

/* Stores the next chunk of the cursor; *count is its size. */
static enum status store_chunk(struct recount *recount, const struct month *month, int *count,
                               struct error *error)
{
    struct db_result *rows = NULL;
    enum status status =
        db_query(recount->snapshot, "fetch " CHUNK " from recount", 0, NULL, &rows, error);

    if (status != STATUS_OK)
        return status;
    *count = db_rows(rows);
    for (int row = 0; status == STATUS_OK && row < *count; row++)
        status = add_infection(recount, month, rows, row, error);
    db_result_free(rows);
    if (status == STATUS_OK && *count > 0)
        status = store_counted(recount, error);
    return status;
}

/* The detections are stored with the first chunk of infections. */
static enum status add_detections(struct recount *recount, const struct month *month,
                                  const char *const *parameters, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status =
        db_query(recount->snapshot, sql_recount_detections, 3, parameters, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        struct sighting sighting = sighting_in(recount, month, db_text(rows, row, 0));

        infections_add_detections(recount->infections, &sighting, db_int64(rows, row, 1));
        recount->progress.detections += db_int64(rows, row, 1);
    }
    db_result_free(rows);
    return status;
}

static void show_progress(const struct recount *recount)
{
    if (recount->show != NULL)
        recount->show(recount->context, &recount->progress);
}

/* What the month's snapshot holds. */
static enum status count_snapshot(struct recount *recount, const struct month *month,
                                  struct error *error)
{
    const char *threat_id = recount->threat_id;
    struct db_result *names = NULL;
    int count = 1;
    enum status status =
        db_query(recount->snapshot, sql_recount_names, 1, &threat_id, &names, error);

    if (status == STATUS_OK) {
        const char *const parameters[] = {db_text(names, 0, 0), month->starts_at, month->ends_at};

        status = add_detections(recount, month, parameters, error);
        if (status == STATUS_OK)
            status = db_query(recount->snapshot, sql_recount_cursor, 3, parameters, NULL, error);
    }
    db_result_free(names);
    while (status == STATUS_OK && count > 0) {
        show_progress(recount);
        status = store_chunk(recount, month, &count, error);
    }
    return status;
}

/* Workers count the month from the commit on, and what they stored before is in the snapshot: no
 * batch commits between the two. */
static enum status take_snapshot(struct recount *recount, const struct month *month,
                                 struct error *error)
{
    enum status status = begin_change(recount->db, error);

    if (status == STATUS_OK)
        status = run(recount->db, sql_recount_month_begin, recount->threat_id, month->first_day, 2,
                     error);
    if (status == STATUS_OK)
        status = db_begin(recount->snapshot, DB_READ_ONLY_SNAPSHOT, error);
    /* The first statement takes the snapshot. */
    if (status == STATUS_OK)
        status = db_script(recount->snapshot, "select 1", error);
    return end_change(recount->db, status, error);
}

/* An interrupted count of the month may have left something. */
static enum status count_month(struct recount *recount, const struct month *month,
                               struct error *error)
{
    enum status status = forget_month(recount->db, recount->threat_id, month->first_day, error);

    recount->progress.month = month->name;
    if (status == STATUS_OK)
        status = take_snapshot(recount, month, error);
    if (status == STATUS_OK)
        status = count_snapshot(recount, month, error);
    db_rollback(recount->snapshot);
    if (status == STATUS_OK)
        status = run(recount->db, sql_recount_month_done, recount->threat_id, month->first_day, 2,
                     error);
    recount->progress.months_done++;
    return status;
}

static enum status count_stored(struct recount *recount, struct error *error)
{
    const char *threat_id = recount->threat_id;
    struct db_result *months = NULL;
    enum status status = db_query(recount->db, sql_recount_months, 1, &threat_id, &months, error);

    if (status == STATUS_OK)
        recount->progress.months = db_rows(months);
    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++) {
        const struct month month = {db_text(months, row, 0), (int32_t)db_int64(months, row, 1),
                                    db_text(months, row, 2), db_text(months, row, 3),
                                    db_text(months, row, 4)};

        status = count_month(recount, &month, error);
        show_progress(recount);
    }
    /* The last month's name goes with the rows. */
    recount->progress.month = NULL;
    db_result_free(months);
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
        status = define(&recount, definition, error);
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
        status = drop(db, name, NULL, NULL, &count, error);
    if (status == STATUS_OK && count == 0)
        status = error_set(error, STATUS_REJECT, "there is no threat \"%.200s\"", name);
    if (status == STATUS_OK)
        status = db_commit(db, error);
    if (status == STATUS_OK)
        status = sweep(db, error);
    db_close(db);
    return status;
}

enum status recount_sweep(const char *conninfo, struct error *error)
{
    struct db *db = NULL;
    struct db_result *rows = NULL;
    enum status status = db_open(conninfo, &db, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_threat_turn_try, 0, NULL, &rows, error);
    if (status == STATUS_OK && strcmp(db_text(rows, 0, 0), "t") == 0)
        status = sweep(db, error);
    db_result_free(rows);
    db_close(db);
    return status;
}
