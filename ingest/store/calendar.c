#include "ingest/store/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"

enum status calendar_load(struct calendar *out, struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_calendar_read, 0, NULL, &rows, error);

    if (status != STATUS_OK)
        return status;

    int count = db_rows(rows);
    struct calendar_entry *entries = calloc((size_t)count + 1, sizeof(*entries));

    if (entries == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    for (int row = 0; status == STATUS_OK && row < count; row++)
        entries[row] = (struct calendar_entry){db_int64(rows, row, 0), db_int64(rows, row, 1),
                                               (int32_t)db_int64(rows, row, 2)};
    db_result_free(rows);
    if (status == STATUS_OK)
        *out = (struct calendar){entries, count, 0};
    return status;
}

void calendar_clear(struct calendar *calendar)
{
    free(calendar->entries);
    memset(calendar, 0, sizeof(*calendar));
}

static int compare(const void *key, const void *element)
{
    int64_t time_us = *(const int64_t *)key;
    const struct calendar_entry *entry = element;

    if (time_us < entry->starts_us)
        return -1;
    return time_us >= entry->ends_us;
}

const struct calendar_entry *calendar_find(struct calendar *calendar, int64_t time_us)
{
    const struct calendar_entry *found;

    if (calendar->count > 0 && compare(&time_us, &calendar->entries[calendar->last]) == 0)
        return &calendar->entries[calendar->last];
    found = bsearch(&time_us, calendar->entries, (size_t)calendar->count,
                    sizeof(*calendar->entries), compare);
    if (found != NULL)
        calendar->last = (int)(found - calendar->entries);
    return found;
}
