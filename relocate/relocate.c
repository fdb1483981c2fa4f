#include "relocate/relocate.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/store/geoip_notes.h"
#include "relocate/chunk.h"
#include "sql/array.h"
#include "sql/embedded.h"

#define GO_ON "run it again: it goes on where it was"

struct relocation {
    struct db *db;
    const struct relocate_settings *settings;
    struct relocate_result *result;
    struct relocate_progress progress;
    struct chunks *chunks;
    char geoip_id[8];
};

static void show(const struct relocation *relocation, int64_t month_done_s)
{
    struct relocate_progress progress = relocation->progress;

    progress.done_s += month_done_s;
    progress.detections = relocation->result->detections;
    if (relocation->settings->show != NULL)
        relocation->settings->show(relocation->settings->context, &progress);
}

static enum status go_through(struct relocation *relocation, struct chunk_month *month,
                              int64_t starts_s, struct error *error)
{
    struct relocate_result *result = relocation->result;
    enum status status = STATUS_OK;

    month->place_s = starts_s;
    while (status == STATUS_OK && !month->done) {
        int64_t detections = 0;
        int64_t unlocated = 0;

        if (*relocation->settings->stop)
            return error_set(error, STATUS_RETRY, "stopped");
        show(relocation, month->place_s - starts_s);
        status =
            chunks_next(relocation->chunks, month, &detections, &unlocated, &result->moved, error);
        if (status == STATUS_OK) {
            result->detections += detections;
            result->unlocated += unlocated;
        }
    }
    return status == STATUS_OK ? chunks_fold(relocation->chunks, error) : status;
}

/* Workers note anew what they store of the month: behind this, what nobody has noted and is not
 * found is not there. */
static enum status take_notes_back(struct relocation *relocation, const char *first_day,
                                   struct error *error)
{
    const char *const parameters[] = {first_day, relocation->geoip_id};
    enum status status = db_begin(relocation->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_query(relocation->db, sql_catalogue_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(relocation->db, sql_relocate_unnote, 2, parameters, NULL, error);
    return db_end(relocation->db, status, error);
}

/* What is left of the month: adds the ids that its detections have. */
static enum status count_left(struct relocation *relocation, const struct chunk_month *month,
                              struct array *ids, struct error *error)
{
    const char *const parameters[] = {month->starts_at, month->ends_at, relocation->geoip_id,
                                      relocation->settings->country};
    struct db_result *rows = NULL;
    enum status status = db_query(relocation->db, sql_relocate_left, 4, parameters, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        array_add_int64(ids, db_int64(rows, row, 0));
        relocation->result->late += db_int64(rows, row, 1);
        relocation->result->left_alone += db_int64(rows, row, 2);
    }
    db_result_free(rows);
    return status;
}

/* The month has been gone through: notes say what is there now. */
static enum status note_month(struct relocation *relocation, const struct chunk_month *month,
                              struct error *error)
{
    struct array ids = {0};
    enum status status = take_notes_back(relocation, month->first_day, error);

    if (status == STATUS_OK)
        status = count_left(relocation, month, &ids, error);
    if (status == STATUS_OK) {
        const char *const parameters[] = {month->first_day, array_text(&ids)};

        if (parameters[1] == NULL)
            status = error_set(error, STATUS_FATAL, "out of memory");
        else
            status = db_query(relocation->db, sql_relocate_forget, 2, parameters, NULL, error);
    }
    array_clear(&ids);
    return status;
}

static enum status relocate_month(struct relocation *relocation, const struct db_result *months,
                                  int row, struct error *error)
{
    struct chunk_month month = {
        .first_day = db_text(months, row, 0),
        .day = db_text(months, row, 1),
        .starts_at = db_text(months, row, 2),
        .before = db_text(months, row, 3),
        .ends_at = db_text(months, row, 4),
    };
    enum status status;

    relocation->progress.month = db_text(months, row, 7);
    status = go_through(relocation, &month, db_int64(months, row, 5), error);
    if (status == STATUS_OK)
        status = note_month(relocation, &month, error);
    if (status == STATUS_OK)
        relocation->result->months++;
    relocation->progress.done_s += db_int64(months, row, 6) - db_int64(months, row, 5);
    show(relocation, 0);
    return status;
}

static enum status relocate_months(struct relocation *relocation, struct error *error)
{
    const struct relocate_settings *settings = relocation->settings;
    const char *const parameters[] = {settings->from, settings->to, relocation->geoip_id};
    struct db_result *months = NULL;
    enum status status =
        db_query(relocation->db, sql_relocate_months, 3, parameters, &months, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++)
        relocation->progress.total_s += db_int64(months, row, 6) - db_int64(months, row, 5);
    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++)
        status = relocate_month(relocation, months, row, error);
    db_result_free(months);
    return status;
}

static enum status count_active(const struct relocation *relocation, struct error *error)
{
    const char *const parameters[] = {relocation->settings->from, relocation->settings->to};
    struct db_result *rows = NULL;
    enum status status = db_query(relocation->db, sql_relocate_active, 2, parameters, &rows, error);

    if (status == STATUS_OK)
        relocation->result->active = db_int64(rows, 0, 0);
    db_result_free(rows);
    return status;
}

static enum status prepare(struct relocation *relocation, struct error *error)
{
    const struct relocate_settings *settings = relocation->settings;
    struct geoip_build build = geo_build(settings->geo);
    int16_t id = 0;
    enum status status = db_query(relocation->db, sql_relocate_turn, 0, NULL, NULL, error);

    if (status == STATUS_OK)
        status = geoip_notes_find_id(relocation->db, &build, &id, error);
    snprintf(relocation->geoip_id, sizeof(relocation->geoip_id), "%d", id);
    if (status == STATUS_OK)
        status = chunks_new(relocation->db, settings->geo, id, settings->country, settings->busy,
                            &relocation->chunks, error);
    return status;
}

enum status relocate_run(struct db *db, const struct relocate_settings *settings,
                         struct relocate_result *result, struct error *error)
{
    struct relocation relocation = {.db = db, .settings = settings, .result = result};
    struct error why;
    enum status status;

    *result = (struct relocate_result){0};
    status = prepare(&relocation, error);
    if (status == STATUS_OK)
        status = relocate_months(&relocation, error);
    if (status == STATUS_OK)
        status = count_active(&relocation, error);
    chunks_free(relocation.chunks);
    if (status != STATUS_RETRY)
        return status;
    why = *error;
    if (*settings->stop)
        return error_set(error, status, "stopped; " GO_ON);
    return error_set(error, status, "%.900s; " GO_ON, why.message);
}
