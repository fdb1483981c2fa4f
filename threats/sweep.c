#include "threats/sweep.h"

#include "sql/embedded.h"
#include "threats/parts.h"

static enum status forget_month(struct db *db, const char *threat_id, const char *month,
                                struct error *error)
{
    const char *const of[] = {threat_id, month};
    struct db_result *edges = NULL;
    enum status status = db_query(db, sql_threat_edges, 2, of, &edges, error);

    for (int i = 0; status == STATUS_OK && i < parts_count(edges); i++) {
        const struct part part = parts_get(edges, i);
        const char *const parameters[] = {threat_id, month, part.first, part.end};

        status = db_query(db, sql_threat_forget_infections, 4, parameters, NULL, error);
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
