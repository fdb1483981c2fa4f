#include "ingest/store/closed_months.h"

#include <stdlib.h>

#include "sql/embedded.h"

enum status closed_months_load(struct closed_months *closed, struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    struct closed_month *months = NULL;
    enum status status = db_query(db, sql_closed_months, 0, NULL, &rows, error);
    size_t count = status == STATUS_OK ? (size_t)db_rows(rows) : 0;

    if (count > 0 && (months = calloc(count, sizeof(*months))) == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        months[i] =
            (struct closed_month){(int32_t)db_int64(rows, (int)i, 0), db_int64(rows, (int)i, 1),
                                  db_int64(rows, (int)i, 2) != 0};
    db_result_free(rows);
    if (status != STATUS_OK)
        return status;
    free(closed->months);
    *closed = (struct closed_months){months, count};
    return STATUS_OK;
}

void closed_months_clear(struct closed_months *closed)
{
    free(closed->months);
    *closed = (struct closed_months){NULL, 0};
}

static int compare(const void *key, const void *element)
{
    int32_t first_day = *(const int32_t *)key;
    const struct closed_month *month = element;

    return (first_day > month->first_day) - (first_day < month->first_day);
}

bool closed_months_is_restored(struct calendar *calendar, const struct batch *batch,
                               const struct batch_row *row)
{
    int32_t restores_day = batch->messages[row - batch->rows].origin->restores_day;
    const struct calendar_entry *month;

    if (restores_day == 0)
        return false;
    month = calendar_find(calendar, row->time_us);
    return month != NULL && month->first_day == restores_day;
}

struct question {
    const struct closed_months *closed;
    struct calendar *calendar;
};

static bool is_closed(void *context, const struct batch *batch, const struct batch_row *row)
{
    const struct question *question = context;
    const struct closed_months *closed = question->closed;
    const struct calendar_entry *month;
    const struct closed_month *found;

    /* Nearly all of them are newer. */
    if (row->time_us >= closed->months[closed->count - 1].ends_us ||
        (month = calendar_find(question->calendar, row->time_us)) == NULL)
        return false;
    found = bsearch(&month->first_day, closed->months, closed->count, sizeof(*found), compare);
    if (found == NULL || (batch_is_heartbeat(row) && !found->for_heartbeats))
        return false;
    return !closed_months_is_restored(question->calendar, batch, row);
}

bool closed_months_reject(const struct closed_months *closed, struct calendar *calendar,
                          struct batch *batch)
{
    struct question question = {closed, calendar};

    return closed->count > 0 &&
           batch_reject_rows(batch, is_closed, &question, REJECT_CLOSED_MONTH,
                             "time: its month is closed: what is kept of it was dropped because it "
                             "is old, and an event that was counted could not be told from a new "
                             "one") > 0;
}
