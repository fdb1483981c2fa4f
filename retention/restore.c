#include "retention/restore.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/embedded.h"
#include "text/digest.h"

/* A pipe gives its bytes once. */
static bool digest_of_path(const char *path, char text[DIGEST_TEXT_SIZE])
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool done;

    if (file < 0)
        return false;
    done = fstat(file, &about) == 0 && S_ISREG(about.st_mode) && digest_of_file(file, text);
    close(file);
    return done;
}

enum status restore_find(struct db *db, const char *path, struct restored_month *out,
                         struct error *error)
{
    char text[DIGEST_TEXT_SIZE];
    const char *digest = text;
    struct db_result *rows = NULL;
    enum status status;

    *out = (struct restored_month){.first_day = 0};
    if (!digest_of_path(path, text))
        return STATUS_OK;
    status = db_query(db, sql_closed_month_file, 1, &digest, &rows, error);
    if (status == STATUS_OK && db_rows(rows) > 0) {
        out->first_day = (int32_t)db_int64(rows, 0, 0);
        snprintf(out->month, sizeof(out->month), "%s", db_text(rows, 0, 1));
        out->detections = db_int64(rows, 0, 2);
        out->machines_are_gone = db_int64(rows, 0, 3) != 0;
    }
    db_result_free(rows);
    return status;
}

/* Beside no batch, so that what is counted stays. */
static enum status open_locked(struct db *db, const struct restored_month *month, bool *opened,
                               int64_t *back, struct error *error)
{
    char days[16];
    const char *parameters[] = {days, NULL};
    struct db_result *counted = NULL;
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_catalogue_lock, 0, NULL, NULL, error);

    snprintf(days, sizeof(days), "%d", month->first_day);
    if (status == STATUS_OK)
        status = db_query(db, sql_closed_month_back, 1, parameters, &counted, error);
    if (status == STATUS_OK) {
        *back = db_int64(counted, 0, 0);
        parameters[1] = db_text(counted, 0, 0);
        status = db_query(db, sql_closed_month_open, 2, parameters, &rows, error);
    }
    if (status == STATUS_OK)
        *opened = db_int64(rows, 0, 0) != 0;
    db_result_free(rows);
    db_result_free(counted);
    return status;
}

enum status restore_open(struct db *db, const struct restored_month *month, bool *opened,
                         int64_t *back, struct error *error)
{
    enum status status = db_begin(db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = open_locked(db, month, opened, back, error);
    return db_end(db, status, error);
}
