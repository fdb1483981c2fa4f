#include "threats/labelling.h"

#include <stdlib.h>

#include "sql/embedded.h"
#include "sql/owner.h"
#include "threats/parts.h"
#include "threats/tallies.h"

/* Deadlocks with workers are retried; more in a row mean something else is wrong. */
#define ATTEMPTS 10

#define UUID_TEXT_SIZE 40

struct labelling {
    struct db *db;
    struct tallies tallies;
    labelling_show *show;
    void *context;
    struct labelling_progress *progress;
};

/* A month of a threat. */
struct month {
    const char *threat_id;
    const char *first_day; /* as PostgreSQL writes it */
    struct tallied tallied;
    const char *starts_at;
    const char *ends_at;
};

/* Inside a transaction that has the turn of slot 0. */
static enum status count(struct labelling *labelling, const struct month *month,
                         const struct db_result *rows, struct error *error)
{
    return tallies_count(&labelling->tallies, labelling->db, &month->tallied, rows,
                         COUNTS_FILES_SLOT, error);
}

/* Keeps `threat set` out until the commit. *listed: the month is still to be counted, which it is
 * not once its threat is defined anew or removed. */
static enum status begin(struct labelling *labelling, const struct month *month, bool *listed,
                         struct error *error)
{
    const char *const parameters[] = {month->threat_id, month->first_day};
    struct db_result *rows = NULL;
    enum status status = db_begin(labelling->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_query(labelling->db, sql_catalogue_share, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(labelling->db, sql_files_turn, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(labelling->db, sql_labelling_listed, 2, parameters, &rows, error);
    *listed = status == STATUS_OK && db_rows(rows) > 0;
    db_result_free(rows);
    return status;
}

static enum status end(struct labelling *labelling, enum status status, struct error *error)
{
    status = db_end(labelling->db, status, error);
    tallies_ended(&labelling->tallies, status == STATUS_OK);
    return status;
}

/* Gives the infections behind `place` up to `last` their labels, and counts them by these. */
static enum status label_once(struct labelling *labelling, const struct month *month,
                              const char *place, const char *last, bool *listed,
                              struct error *error)
{
    const char *const parameters[] = {month->threat_id, month->first_day, place, last,
                                      month->starts_at, month->ends_at};
    struct db_result *rows = NULL;
    enum status status = begin(labelling, month, listed, error);

    if (status == STATUS_OK && *listed)
        status = db_query(labelling->db, sql_labelling_label, 6, parameters, &rows, error);
    if (status == STATUS_OK && *listed)
        status = count(labelling, month, rows, error);
    status = end(labelling, status, error);
    /* Every infection has a name. */
    for (int row = 0; status == STATUS_OK && *listed && row < db_rows(rows); row++)
        if (db_int64(rows, row, 0) == DIMENSION_NAME)
            labelling->progress->infections += db_int64(rows, row, 2);
    db_result_free(rows);
    return status;
}

static enum status label(struct labelling *labelling, const struct month *month, const char *place,
                         const char *last, bool *listed, struct error *error)
{
    enum status status = STATUS_RETRY;

    for (int attempt = 0; attempt < ATTEMPTS && status == STATUS_RETRY; attempt++) {
        if (attempt > 0 && db_is_broken(labelling->db))
            break;
        status = label_once(labelling, month, place, last, listed, error);
    }
    return status;
}

/* The next infections without labels behind `place`, which moves behind them; *last becomes true
 * when there are none. */
static enum status label_chunk(struct labelling *labelling, const struct month *month,
                               char place[UUID_TEXT_SIZE], bool *last, struct error *error)
{
    const char *const parameters[] = {month->threat_id, month->first_day, place};
    struct db_result *edge = NULL;
    struct db_result *rows = NULL;
    bool listed = false;
    enum status status = db_query(labelling->db, sql_labelling_edge, 3, parameters, &edge, error);

    *last = status == STATUS_OK && db_text(edge, 0, 0) == NULL;
    if (status == STATUS_OK && !*last) {
        const char *const chunk[] = {month->threat_id,    month->first_day, place,
                                     db_text(edge, 0, 0), month->starts_at, month->ends_at};

        status = db_query(labelling->db, sql_labelling_read, 6, chunk, &rows, error);
    }
    if (status == STATUS_OK && !*last)
        status = tallies_decide(&labelling->tallies, labelling->db, &month->tallied, rows, error);
    if (status == STATUS_OK && !*last)
        status = label(labelling, month, place, db_text(edge, 0, 0), &listed, error);
    if (status == STATUS_OK && !*last) {
        snprintf(place, UUID_TEXT_SIZE, "%s", db_text(edge, 0, 0));
        *last = !listed;
    }
    db_result_free(rows);
    db_result_free(edge);
    return status;
}

/* Counts the month's detections that were stored before the migration: no more come. */
static enum status finish(struct labelling *labelling, const struct month *month,
                          struct error *error)
{
    struct db_result *names = NULL;
    struct db_result *rows = NULL;
    const char *const listed_month[] = {month->threat_id, month->first_day};
    bool listed = false;
    enum status status =
        db_query(labelling->db, sql_recount_names, 1, &month->threat_id, &names, error);

    if (status == STATUS_OK) {
        const char *const parameters[] = {db_text(names, 0, 0), month->starts_at, month->ends_at};

        status = db_query(labelling->db, sql_labelling_detections, 3, parameters, &rows, error);
    }
    db_result_free(names);
    if (status == STATUS_OK)
        status = tallies_decide(&labelling->tallies, labelling->db, &month->tallied, rows, error);
    if (status == STATUS_OK) {
        status = begin(labelling, month, &listed, error);
        if (status == STATUS_OK && listed)
            status = count(labelling, month, rows, error);
        if (status == STATUS_OK && listed)
            status = db_query(labelling->db, sql_labelling_done, 2, listed_month, NULL, error);
        status = end(labelling, status, error);
    }
    db_result_free(rows);
    return status;
}

static enum status count_month(struct labelling *labelling, const struct month *month,
                               struct error *error)
{
    /* What it has passed has labels, and is not met again. */
    char place[UUID_TEXT_SIZE] = PARTS_FIRST_DEVICE;
    bool last = false;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !last) {
        if (labelling->show != NULL)
            labelling->show(labelling->context, labelling->progress);
        status = label_chunk(labelling, month, place, &last, error);
    }
    return status == STATUS_OK ? finish(labelling, month, error) : status;
}

static enum status count_all(struct labelling *labelling, struct error *error)
{
    struct db_result *months = NULL;
    enum status status = db_query(labelling->db, sql_labelling_months, 0, NULL, &months, error);

    if (status == STATUS_OK)
        labelling->progress->months = db_rows(months);
    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++) {
        const struct month month = {
            db_text(months, row, 0),
            db_text(months, row, 1),
            {(int32_t)db_int64(months, row, 2), (int32_t)db_int64(months, row, 0)},
            db_text(months, row, 3),
            db_text(months, row, 4)};

        labelling->progress->month = db_text(months, row, 5);
        labelling->progress->threat = db_text(months, row, 6);
        status = count_month(labelling, &month, error);
        labelling->progress->months_done += status == STATUS_OK;
    }
    /* They go with the rows. */
    labelling->progress->month = NULL;
    labelling->progress->threat = NULL;
    db_result_free(months);
    return status;
}

enum status labelling_run(const char *conninfo, labelling_show *show, void *context,
                          struct labelling_progress *done, struct error *error)
{
    struct labelling labelling = {.show = show, .context = context, .progress = done};
    enum status status = db_open(conninfo, &labelling.db, error);

    *done = (struct labelling_progress){0};
    if (status == STATUS_OK)
        status = tallies_init(&labelling.tallies, error);
    if (status == STATUS_OK)
        status = owner_stay(labelling.db, error);
    if (status == STATUS_OK)
        status = db_query(labelling.db, sql_labelling_turn, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = count_all(&labelling, error);
    tallies_clear(&labelling.tallies);
    db_close(labelling.db);
    return status;
}
