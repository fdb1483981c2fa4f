#include "ingest/store/partitions_ahead.h"

#include "sql/embedded.h"

enum status partitions_ahead_warn(struct db *db, const struct logger *logger, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_partitions_ahead, 0, NULL, &rows, error);

    if (status == STATUS_OK && db_rows(rows) > 0)
        log_write(logger, LOG_LEVEL_WARNING,
                  "the next month has no partition yet: run `kansen db maintain`", "month",
                  db_text(rows, 0, 0), NULL);
    db_result_free(rows);
    return status;
}
