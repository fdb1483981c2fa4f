/* Infections and detections of one transaction: collected in memory, added to the database's exact
 * set and counts.
 *
 * Order-free by construction: the earliest detection wins, here and in PostgreSQL, whatever order
 * rows, batches and workers come in. */
#ifndef KANSEN_INGEST_STORE_INFECTIONS_H
#define KANSEN_INGEST_STORE_INFECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/store/counts.h"
#include "ingest/store/infection_cache.h"
#include "kansen/status.h"
#include "sql/db.h"

/* Infections of one transaction that are written together; a larger transaction writes in turns. */
#define INFECTIONS_MAX 40000

struct infections;

/* With a cache of so many MiB (infection_cache.h). STATUS_FATAL when memory is short. The caller
 * frees with infections_free. */
enum status infections_new(size_t cache_mib, struct infections **out,
                           struct error *error) MUST_CHECK;
/* NULL is allowed. */
void infections_free(struct infections *infections);

/* Do so many more sightings fit? If not, infections_spill makes room for THREATS_MAX at least. */
bool infections_has_room(const struct infections *infections, size_t sightings);
/* The device will be added a few sightings later. */
void infections_prefetch(const struct infections *infections, const uint8_t device[16]);
/* A detection, and the infection that it is; or a heartbeat, and the machine that is active. */
void infections_add(struct infections *infections, const struct sighting *sighting);

/* What each label is counted as must be decided before the transaction that counts it
 * (admissions.h): it is said beforehand what is going to be added. */
bool infections_can_want(const struct infections *infections);
void infections_want(struct infections *infections, int32_t first_day,
                     const struct sighting_labels *labels);
enum status infections_decide(struct infections *infections, struct db *db,
                              struct error *error) MUST_CHECK;

/* Writes what was collected inside the open transaction of db (whose stage tables exist), in the
 * given slot of infection_count. Who shares one that isn't Kafka's waits for the other's commit;
 * every other must be the caller's alone. Call infections_committed or infections_reset behind the
 * transaction; or, when it failed, this again in another one. */
enum status infections_store(struct infections *infections, struct db *db, int32_t slot,
                             struct error *error) MUST_CHECK;
/* The same in the middle of a transaction that holds more than fits, and starts anew unless it
 * fails. */
enum status infections_spill(struct infections *infections, struct db *db, int32_t slot,
                             struct error *error) MUST_CHECK;

/* The transaction failed with a unique violation; ask before infections_reset. True: that was ours,
 * an infection taken for new was stored; the transaction can be made again, and looks at more. */
bool infections_were_refused(struct infections *infections);

/* The transaction committed: what it stored need not be looked up again. */
void infections_committed(struct infections *infections);
/* The transaction was rolled back: what was collected is dropped. */
void infections_reset(struct infections *infections);
/* What was stored may no longer be there (another connection, other threats). */
void infections_forget(struct infections *infections);

#endif
