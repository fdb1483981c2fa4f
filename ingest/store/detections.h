/* The rows of one batch on their way into `detection`, in the order of its key. Heartbeats have a
 * place in it, and are not sent: only that the machine was there is stored of them.
 *
 * They are copied straight in; when that hits a stored event (SQLSTATE 23505, on which the caller
 * sets `staged`), the same rows go through a temporary table with ON CONFLICT DO NOTHING, and so do
 * the following batches until one holds no repeat: resends come in waves. Every function runs
 * inside the caller's transaction. */
#ifndef KANSEN_INGEST_STORE_DETECTIONS_H
#define KANSEN_INGEST_STORE_DETECTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/store/batch.h"
#include "ingest/store/dictionary.h"
#include "kansen/status.h"
#include "sql/copy.h"
#include "sql/db.h"

struct detections_key {
    int64_t time_us;
    const struct batch_row *row;
};

/* Large (about 1.3 MB); zeroed before its first use. */
struct detections {
    struct detections_key keys[BATCH_ROWS];
    struct detections_key spare[BATCH_ROWS];
    const struct batch_row *order[BATCH_ROWS]; /* rows by the key of detection */
    bool is_stored[BATCH_ROWS];                /* by place in order: was in detection already */
    bool staged;                               /* repeats are expected: look before inserting */
    int16_t geoip_ids[BATCH_COUNTRY_ORIGINS];  /* by country_origin, of the batch under way */
    struct copy copy;
};

struct detections_repeats {
    uint64_t stored;      /* events that were in detection already */
    uint64_t conflicting; /* of those, the ones that differ from what is stored */
};

/* Puts the rows of the batch in order. They stay the batch's, which must not change meanwhile. */
void detections_sort(struct detections *detections, const struct batch *batch);

/* Between begin and end no other statement may be run. */
enum status detections_begin(struct detections *detections, struct db *db,
                             struct error *error) MUST_CHECK;
/* Sends order[first … last-1] to PostgreSQL, which stores them meanwhile. */
void detections_send(struct detections *detections, const struct dictionary *dictionary,
                     uint32_t first, uint32_t last);
/* Waits until they are stored, and marks in is_stored those that were there. STATUS_REJECT with
 * SQLSTATE 23505 unless repeats are expected: one of them was there. */
enum status detections_end(struct detections *detections, struct db *db,
                           struct detections_repeats *repeats, struct error *error) MUST_CHECK;

/* Can order[first … last-1] be stored? STATUS_REJECT when PostgreSQL refuses one of them. */
enum status detections_try(struct detections *detections, struct db *db,
                           const struct dictionary *dictionary, uint32_t first, uint32_t last,
                           struct error *error) MUST_CHECK;

#endif
