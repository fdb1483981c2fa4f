/* Which MaxMind DB countries were looked up in: the id of each in its detections, and for each
 * month the ids that its detections have, so that a report can name them.
 *
 * The notes of a month are written last in the transaction of its detections: whoever waits for
 * another's note of the same month waits for a commit and for nothing else. What is known to be
 * noted is not written again. */
#ifndef KANSEN_INGEST_STORE_GEOIP_NOTES_H
#define KANSEN_INGEST_STORE_GEOIP_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/store/batch.h"
#include "ingest/store/calendar.h"
#include "ingest/store/string_set.h"
#include "kansen/status.h"
#include "sql/array.h"
#include "sql/db.h"

/* Ids of detection.geoip_id that are no row of geoip_database, and that of geoip_use for null. */
#define GEOIP_ID_OWN 0
#define GEOIP_ID_NOT_LOOKED_UP (-1)
#define GEOIP_ID_NOT_NOTED (-2)

struct geoip_known {
    struct geoip_build build;
    int16_t id;
};

struct geoip_notes {
    struct geoip_known known[2 * BATCH_GEOIP_BUILDS];
    uint32_t known_count;
    uint32_t committed_count;           /* of these; the others are of this transaction */
    int16_t ids[BATCH_COUNTRY_ORIGINS]; /* of the batch under way */
    struct string_set noted;            /* (month, id) of which it is certain */
    struct string_set pending;          /* those of this transaction */
    /* The month and the ids that were added last: events come nearly in order. */
    int64_t starts_us;
    int64_t ends_us;
    uint32_t seen; /* country_origins, a bit each */
    struct array arrays[2];
};

/* STATUS_FATAL when memory is short. A zeroed struct may be cleared. */
enum status geoip_notes_init(struct geoip_notes *notes, struct error *error) MUST_CHECK;
void geoip_notes_clear(struct geoip_notes *notes);
/* On a new connection: nothing is certain. */
void geoip_notes_forget(struct geoip_notes *notes);
/* Notes of months may have been taken back. */
void geoip_notes_forget_months(struct geoip_notes *notes);

/* The id of a MaxMind DB, which the database has afterwards. */
enum status geoip_notes_find_id(struct db *db, const struct geoip_build *build, int16_t *id,
                                struct error *error) MUST_CHECK;

/* Inside a transaction, in front of its detections: the id of each origin of a country. */
enum status geoip_notes_begin(struct geoip_notes *notes, struct db *db, const struct batch *batch,
                              int16_t ids[BATCH_COUNTRY_ORIGINS], struct error *error) MUST_CHECK;
/* A row that is stored in it. */
void geoip_notes_add(struct geoip_notes *notes, struct calendar *calendar,
                     const struct batch_row *row);
/* At its end. */
enum status geoip_notes_store(struct geoip_notes *notes, struct db *db,
                              struct error *error) MUST_CHECK;
void geoip_notes_committed(struct geoip_notes *notes);

#endif
