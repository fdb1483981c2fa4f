#include "sql/verify.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "sql/embedded.h"

/* Runs a query whose rows are one text each, a difference in words. */
static enum status print_differences(struct db *db, const char *sql, const char *month, FILE *out,
                                     int64_t *differences, struct error *error)
{
    struct db_result *result = NULL;
    enum status status = db_query(db, sql, 1, &month, &result, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(result); row++) {
        ++*differences;
        if (fprintf(out, "%s\n", db_text(result, row, 0)) < 0)
            status = error_set(error, STATUS_FATAL, "writing a difference: %s", strerror(errno));
    }
    db_result_free(result);
    return status;
}

/* What was dropped of a month because it is old. */
struct dropped {
    bool events;
    bool machines;
};

static enum status find_dropped(struct db *db, const char *month, struct dropped *out,
                                struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_verify_dropped, 1, &month, &rows, error);

    *out = (struct dropped){false, false};
    if (status == STATUS_OK && db_rows(rows) > 0)
        *out = (struct dropped){db_int64(rows, 0, 0) != 0, db_int64(rows, 0, 1) != 0};
    db_result_free(rows);
    return status;
}

/* Every set that is there is held against what follows from it. */
static enum status compare(struct db *db, const char *month, const struct dropped *dropped,
                           FILE *out, int64_t *differences, struct error *error)
{
    const struct {
        const char *sql;
        bool is_possible;
    } comparisons[] = {
        {sql_verify_infections, !dropped->events},
        {sql_verify_counts, !dropped->events},
        {sql_verify_kept, dropped->events && !dropped->machines},
        {sql_verify_active, !dropped->machines},
        {sql_verify_geoip, !dropped->events},
    };
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < sizeof(comparisons) / sizeof(*comparisons); i++)
        if (comparisons[i].is_possible)
            status = print_differences(db, comparisons[i].sql, month, out, differences, error);
    return status;
}

static enum status compare_month(struct db *db, const char *month, FILE *out, int64_t *differences,
                                 bool *recounted, struct error *error)
{
    struct dropped dropped = {false, false};
    enum status status = db_begin(db, DB_READ_ONLY_SNAPSHOT, error);

    if (status == STATUS_OK)
        status = find_dropped(db, month, &dropped, error);
    if (status == STATUS_OK)
        status = compare(db, month, &dropped, out, differences, error);
    db_rollback(db);
    *recounted = !dropped.events && !dropped.machines;
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
        bool recounted = true;

        status = compare_month(db, db_text(months, row, 0), out, &found, &recounted, error);
        if (status == STATUS_OK)
            show(context, db_text(months, row, 1), recounted);
    }
    db_result_free(months);
    if (status == STATUS_OK)
        *differences = found;
    return status;
}
