#include "stats/overview.h"

#include <stdlib.h>

#include "sql/embedded.h"
#include "stats/cells.h"

static enum status load_month(struct db *db, month_t *out, struct error *error)
{
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_last_complete, 0, NULL, &result, error);

    if (status != STATUS_OK)
        return status;
    if (db_rows(result) > 0 && !month_parse(db_text(result, 0, 0), out))
        status =
            error_set(error, STATUS_FATAL, "the database has a month '%s'", db_text(result, 0, 0));
    db_result_free(result);
    return status;
}

static enum status load_threats(struct db *db, struct overview *overview, struct error *error)
{
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_threats, 0, NULL, &result, error);

    if (status != STATUS_OK)
        return status;
    overview->threats = calloc((size_t)db_rows(result) + 1, sizeof(*overview->threats));
    if (overview->threats == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < db_rows(result) && status == STATUS_OK; row++) {
        char *threat = stats_copy_text(result, row, 0, &status, error);

        overview->threats[overview->threat_count] = threat;
        overview->threat_count += status == STATUS_OK;
    }
    db_result_free(result);
    return status;
}

enum status overview_load(struct db *db, struct overview *out, struct error *error)
{
    struct overview overview = {.last_complete = -1};
    enum status status = load_month(db, &overview.last_complete, error);

    if (status == STATUS_OK)
        status = load_threats(db, &overview, error);
    if (status == STATUS_OK)
        *out = overview;
    else
        overview_clear(&overview);
    return status;
}

void overview_clear(struct overview *overview)
{
    for (size_t i = 0; i < overview->threat_count; i++)
        free(overview->threats[i]);
    free(overview->threats);
    *overview = (struct overview){.last_complete = -1};
}
