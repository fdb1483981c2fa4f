/* Which month of the report time zone an instant belongs to, by the table calendar_month. */
#ifndef KANSEN_INGEST_STORE_CALENDAR_H
#define KANSEN_INGEST_STORE_CALENDAR_H

#include <stdint.h>

#include "kansen/status.h"
#include "sql/db.h"

struct calendar_entry {
    int64_t starts_us; /* microseconds since 1970-01-01T00:00:00Z */
    int64_t ends_us;
    int32_t first_day; /* days from 1970-01-01 to the first of the month */
};

struct calendar {
    struct calendar_entry *entries; /* in order of time, without gaps */
    int count;
    int last; /* the entry that answered last: events come nearly in order */
};

/* Reads the table. The caller clears *out with calendar_clear. */
enum status calendar_load(struct calendar *out, struct db *db, struct error *error) MUST_CHECK;
void calendar_clear(struct calendar *calendar);

/* The month of an instant, or NULL outside the calendar. */
const struct calendar_entry *calendar_find(struct calendar *calendar, int64_t time_us);

#endif
