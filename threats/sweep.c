#include "threats/sweep.h"

#include "sql/embedded.h"

/* No device is in front of it. */
#define FIRST_UUID "00000000-0000-0000-0000-000000000000"

static enum status forget_month(struct db *db, const char *threat_id, const char *month,
                                struct error *error)
{
    const char *const of[] = {threat_id, month};
    struct db_result *edges = NULL;
    const char *first = FIRST_UUID;
    enum status status = db_query(db, sql_threat_edges, 2, of, &edges, error);

    for (int part = 0; status == STATUS_OK && part <= db_rows(edges); part++) {
        const char *end = part < db_rows(edges) ? db_text(edges, part, 0) : NULL;
        const char *const parameters[] = {threat_id, month, first, end};

        status = db_query(db, sql_threat_forget_infections, 4, parameters, NULL, error);
        first = end;
    }
    db_result_free(edges);
    return status;
}

static enum status forget(struct db *db, const char *threat_id, struct error *error)
{
    struct db_result *months = NULL;
    enum status status = db_query(db, sql_threat_months, 0, NULL, &months, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++)
        status = forget_month(db, threat_id, db_text(months, row, 0), error);
    db_result_free(months);
    if (status == STATUS_OK)
        status = db_query(db, sql_threat_forget_changes, 1, &threat_id, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_threat_forget_counts, 1, &threat_id, NULL, error);
    return status == STATUS_OK ? db_query(db, sql_threat_forget, 1, &threat_id, NULL, error)
                               : status;
}

enum status sweep_removed(struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_recount_empty, 0, NULL, NULL, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_threat_removed, 0, NULL, &rows, error);
    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++)
        status = forget(db, db_text(rows, row, 0), error);
    db_result_free(rows);
    return status;
}
