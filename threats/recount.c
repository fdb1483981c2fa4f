#include "threats/recount.h"

#include <stdlib.h>

#include "ingest/store/infections.h"
#include "sql/embedded.h"
#include "text/hex.h"
#include "threats/catalogue.h"
#include "threats/sweep.h"

/* Infections fetched and stored at once: fewer than a worker's batch may have. */
#define CHUNK "20000"

/* Deadlocks with workers are retried; more in a row mean something else is wrong. */
#define ATTEMPTS 10

struct recount {
    struct db *db;       /* writes */
    struct db *snapshot; /* reads what was stored of a month before workers counted there */
    struct infections *infections;
    const char *threat_id;
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

enum status recount_new(const char *conninfo, struct db *db, recount_show *show, void *context,
                        struct recount **recount, struct error *error)
{
    enum status status;

    *recount = calloc(1, sizeof(**recount));
    if (*recount == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    (*recount)->db = db;
    (*recount)->show = show;
    (*recount)->context = context;
    status = db_open(conninfo, &(*recount)->snapshot, error);
    if (status == STATUS_OK)
        status =
            infections_new(INFECTIONS_STAGED, INFECTION_CACHE_MIB, &(*recount)->infections, error);
    if (status == STATUS_OK)
        status = db_script(db, sql_stage_create, error);
    return status;
}

void recount_free(struct recount *recount)
{
    if (recount == NULL)
        return;
    infections_free(recount->infections);
    db_close(recount->snapshot);
    free(recount);
}

static enum status store_once(struct recount *recount, struct error *error)
{
    enum status status = db_begin(recount->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = infections_store(recount->infections, recount->db, COUNTS_REDEFINED_SLOT, error);
    return db_end(recount->db, status, error);
}

static enum status store_counted(struct recount *recount, struct error *error)
{
    enum status status = infections_decide_counted(recount->infections, recount->db, error);

    if (status != STATUS_OK)
        return status;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        status = store_once(recount, error);
        if (status != STATUS_RETRY || db_is_broken(recount->db))
            break;
    }
    if (status == STATUS_OK)
        infections_committed(recount->infections);
    return status;
}

static enum status add_infection(struct recount *recount, const struct month *month,
                                 const struct db_result *rows, int row, struct error *error)
{
    struct sighting sighting = {
        .first_day = month->day,
        .threat_id = atoi(recount->threat_id),
        .time_us = db_int64(rows, row, 3),
        .labels =
            {
                .name_id = (int32_t)db_int64(rows, row, 4),
                .product_id = (int32_t)db_int64(rows, row, 5),
                .os_id = (int32_t)db_int64(rows, row, 6),
                .segment_id = (int32_t)db_int64(rows, row, 7),
            },
    };

    snprintf(sighting.labels.country, sizeof(sighting.labels.country), "%s", db_text(rows, row, 2));
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
    for (int row = 0; status == STATUS_OK && row < *count; row++) {
        if (!infections_has_room(recount->infections, 1))
            status = store_counted(recount, error);
        if (status == STATUS_OK)
            status = add_infection(recount, month, rows, row, error);
    }
    db_result_free(rows);
    if (status == STATUS_OK && *count > 0)
        status = store_counted(recount, error);
    return status;
}

/* A row of recount_detections: how many detections have a label. */
static void add_label(struct recount *recount, const struct month *month,
                      const struct db_result *rows, int row)
{
    enum dimension dimension = (enum dimension)db_int64(rows, row, 0);
    bool is_country = dimension == DIMENSION_COUNTRY;
    int32_t label =
        is_country ? counts_country(db_text(rows, row, 1)) : (int32_t)db_int64(rows, row, 1);

    infections_add_detections(recount->infections, month->day, atoi(recount->threat_id), dimension,
                              label, db_int64(rows, row, 2));
    if (is_country)
        recount->progress.detections += db_int64(rows, row, 2);
}

/* Stored apart from infections: an attempt to store these that fails is made again, and may have
 * stored counts in between. */
static enum status add_detections(struct recount *recount, const struct month *month,
                                  const char *const *parameters, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status =
        db_query(recount->snapshot, sql_recount_detections, 3, parameters, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        if (!infections_has_room(recount->infections, 1))
            status = store_counted(recount, error);
        if (status == STATUS_OK)
            add_label(recount, month, rows, row);
    }
    if (status == STATUS_OK && db_rows(rows) > 0)
        status = store_counted(recount, error);
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
    const char *const parameters[] = {recount->threat_id, month->first_day};
    enum status status = catalogue_begin_change(recount->db, error);

    if (status == STATUS_OK)
        status = db_query(recount->db, sql_recount_month_begin, 2, parameters, NULL, error);
    if (status == STATUS_OK)
        status = db_begin(recount->snapshot, DB_READ_ONLY_SNAPSHOT, error);
    /* The first statement takes the snapshot. */
    if (status == STATUS_OK)
        status = db_script(recount->snapshot, "select 1", error);
    return db_end(recount->db, status, error);
}

/* An interrupted count of the month may have left something. */
static enum status count_month(struct recount *recount, const struct month *month,
                               struct error *error)
{
    const char *const parameters[] = {recount->threat_id, month->first_day};
    enum status status = sweep_month(recount->db, recount->threat_id, month->first_day, error);

    recount->progress.month = month->name;
    if (status == STATUS_OK)
        status = take_snapshot(recount, month, error);
    if (status == STATUS_OK)
        status = count_snapshot(recount, month, error);
    db_rollback(recount->snapshot);
    if (status == STATUS_OK)
        status = db_query(recount->db, sql_recount_month_done, 2, parameters, NULL, error);
    recount->progress.months_done++;
    return status;
}

enum status recount_stored(struct recount *recount, const char *threat_id, int64_t *detections,
                           struct error *error)
{
    struct db_result *months = NULL;
    enum status status = db_query(recount->db, sql_recount_months, 1, &threat_id, &months, error);

    recount->threat_id = threat_id;
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
    *detections = recount->progress.detections;
    return status;
}
