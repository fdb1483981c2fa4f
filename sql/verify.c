#include "sql/verify.h"

#include <errno.h>
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

static enum status compare_month(struct db *db, const char *month, FILE *out, int64_t *differences,
                                 struct error *error)
{
    enum status status = db_begin(db, DB_READ_ONLY_SNAPSHOT, error);

    if (status == STATUS_OK)
        status = print_differences(db, sql_verify_infections, month, out, differences, error);
    if (status == STATUS_OK)
        status = print_differences(db, sql_verify_counts, month, out, differences, error);
    if (status == STATUS_OK)
        status = print_differences(db, sql_verify_active, month, out, differences, error);
    if (status == STATUS_OK)
        status = print_differences(db, sql_verify_geoip, month, out, differences, error);
    db_rollback(db);
    return status;
}

enum status verify_database(struct db *db, FILE *out, verify_show *show, void *context,
                            int64_t *differences, struct error *error)
{
    struct db_result *months = NULL;
    int64_t found = 0;
    enum status status = db_query(db, sql_verify_months, 0, NULL, &months, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++) {
        status = compare_month(db, db_text(months, row, 0), out, &found, error);
        if (status == STATUS_OK)
            show(context, db_text(months, row, 1));
    }
    db_result_free(months);
    if (status == STATUS_OK)
        *differences = found;
    return status;
}
