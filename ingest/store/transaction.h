/* Stores a batch in one transaction: rows, infections, counts, dead letters, and the offsets that
 * stand for them. This is where "exactly once" is kept.
 *
 * The offset row of a partition carries an epoch. Taking a partition increases it; every batch
 * checks it with the update that moves next_offset from exactly where we left it. A worker that was
 * thought dead can therefore never commit: its epoch is old (docs/reliability.md). */
#ifndef KANSEN_INGEST_STORE_TRANSACTION_H
#define KANSEN_INGEST_STORE_TRANSACTION_H

#include "ingest/store/batch.h"
#include "ingest/store/store.h"
#include "kansen/status.h"

enum transaction_outcome {
    TRANSACTION_STORED,
    TRANSACTION_AGAIN, /* nothing of the batch was stored: store it again */
    TRANSACTION_LOST, /* a partition is no longer ours, says the database: drop the batch, rejoin */
};

/* One attempt. STATUS_RETRY: PostgreSQL is away, and whether the batch was committed is unknown if
 * the connection is gone: go on with transaction_recover. STATUS_FATAL: halt; nothing was stored.
 */
enum status transaction_store(struct store *store, struct batch *batch,
                              enum transaction_outcome *outcome, struct error *error) MUST_CHECK;

/* After STATUS_RETRY: makes the connection good and asks the offset rows what became of the batch.
 * A batch without offsets (files) is always TRANSACTION_AGAIN: an event counts once. */
enum status transaction_recover(struct store *store, const struct batch *batch,
                                enum transaction_outcome *outcome, struct error *error) MUST_CHECK;

#endif
