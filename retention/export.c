#include "retention/export.h"

#include <inttypes.h>
#include <string.h>

#include "sql/embedded.h"
#include "sql/moment.h"

/* Events that are had at a time: some megabytes at most. */
#define FETCH "fetch 2000 from export"

struct exporting {
    struct db *db;
    const char *month;
    export_show *show;
    void *context;
    int64_t total;
};

static enum status write_events(const struct exporting *exporting, struct pack *pack,
                                struct export_result *out, struct error *error)
{
    enum status status = STATUS_OK;
    int count = -1;

    while (status == STATUS_OK && count != 0) {
        struct db_result *rows = NULL;

        if (exporting->show != NULL)
            exporting->show(exporting->context, exporting->month, out->events, exporting->total);
        status = db_query(exporting->db, FETCH, 0, NULL, &rows, error);
        count = status == STATUS_OK ? db_rows(rows) : 0;
        for (int row = 0; status == STATUS_OK && row < count; row++) {
            const char *line = db_text(rows, row, 0);

            status = pack_add(pack, line, strlen(line), error);
            out->file_failed = status != STATUS_OK;
        }
        out->events += count;
        db_result_free(rows);
    }
    return status;
}

static enum status write_pack(const struct exporting *exporting, const char *folder,
                              struct export_result *out, struct error *error)
{
    char name[32];
    struct pack *pack = NULL;
    enum status status;

    snprintf(name, sizeof(name), "detections-%s", exporting->month);
    status = pack_open(folder, name, &pack, error);
    out->file_failed = status != STATUS_OK;
    if (status != STATUS_OK)
        return status;
    status = write_events(exporting, pack, out, error);
    if (status == STATUS_OK && out->events != exporting->total)
        status = error_set(error, STATUS_FATAL, "%" PRId64 " events of %s were read, not %" PRId64,
                           out->events, exporting->month, exporting->total);
    if (status != STATUS_OK) {
        pack_drop(pack);
        return status;
    }
    status = pack_finish(pack, &out->file, error);
    out->file_failed = status != STATUS_OK;
    return status;
}

/* Columns of export_month.sql. */
enum { STARTS_AT, ENDS_AT, DROPPED, FILE_PATH };

static enum status say_missing(const char *month, const struct db_result *rows, struct error *error)
{
    if (db_rows(rows) == 0 || db_text(rows, 0, DROPPED) == NULL)
        return error_set(error, STATUS_REJECT, "no event of %s is stored", month);
    if (db_text(rows, 0, FILE_PATH) == NULL)
        return error_set(error, STATUS_REJECT,
                         "no event of %s is stored: its %s were dropped, and are in no file", month,
                         db_text(rows, 0, DROPPED));
    return error_set(error, STATUS_REJECT,
                     "no event of %s is stored: its %s were dropped, and are in %.3000s", month,
                     db_text(rows, 0, DROPPED), db_text(rows, 0, FILE_PATH));
}

/* Within the snapshot: begins to read, unless there is nothing. */
static enum status open_cursor(struct exporting *exporting, struct error *error)
{
    const char *first_day = exporting->month;
    const char *bounds[2];
    struct db_result *month = NULL;
    struct db_result *count = NULL;
    enum status status = db_query(exporting->db, sql_export_month, 1, &first_day, &month, error);

    if (status == STATUS_OK && db_rows(month) == 0)
        status = say_missing(exporting->month, month, error);
    if (status == STATUS_OK) {
        bounds[0] = db_text(month, 0, STARTS_AT);
        bounds[1] = db_text(month, 0, ENDS_AT);
        status = db_query(exporting->db, sql_export_count, 2, bounds, &count, error);
    }
    if (status == STATUS_OK) {
        exporting->total = db_int64(count, 0, 0);
        status = exporting->total == 0
                     ? say_missing(exporting->month, month, error)
                     : db_query(exporting->db, sql_export_events, 2, bounds, NULL, error);
    }
    db_result_free(count);
    db_result_free(month);
    return status;
}

enum status export_month(struct db *db, month_t month, const char *folder, export_show *show,
                         void *context, struct export_result *out, struct error *error)
{
    char text[MONTH_TEXT_SIZE];
    struct exporting exporting = {db, month_format(month, text), show, context, 0};
    enum status status = moment_begin(db, DB_READ_ONLY_SNAPSHOT, error);

    *out = (struct export_result){0};
    if (status == STATUS_OK)
        status = open_cursor(&exporting, error);
    if (status == STATUS_OK)
        status = write_pack(&exporting, folder, out, error);
    db_rollback(db);
    return status;
}
