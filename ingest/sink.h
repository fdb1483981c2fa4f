/* Stores a batch in one transaction: rows, infections, counts, dead letters, and the offsets that
 * stand for them. This is where "exactly once" is kept.
 *
 * The offset row of a partition carries an epoch. Taking a partition increases it; every batch
 * checks it with the update that moves next_offset from exactly where we left it. A worker that was
 * thought dead can therefore never commit: its epoch is old (docs/reliability.md).
 *
 * Not thread-safe: one thread at a time. */
#ifndef KANSEN_INGEST_SINK_H
#define KANSEN_INGEST_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/batch.h"
#include "ingest/offsets.h"
#include "kansen/log.h"
#include "kansen/status.h"

struct sink;

struct sink_totals {
    uint64_t accepted;    /* events stored */
    uint64_t repeated;    /* events that were stored already, or twice in a batch */
    uint64_t conflicting; /* of those, the ones that differ from what was stored first */
    uint64_t rejected;    /* dead letters */
    uint64_t batches;
};

enum sink_outcome {
    SINK_STORED,
    SINK_AGAIN, /* nothing of the batch was stored: store it again */
    SINK_LOST,  /* the database says that a partition is no longer ours: drop the batch, rejoin */
};

/* Connects and reads what batches need: calendar, threats. The logger is borrowed. */
enum status sink_open(const char *conninfo, const struct logger *logger, struct sink **out,
                      struct error *error) MUST_CHECK;
/* NULL is allowed. */
void sink_close(struct sink *sink);

/* One attempt. STATUS_RETRY: PostgreSQL is away, and whether the batch was committed is unknown if
 * the connection is gone: go on with sink_recover. STATUS_FATAL: halt; nothing was stored. */
enum status sink_store(struct sink *sink, struct batch *batch, enum sink_outcome *outcome,
                       struct error *error) MUST_CHECK;

/* After STATUS_RETRY: makes the connection good and asks the offset rows what became of the batch.
 * A batch without offsets (files) is always SINK_AGAIN: an event counts once. */
enum status sink_recover(struct sink *sink, const struct batch *batch, enum sink_outcome *outcome,
                         struct error *error) MUST_CHECK;

/* offsets_take, offsets_are_ours and offsets_have_reached (ingest/offsets.h) on the sink's
 * connection, made anew when it is broken. */
enum status sink_take(struct sink *sink, const struct offsets_reader *reader, int64_t first_offset,
                      struct origin *origin, struct offsets_position *position,
                      struct error *error) MUST_CHECK;
enum status sink_are_ours(struct sink *sink, const struct origin *const *origins, int count,
                          bool *ours, struct error *error) MUST_CHECK;
/* offsets_note_tries; without a connection, nothing is noted. */
enum status sink_note_tries(struct sink *sink, const struct origin *origin, int tries,
                            struct error *error) MUST_CHECK;
enum status sink_has_reached(struct sink *sink, const struct offsets_reader *reader,
                             const int64_t *offsets, int32_t partitions, bool *reached,
                             struct error *error) MUST_CHECK;

/* Is the connection lost, rather than a statement refused? */
bool sink_is_away(const struct sink *sink);

/* Since sink_open. From any thread. */
struct sink_totals sink_totals(struct sink *sink);

/* From another thread: cuts the connection, so that sink_store returns, whatever PostgreSQL does.
 */
void sink_cut(struct sink *sink);

#endif
