#include "stats/published_load.h"

#include "sql/embedded.h"
#include "stats/cells.h"

enum status published_load(struct db *db, struct figures *figures, struct error *error)
{
    struct published_figures *published = &figures->published;
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {figures->threat, month_format(figures->from, from),
                                      month_format(figures->to, to), figures->timezone};
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_edition, 4, parameters, &result, error);

    if (status == STATUS_OK && db_rows(result) > 0) {
        published->number = (int32_t)db_int64(result, 0, 0);
        published->published = stats_copy_text(result, 0, 1, &status, error);
        published->published_utc = stats_copy_text(result, 0, 3, &status, error);
        published->withdrawn = db_bool(result, 0, 2);
    }
    db_result_free(result);
    return status;
}
