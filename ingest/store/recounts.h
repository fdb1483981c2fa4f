/* Months of threats in which workers count nothing yet, because `threat set` has still to count
 * what is stored of them: it will find there what is stored meanwhile, too (docs/threats.md). */
#ifndef KANSEN_INGEST_STORE_RECOUNTS_H
#define KANSEN_INGEST_STORE_RECOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/status.h"
#include "sql/db.h"

struct recounts_month {
    int32_t threat_id;
    int32_t first_day; /* days from 1970-01-01 to the first of the month */
};

/* Zeroed before its first use. */
struct recounts {
    struct recounts_month *waiting; /* in order */
    size_t count;
};

/* Reads them anew; what was there stays on failure. */
enum status recounts_load(struct recounts *recounts, struct db *db, struct error *error) MUST_CHECK;
void recounts_clear(struct recounts *recounts);

bool recounts_is_waiting(const struct recounts *recounts, int32_t threat_id, int32_t first_day);

#endif
