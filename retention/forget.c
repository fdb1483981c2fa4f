#include "retention/forget.h"

#include <string.h>

#include "sql/array.h"
#include "sql/embedded.h"
#include "sql/owner.h"

#define NUMBER_SIZE 24

struct forgetting {
    struct db *db;
    const struct forget_settings *settings;
    char erasure[NUMBER_SIZE]; /* the number of its line */
    char before[8];            /* the month in which it was forgotten before */
};

/* Begins a transaction of the owner's, beside no `threat set` and no other forget. */
static enum status begin(struct db *db, struct error *error)
{
    enum status status = owner_begin(db, error);

    return status == STATUS_OK ? db_query(db, sql_maintain_turn, 0, NULL, NULL, error) : status;
}

static enum status check_pending(struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_forget_pending, 0, NULL, &rows, error);

    if (status == STATUS_OK && db_rows(rows) > 0)
        status = error_set(error, STATUS_RETRY,
                           "not everything of \"%.200s\" is counted yet; `kansen threat set` or "
                           "`kansen db migrate` has to go on first",
                           db_text(rows, 0, 0));
    db_result_free(rows);
    return status;
}

/* Between the batches of all workers. */
static enum status bar(struct forgetting *forgetting, struct error *error)
{
    struct db *db = forgetting->db;
    const char *parameters[] = {forgetting->settings->device, NULL};
    struct db_result *until = NULL, *rows = NULL;
    enum status status = begin(db, error);

    if (status == STATUS_OK)
        status = check_pending(db, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_catalogue_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_forget_until, 1, parameters, &until, error);
    if (status == STATUS_OK) {
        parameters[1] = db_text(until, 0, 0);
        status = db_query(db, sql_forget_begin, 2, parameters, &rows, error);
    }
    db_result_free(until);
    if (status == STATUS_OK && db_text(rows, 0, 0) != NULL)
        snprintf(forgetting->before, sizeof(forgetting->before), "%s", db_text(rows, 0, 0));
    db_result_free(rows);
    rows = NULL;
    /* Nobody counts: what a `threat set` left that was interrupted, and removed. */
    if (status == STATUS_OK)
        status = db_query(db, sql_recount_empty, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_catalogue_bump, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_forget_open, 1, &forgetting->settings->reason, &rows, error);
    if (status == STATUS_OK)
        snprintf(forgetting->erasure, sizeof(forgetting->erasure), "%s", db_text(rows, 0, 0));
    db_result_free(rows);
    return db_end(db, status, error);
}

static enum status forget_month(const struct forgetting *forgetting, const char *first_day,
                                struct error *error)
{
    struct db *db = forgetting->db;
    const char *const parameters[] = {first_day, forgetting->settings->device, forgetting->erasure};
    enum status status = begin(db, error);

    if (status == STATUS_OK)
        status = check_pending(db, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_catalogue_share, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_forget_counts, 2, parameters, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_forget_rows, 3, parameters, NULL, error);
    return db_end(db, status, error);
}

static enum status forget_months(const struct forgetting *forgetting, struct error *error)
{
    const struct forget_settings *settings = forgetting->settings;
    struct db_result *months = NULL;
    enum status status =
        db_query(forgetting->db, sql_forget_months, 1, &settings->device, &months, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++) {
        if (settings->show != NULL)
            settings->show(settings->context, db_text(months, row, 1), row, db_rows(months));
        status = forget_month(forgetting, db_text(months, row, 0), error);
    }
    db_result_free(months);
    return status;
}

static enum status forget_letters(const struct forgetting *forgetting, struct error *error)
{
    const struct forget_settings *settings = forgetting->settings;
    struct array spellings = {0};
    enum status status;

    for (size_t i = 0; i < settings->spelling_count; i++)
        array_add_text(&spellings, settings->spellings[i], strlen(settings->spellings[i]));

    const char *const parameters[] = {array_text(&spellings), forgetting->erasure};

    if (parameters[0] == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = begin(forgetting->db, error);
    if (status == STATUS_OK)
        status = db_query(forgetting->db, sql_forget_letters, 2, parameters, NULL, error);
    status = db_end(forgetting->db, status, error);
    array_clear(&spellings);
    return status;
}

static enum status close_line(const struct forgetting *forgetting, struct forget_result *out,
                              struct error *error)
{
    const char *number = forgetting->erasure;
    struct db_result *rows = NULL;
    enum status status = begin(forgetting->db, error);

    if (status == STATUS_OK)
        status = db_query(forgetting->db, sql_forget_close, 1, &number, &rows, error);
    if (status == STATUS_OK)
        *out =
            (struct forget_result){db_int64(rows, 0, 0), db_int64(rows, 0, 1), db_int64(rows, 0, 2),
                                   db_int64(rows, 0, 3), db_int64(rows, 0, 4), ""};
    if (status == STATUS_OK)
        memcpy(out->before, forgetting->before, sizeof(out->before));
    db_result_free(rows);
    return db_end(forgetting->db, status, error);
}

enum status forget_machine(struct db *db, const struct forget_settings *settings,
                           struct forget_result *out, struct error *error)
{
    struct forgetting forgetting = {.db = db, .settings = settings};
    enum status status = bar(&forgetting, error);

    if (status == STATUS_OK)
        status = forget_months(&forgetting, error);
    if (status == STATUS_OK)
        status = forget_letters(&forgetting, error);
    return status == STATUS_OK ? close_line(&forgetting, out, error) : status;
}
