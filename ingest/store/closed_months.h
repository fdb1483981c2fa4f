/* Months of which nothing is stored any more: what was dropped of them because it is old could not
 * be told from what comes now, which would count twice (docs/retention.md).
 *
 * They are read again when the catalogue's version grows, inside of each batch, so that none is
 * stored behind the close of its month. */
#ifndef KANSEN_INGEST_STORE_CLOSED_MONTHS_H
#define KANSEN_INGEST_STORE_CLOSED_MONTHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/store/batch.h"
#include "ingest/store/calendar.h"
#include "kansen/status.h"
#include "sql/db.h"

struct closed_month {
    int32_t first_day; /* days from 1970-01-01 to the first of the month */
    int64_t ends_us;
    bool for_heartbeats; /* too */
};

/* Zeroed before its first use. */
struct closed_months {
    struct closed_month *months; /* in order */
    size_t count;
};

/* Reads them anew; what was there stays on failure. */
enum status closed_months_load(struct closed_months *closed, struct db *db,
                               struct error *error) MUST_CHECK;
void closed_months_clear(struct closed_months *closed);

/* Makes dead letters of the batch's rows of closed months, but for those of a file that is loaded
 * to restore their month. True: there were some. */
bool closed_months_reject(const struct closed_months *closed, struct calendar *calendar,
                          struct batch *batch);

/* Whether a row comes out of the file of its month, and has been counted when that was dropped. */
bool closed_months_is_restored(struct calendar *calendar, const struct batch *batch,
                               const struct batch_row *row);

#endif
