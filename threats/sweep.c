#include "threats/sweep.h"

#include "sql/embedded.h"

/* A statement without rows of interest. */
static enum status run(struct db *db, const char *sql, const char *first, const char *second,
                       int count, struct error *error)
{
    const char *const parameters[] = {first, second};

    return db_query(db, sql, count, parameters, NULL, error);
}

enum status sweep_month(struct db *db, const char *threat_id, const char *month,
                        struct error *error)
{
    enum status status = run(db, sql_threat_forget_infections, threat_id, month, 2, error);

    if (status == STATUS_OK)
        status = run(db, sql_threat_forget_changes, threat_id, month, 2, error);
    if (status == STATUS_OK)
        status = run(db, sql_threat_forget_counts, threat_id, month, 2, error);
    return status;
}

/* Deletes a removed definition and all that was counted of it, each month in a transaction of its
 * own: whoever goes on after an interruption finds the rest. */
static enum status forget(struct db *db, const char *threat_id, struct error *error)
{
    struct db_result *months = NULL;
    enum status status = db_query(db, sql_threat_months, 1, &threat_id, &months, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++)
        status = sweep_month(db, threat_id, db_text(months, row, 0), error);
    db_result_free(months);
    if (status == STATUS_OK)
        status = run(db, sql_threat_forget_changes, threat_id, NULL, 2, error);
    if (status == STATUS_OK)
        status = run(db, sql_threat_forget_counts, threat_id, NULL, 2, error);
    return status == STATUS_OK ? run(db, sql_threat_forget, threat_id, NULL, 1, error) : status;
}

enum status sweep_removed(struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_threat_removed, 0, NULL, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++)
        status = forget(db, db_text(rows, row, 0), error);
    db_result_free(rows);
    return status;
}
