/* PostgreSQL as ingestion sees it: one connection, made anew when it breaks, and what is remembered
 * between batches because that connection told us so.
 *
 * Batches are stored by transaction.h; all else is asked by store_perform. Not thread-safe but for
 * store_cut and store_totals: one thread at a time. */
#ifndef KANSEN_INGEST_STORE_STORE_H
#define KANSEN_INGEST_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/event/rejection.h"
#include "ingest/store/offsets.h"
#include "ingest/store/rejected.h"
#include "kansen/log.h"
#include "kansen/status.h"
#include "sql/db.h"
#include "watch/watch.h"

struct store;

struct store_totals {
    uint64_t accepted;    /* events stored */
    uint64_t repeated;    /* events that were stored already, or twice in a batch */
    uint64_t conflicting; /* of those, the ones that differ from what was stored first */
    uint64_t rejected;    /* dead letters */
    uint64_t rejected_for[REJECT_REASONS];
    uint64_t addresses;     /* looked up in the MaxMind DB, of events without a country */
    uint64_t unlocated;     /* of those, the ones without a country there, too */
    uint64_t bad_addresses; /* that counted as absent beside their event's country */
    uint64_t batches;
};

/* Connects and reads what batches need: calendar, threats. What is known of infections takes
 * infection_cache_mib (infection_cache.h). The logger is borrowed, and so is the
 * watch, which may be NULL. */
enum status store_open(const char *conninfo, size_t infection_cache_mib,
                       const struct logger *logger, struct watch *watch, struct store **out,
                       struct error *error) MUST_CHECK;
/* NULL is allowed. */
void store_close(struct store *store);

/* Is the connection lost, rather than a statement refused? */
bool store_is_away(const struct store *store);

/* Statements that are no batch: whose is a partition, how far is it stored. */
typedef enum status store_task(struct db *db, struct offsets *offsets, void *context,
                               struct error *error);

/* Runs a task on the connection, made anew when it is broken. STATUS_RETRY: PostgreSQL is away. */
enum status store_perform(struct store *store, store_task *task, void *context,
                          struct error *error) MUST_CHECK;

/* Are there months of which nothing is stored any more? Before the first batch. */
bool store_has_closed_months(const struct store *store);

/* Since store_open. From any thread. */
struct store_totals store_totals(struct store *store);

/* What was rejected since it was asked for last. From any thread. */
void store_take_rejected(struct store *store, struct rejected *out);

/* From another thread: cuts the connection, so that whoever uses it returns, whatever PostgreSQL
 * does. */
void store_cut(struct store *store);

#endif
