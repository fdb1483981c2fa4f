/* Infections and detections of one transaction: collected in memory, added to the database's exact
 * set and counts.
 *
 * Order-free by construction: the earliest detection wins, here and in PostgreSQL, whatever order
 * rows, batches and workers come in. Both ingest and the recount of a new threat use it. */
#ifndef KANSEN_INGEST_TALLY_H
#define KANSEN_INGEST_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/intern.h"
#include "ingest/known.h"
#include "kansen/event.h"
#include "kansen/status.h"
#include "sql/array.h"
#include "sql/copy.h"
#include "sql/db.h"

/* Infections of one transaction that are written together; a larger transaction writes in turns. */
#define TALLY_INFECTIONS 40000

/* Distinct months x threats x countries of one transaction; a larger one writes in turns. */
#define TALLY_COUNTS 20000

/* The slot of infection_count for all that has no row in kafka_offset: files and recounts. */
#define TALLY_FILES_SLOT 0

/* How infections are written that are not known to be stored. */
enum tally_way {
    TALLY_STAGED,   /* looked up one by one */
    TALLY_STRAIGHT, /* copied in as long as they are new; see tally_was_refused */
};

struct tally;

/* STATUS_FATAL when memory is short. The caller frees with tally_free. */
enum status tally_new(enum tally_way way, struct tally **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void tally_free(struct tally *tally);

/* Do so many more sightings fit? If not, tally_spill makes room for TALLY_COUNTS. */
bool tally_has_room(const struct tally *tally, size_t sightings);
/* The device will be added a few sightings later. */
void tally_expect(const struct tally *tally, const uint8_t device[16]);
void tally_add(struct tally *tally, const struct sighting *sighting);

/* Writes what was collected inside the open transaction of db (whose stage tables exist), in the
 * given slot of infection_count. Who shares TALLY_FILES_SLOT waits for the other's commit; every
 * other slot must be the caller's alone. Call tally_committed or tally_reset behind the
 * transaction. */
enum status tally_store(struct tally *tally, struct db *db, int32_t slot,
                        struct error *error) MUST_CHECK;
/* The same in the middle of a transaction that holds more than fits, and starts anew. */
enum status tally_spill(struct tally *tally, struct db *db, int32_t slot,
                        struct error *error) MUST_CHECK;

/* The transaction failed with a unique violation. True: that was ours, an infection taken for new
 * was stored; the transaction can be made again, and looks at each. */
bool tally_was_refused(struct tally *tally);

/* The transaction committed: what it stored need not be looked up again. */
void tally_committed(struct tally *tally);
/* The transaction was rolled back: what was collected is dropped. */
void tally_reset(struct tally *tally);
/* What was stored may no longer be there (another connection, other threats). */
void tally_forget(struct tally *tally);

#endif
