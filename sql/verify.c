#include "sql/verify.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "sql/moment.h"

/* A month, and what was dropped of it because it is old. */
struct month {
    struct db_result *rows; /* which the texts borrow from */
    const char *first_day;
    const char *starts_at;
    const char *ends_at;
    bool has_events;
    bool has_machines;
    bool has_right_infections; /* those that detections say */
};

/* Parameters of each query, of which it knows the first so many. */
#define PARAMETERS 4

/* Differences are fetched so many at a time: everything may differ. */
#define CHUNK "10000"

static enum status print_rows(const struct db_result *rows, FILE *out, int64_t *differences,
                              struct error *error)
{
    for (int row = 0; row < db_rows(rows); row++) {
        ++*differences;
        if (fprintf(out, "%s\n", db_text(rows, row, 0)) < 0)
            return error_set(error, STATUS_FATAL, "writing a difference: %s", strerror(errno));
    }
    return STATUS_OK;
}

static enum status open_cursor(struct db *db, const char *sql, int count,
                               const char *const *parameters, struct error *error)
{
    static const char declare[] = "declare difference no scroll cursor for\n";
    size_t size = sizeof(declare) + strlen(sql);
    char *statement = malloc(size);
    enum status status;

    if (statement == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    snprintf(statement, size, "%s%s", declare, sql);
    status = db_query(db, statement, count, parameters, NULL, error);
    free(statement);
    return status;
}

/* Runs a query whose rows are one text each, a difference in words. */
static enum status print_differences(struct db *db, const char *sql, int count,
                                     const char *const *parameters, FILE *out, int64_t *differences,
                                     struct error *error)
{
    enum status status = open_cursor(db, sql, count, parameters, error);
    bool more = status == STATUS_OK;

    while (more) {
        struct db_result *rows = NULL;

        status = db_query(db, "fetch " CHUNK " from difference", 0, NULL, &rows, error);
        if (status == STATUS_OK)
            status = print_rows(rows, out, differences, error);
        more = status == STATUS_OK && db_rows(rows) > 0;
        db_result_free(rows);
    }
    return status == STATUS_OK ? db_script(db, "close difference", error) : status;
}

static enum status find_month(struct db *db, const char *first_day, struct month *month,
                              struct error *error)
{
    enum status status = db_query(db, sql_verify_month, 1, &first_day, &month->rows, error);

    if (status != STATUS_OK)
        return status;
    if (db_rows(month->rows) == 0)
        return error_set(error, STATUS_FATAL, "the calendar has no month %s", first_day);
    month->first_day = first_day;
    month->starts_at = db_text(month->rows, 0, 0);
    month->ends_at = db_text(month->rows, 0, 1);
    month->has_events = !db_bool(month->rows, 0, 2);
    month->has_machines = !db_bool(month->rows, 0, 3);
    return STATUS_OK;
}

/* Most often they are right: that takes a third of the time of naming those that are not. */
static enum status check_infections(struct db *db, struct month *month, struct error *error)
{
    const char *const parameters[] = {month->first_day, month->starts_at, month->ends_at};
    struct db_result *rows = NULL;
    enum status status = STATUS_OK;

    if (month->has_events)
        status = db_query(db, sql_verify_infected, 3, parameters, &rows, error);
    month->has_right_infections = status == STATUS_OK && rows != NULL && db_bool(rows, 0, 0);
    db_result_free(rows);
    return status;
}

/* Every set that is there is held against what follows from it. */
static enum status compare(struct db *db, const struct month *month, FILE *out,
                           int64_t *differences, struct error *error)
{
    const struct {
        const char *sql;
        int parameters;
        bool is_needed;
    } comparisons[] = {
        {sql_verify_infections, 3, month->has_events && !month->has_right_infections},
        {sql_verify_counts, 4, month->has_events},
        {sql_verify_kept, 1, !month->has_events && month->has_machines},
        {sql_verify_active, 1, month->has_machines},
        {sql_verify_geoip, 3, month->has_events},
    };
    const char *const parameters[PARAMETERS] = {month->first_day, month->starts_at, month->ends_at,
                                                month->has_right_infections ? "true" : "false"};
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < sizeof(comparisons) / sizeof(*comparisons); i++)
        if (comparisons[i].is_needed)
            status = print_differences(db, comparisons[i].sql, comparisons[i].parameters,
                                       parameters, out, differences, error);
    return status;
}

static enum status compare_month(struct db *db, const char *first_day, FILE *out,
                                 int64_t *differences, bool *recounted, struct error *error)
{
    struct month month = {.rows = NULL};
    enum status status = moment_begin(db, DB_READ_ONLY_SNAPSHOT, error);

    if (status == STATUS_OK)
        status = db_script(db, sql_verify_settings, error);
    if (status == STATUS_OK)
        status = find_month(db, first_day, &month, error);
    if (status == STATUS_OK)
        status = check_infections(db, &month, error);
    if (status == STATUS_OK)
        status = compare(db, &month, out, differences, error);
    db_rollback(db);
    *recounted = month.has_events && month.has_machines;
    db_result_free(month.rows);
    return status;
}

enum status verify_month(struct db *db, const char *first_day, FILE *out, int64_t *differences,
                         struct error *error)
{
    bool recounted;

    *differences = 0;
    return compare_month(db, first_day, out, differences, &recounted, error);
}

enum status verify_database(struct db *db, FILE *out, verify_show *show, void *context,
                            int64_t *differences, struct error *error)
{
    struct db_result *months = NULL;
    int64_t found = 0;
    enum status status = db_query(db, sql_verify_months, 0, NULL, &months, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++) {
        struct verify_progress progress = {row, db_rows(months), db_text(months, row, 1), false,
                                           true};

        show(context, &progress);
        status =
            compare_month(db, db_text(months, row, 0), out, &found, &progress.recounted, error);
        progress.months_done++;
        progress.is_compared = true;
        if (status == STATUS_OK)
            show(context, &progress);
    }
    db_result_free(months);
    if (status == STATUS_OK)
        *differences = found;
    return status;
}
