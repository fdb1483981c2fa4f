#include "stats/completeness_load.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "stats/cells.h"

static enum status copy_lags(const struct db_result *result, struct completeness_figures *out,
                             struct error *error)
{
    enum status status = STATUS_OK;
    int rows = db_rows(result);

    out->lags = calloc((size_t)rows + 1, sizeof(*out->lags));
    if (out->lags == NULL)
        return stats_out_of_memory(error);
    for (int row = 0; row < rows && status == STATUS_OK; row++) {
        struct lag_figures *lag = &out->lags[out->lag_count++];

        lag->cluster = stats_copy_text(result, row, 0, &status, error);
        lag->topic = stats_copy_text(result, row, 1, &status, error);
        lag->partition = db_int64(result, row, 2);
        lag->read_until = stats_copy_text(result, row, 3, &status, error);
        lag->read_until_utc = stats_copy_text(result, row, 4, &status, error);
        lag->days_short = lag->read_until == NULL ? 0 : db_int64(result, row, 5);
    }
    return status;
}

enum status completeness_load(struct db *db, struct figures *figures, struct error *error)
{
    struct completeness_figures *completeness = &figures->completeness;
    char judged[MONTH_TEXT_SIZE];
    const char *const parameters[] = {month_format(completeness->judged, judged),
                                      figures->timezone};
    struct db_result *result = NULL;
    enum status status;

    if (completeness->judged < 0)
        return STATUS_OK;
    status = db_query(db, sql_stats_lagging, 2, parameters, &result, error);
    if (status == STATUS_OK)
        status = copy_lags(result, completeness, error);
    db_result_free(result);
    return status;
}
