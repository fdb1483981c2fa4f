#include "ingest/store/recounts.h"

#include <stdlib.h>

#include "sql/embedded.h"

enum status recounts_load(struct recounts *recounts, struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    struct recounts_month *waiting = NULL;
    enum status status = db_query(db, sql_recounts_waiting, 0, NULL, &rows, error);
    size_t count = status == STATUS_OK ? (size_t)db_rows(rows) : 0;

    if (count > 0 && (waiting = calloc(count, sizeof(*waiting))) == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        waiting[i] = (struct recounts_month){(int32_t)db_int64(rows, (int)i, 0),
                                             (int32_t)db_int64(rows, (int)i, 1)};
    db_result_free(rows);
    if (status != STATUS_OK)
        return status;
    free(recounts->waiting);
    *recounts = (struct recounts){waiting, count};
    return STATUS_OK;
}

void recounts_clear(struct recounts *recounts)
{
    free(recounts->waiting);
    *recounts = (struct recounts){NULL, 0};
}

static int compare(const void *left, const void *right)
{
    const struct recounts_month *a = left;
    const struct recounts_month *b = right;

    if (a->threat_id != b->threat_id)
        return a->threat_id < b->threat_id ? -1 : 1;
    return (a->first_day > b->first_day) - (a->first_day < b->first_day);
}

bool recounts_is_waiting(const struct recounts *recounts, int32_t threat_id, int32_t first_day)
{
    const struct recounts_month key = {threat_id, first_day};

    return recounts->count > 0 &&
           bsearch(&key, recounts->waiting, recounts->count, sizeof(key), compare) != NULL;
}
