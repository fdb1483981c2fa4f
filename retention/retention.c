#define _GNU_SOURCE /* realpath */
#include "retention/retention.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sql/embedded.h"
#include "sql/owner.h"
#include "sql/partitions.h"
#include "sql/verify.h"

/* Months that are named; a person reads them. */
#define NAMED_MAX 600

struct retiring {
    struct db *db;
    const struct retention_settings *settings;
    struct retention_result *result;
    const char *first_day; /* of the month at present */
    const char *month;
};

/* ---- what no edition has */

static enum status refuse_unpublished(const struct db_result *months, struct error *error)
{
    char named[NAMED_MAX] = "";
    size_t used = 0;
    int count = 0;

    for (int row = 0; row < db_rows(months); row++) {
        const char *threats = db_text(months, row, 4);

        if (threats == NULL)
            continue;
        count++;
        if (used < sizeof(named) - 100)
            used += (size_t)snprintf(named + used, sizeof(named) - used, "%s%s (%.60s)",
                                     used > 0 ? ", " : "", db_text(months, row, 1),
                                     *threats == '\0' ? "no threat is defined" : threats);
    }
    if (count == 0)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT,
                     "no edition has what was counted in %d month%s: %s; `kansen publish` makes "
                     "one, --force drops the events without; nothing was dropped",
                     count, count == 1 ? "" : "s", named);
}

/* ---- closing and opening */

/* Between the batches of all workers. */
static enum status change(struct db *db, const char *sql, const char *first_day, bool forget,
                          struct error *error)
{
    enum status status = owner_begin(db, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_catalogue_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql, 1, &first_day, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_catalogue_bump, 0, NULL, NULL, error);
    if (status == STATUS_OK && forget)
        status = db_query(db, sql_catalogue_forget, 0, NULL, NULL, error);
    return db_end(db, status, error);
}

/* ---- one month */

static enum status check_counts(const struct retiring *retiring, struct error *error)
{
    int64_t differences = 0;
    enum status status = verify_month(retiring->db, retiring->first_day,
                                      retiring->settings->differences, &differences, error);

    if (status != STATUS_OK || differences == 0 || retiring->settings->force)
        return status;
    return error_set(error, STATUS_REJECT,
                     "%s: %" PRId64 " difference%s between detection and what is counted, which "
                     "could not be found any more; nothing of it was dropped, and --force drops it",
                     retiring->month, differences, differences == 1 ? "" : "s");
}

static enum status count_events(const struct retiring *retiring, int64_t *events,
                                struct error *error)
{
    struct db_result *rows = NULL;
    enum status status =
        db_query(retiring->db, sql_retention_count, 1, &retiring->first_day, &rows, error);

    if (status == STATUS_OK)
        *events = db_int64(rows, 0, 0);
    db_result_free(rows);
    return status;
}

static enum status export_events(const struct retiring *retiring, struct export_result *out,
                                 struct error *error)
{
    const struct retention_settings *settings = retiring->settings;
    month_t month = 0;
    enum status status;

    if (settings->folder == NULL)
        return count_events(retiring, &out->events, error);
    if (!month_parse(retiring->month, &month))
        return error_set(error, STATUS_FATAL, "PostgreSQL sent a month that is none");
    status = export_month(retiring->db, month, settings->folder, settings->show, settings->context,
                          out, error);
    retiring->result->file_failed = out->file_failed;
    return status;
}

static enum status drop(const struct retiring *retiring, const struct export_result *exported,
                        struct error *error)
{
    char events[24];
    bool has_file = retiring->settings->folder != NULL;
    /* Whoever looks for it in years stands in another folder. */
    char *whole_path = has_file ? realpath(exported->file.path, NULL) : NULL;
    const char *path = whole_path != NULL ? whole_path : exported->file.path;
    const char *const parameters[] = {retiring->first_day, events,
                                      has_file ? exported->file.sha256 : NULL,
                                      has_file ? path : NULL};
    struct db_result *rows = NULL;
    enum status status;

    snprintf(events, sizeof(events), "%" PRId64, exported->events);
    status = partitions_run_alone(retiring->db, "detection", sql_retention_drop, 4, parameters,
                                  &rows, error);
    if (status == STATUS_OK && db_text(rows, 0, 0) != NULL)
        status =
            error_set(error, STATUS_RETRY, "%s stays: %s", retiring->month, db_text(rows, 0, 0));
    free(whole_path);
    db_result_free(rows);
    return status;
}

static enum status drop_events(const struct retiring *retiring, struct error *error)
{
    const struct retention_settings *settings = retiring->settings;
    struct export_result exported = {.events = 0};
    enum status status =
        change(retiring->db, sql_retention_close, retiring->first_day, false, error);

    if (status == STATUS_OK)
        status = check_counts(retiring, error);
    if (status == STATUS_OK)
        status = export_events(retiring, &exported, error);
    if (status == STATUS_OK)
        status = drop(retiring, &exported, error);
    if (status == STATUS_OK) {
        retiring->result->months++;
        settings->done(settings->context, retiring->month, exported.events,
                       settings->folder == NULL ? NULL : &exported.file);
    } else if (!db_is_broken(retiring->db)) {
        struct error ignored;
        enum status opened =
            change(retiring->db, sql_retention_open, retiring->first_day, false, &ignored);

        (void)opened; /* it stays closed, which `kansen status` says, and the next run opens it */
    }
    return status;
}

static enum status drop_machines(const struct retiring *retiring, struct error *error)
{
    const struct retention_settings *settings = retiring->settings;
    enum status status =
        change(retiring->db, sql_retention_close_machines, retiring->first_day, true, error);

    if (status == STATUS_OK)
        status = partitions_run_alone(retiring->db, "infection", sql_retention_drop_machines, 1,
                                      &retiring->first_day, NULL, error);
    if (status == STATUS_OK)
        settings->done(settings->context, retiring->month, -1, NULL);
    return status;
}

/* ---- all of them */

/* Until the connection ends, when *alone: of us and whoever looks addresses up again. */
static enum status be_alone(struct db *db, bool *alone, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_retention_alone, 0, NULL, &rows, error);

    *alone = status == STATUS_OK && db_int64(rows, 0, 0) != 0;
    db_result_free(rows);
    return status;
}

/* What is looked up again meanwhile would not be in the file. */
static enum status keep_relocations_out(struct db *db, struct error *error)
{
    bool alone = false;
    enum status status = be_alone(db, &alone, error);

    if (status == STATUS_OK && !alone)
        status =
            error_set(error, STATUS_RETRY,
                      "another `kansen db maintain --keep-months` or a `kansen db relocate` is "
                      "under way: run this again behind it");
    return status;
}

static enum status clear_leftovers(struct db *db, const struct retention_settings *settings,
                                   struct error *error)
{
    char keep_months[24];
    const char *parameter = keep_months;
    enum status status = owner_begin(db, error);

    snprintf(keep_months, sizeof(keep_months), "%" PRId64, settings->keep_months);
    if (status == STATUS_OK)
        status = db_query(db, sql_retention_leftovers, 1, &parameter, NULL, error);
    return db_end(db, status, error);
}

static enum status find_months(struct db *db, const struct retention_settings *settings,
                               struct db_result **out, struct error *error)
{
    char keep_months[24];
    char keep_infections[24];
    const char *const parameters[] = {keep_months,
                                      settings->keep_infections < 0 ? NULL : keep_infections};

    snprintf(keep_months, sizeof(keep_months), "%" PRId64, settings->keep_months);
    snprintf(keep_infections, sizeof(keep_infections), "%" PRId64, settings->keep_infections);
    return db_query(db, sql_retention_months, 2, parameters, out, error);
}

enum status retention_open_closed(struct db *db, void (*opened)(const char *month),
                                  struct error *error)
{
    struct db_result *months = NULL;
    bool alone = false;
    enum status status = be_alone(db, &alone, error);

    /* Whoever is at work opens or drops what it has closed. */
    if (status == STATUS_OK && alone)
        status = db_query(db, sql_retention_closed, 0, NULL, &months, error);
    for (int row = 0; status == STATUS_OK && months != NULL && row < db_rows(months); row++) {
        status = change(db, sql_retention_open, db_text(months, row, 0), false, error);
        if (status == STATUS_OK)
            opened(db_text(months, row, 1));
    }
    db_result_free(months);
    return status;
}

enum status retention_run(struct db *db, const struct retention_settings *settings,
                          struct retention_result *result, struct error *error)
{
    struct retiring retiring = {.db = db, .settings = settings, .result = result};
    struct db_result *months = NULL;
    enum status status = keep_relocations_out(db, error);

    *result = (struct retention_result){0};
    if (status == STATUS_OK)
        status = clear_leftovers(db, settings, error);
    if (status == STATUS_OK)
        status = find_months(db, settings, &months, error);
    if (status == STATUS_OK && !settings->force)
        status = refuse_unpublished(months, error);
    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++) {
        retiring.first_day = db_text(months, row, 0);
        retiring.month = db_text(months, row, 1);
        if (db_int64(months, row, 2) != 0)
            status = drop_events(&retiring, error);
        if (status == STATUS_OK && db_int64(months, row, 3) != 0)
            status = drop_machines(&retiring, error);
    }
    db_result_free(months);
    return status;
}
