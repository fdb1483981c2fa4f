/* Events that a batch has more than once: resends within seconds, and a producer's retries.
 *
 * The rows of a batch are sorted by what an event is known by before they are stored, so that
 * those of the same event lie side by side. The first one to arrive stands, the others go. */
#ifndef KANSEN_INGEST_STORE_REPEATS_H
#define KANSEN_INGEST_STORE_REPEATS_H

#include <stdbool.h>

#include "ingest/store/batch.h"
#include "ingest/store/detections.h"

/* `keys` are the batch's rows, sorted (detections_sort). Counts what is dropped, and gives dead
 * letters that are replayed to the row that stands. True: some were, and the keys mean nothing any
 * more. */
bool repeats_drop(struct batch *batch, const struct detections_key *keys);

#endif
