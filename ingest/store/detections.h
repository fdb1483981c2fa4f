/* The rows of one batch on their way into `detection`, in the order of its key. Heartbeats have a
 * place in it, and are not sent: only that the machine was there is stored of them.
 *
 * They are copied straight in. When that hits a stored event (SQLSTATE 23505), the batch is done
 * again, and rows that may be stored go through a temporary table, are looked at one by one, and
 * added when they are not there: those that this store remembers (bloom.h), and those from before
 * it began to remember. When others are stored, too, all are looked at, as long as most are stored.
 * Resends come in waves: the next batches are watched in the same way. Every function runs inside
 * the caller's transaction. */
#ifndef KANSEN_INGEST_STORE_DETECTIONS_H
#define KANSEN_INGEST_STORE_DETECTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/store/batch.h"
#include "ingest/store/bloom.h"
#include "ingest/store/dictionary.h"
#include "kansen/status.h"
#include "sql/copy.h"
#include "sql/db.h"

struct detections_key {
    int64_t time_us;
    const struct batch_row *row;
};

/* Large (about 1.6 MB); zeroed before detections_init. */
struct detections {
    struct detections_key keys[BATCH_ROWS];
    struct detections_key spare[BATCH_ROWS];
    const struct batch_row *order[BATCH_ROWS]; /* rows by the key of detection */
    uint64_t hashes[BATCH_ROWS];               /* by place in order: of its key */
    bool is_looked_at[BATCH_ROWS];             /* the same: before it is inserted */
    bool is_stored[BATCH_ROWS];                /* the same: was in detection already */
    uint32_t count;                            /* rows of the batch under way */
    uint64_t looked_at;                        /* of those, the ones that were marked */
    uint64_t stored;                           /* of those, the ones that were there already */
    int watchful;                             /* batches in which what may be stored is looked at */
    bool staged;                              /* everything is */
    int64_t horizon_us;                       /* what is not later may be stored unremembered */
    int64_t newest_us;                        /* of all rows so far */
    bool copying;                             /* COPY is under way */
    struct bloom met;                         /* what is remembered, by hash */
    uint64_t seed;                            /* of the hashes */
    int16_t geoip_ids[BATCH_COUNTRY_ORIGINS]; /* by country_origin, of the batch under way */
    struct copy copy;
};

struct detections_repeats {
    uint64_t stored;      /* events that were in detection already */
    uint64_t conflicting; /* of those, the ones that differ from what is stored */
};

/* STATUS_FATAL when memory is short. The caller ends with detections_clear. */
enum status detections_init(struct detections *detections, struct error *error) MUST_CHECK;
void detections_clear(struct detections *detections);

/* Puts the rows of the batch in order. They stay the batch's, which must not change meanwhile. */
void detections_sort(struct detections *detections, const struct batch *batch);

/* Looks at those that may be stored, adds those of them that are not, and marks the others in
 * is_stored. Between begin and end no other statement may be run. */
enum status detections_begin(struct detections *detections, struct db *db,
                             const struct dictionary *dictionary,
                             struct detections_repeats *repeats, struct error *error) MUST_CHECK;
/* Sends the rest of order[first … last-1] to PostgreSQL, which stores them meanwhile. */
void detections_send(struct detections *detections, const struct dictionary *dictionary,
                     uint32_t first, uint32_t last);
/* Waits until they are stored. STATUS_REJECT with SQLSTATE 23505: one of them was there. */
enum status detections_end(struct detections *detections, struct error *error) MUST_CHECK;

/* The transaction failed with a unique violation that was none of infections'. True: it can be made
 * again, and looks at more. */
bool detections_were_refused(struct detections *detections);
/* The transaction committed: whatever was in order has been met. */
void detections_committed(struct detections *detections);

/* Can order[first … last-1] be stored? STATUS_REJECT when PostgreSQL refuses one of them. */
enum status detections_try(struct detections *detections, struct db *db,
                           const struct dictionary *dictionary, uint32_t first, uint32_t last,
                           struct error *error) MUST_CHECK;

#endif
