/* How many messages were rejected, by reason, and the first of each: for whoever waits for the end.
 */
#ifndef KANSEN_INGEST_STORE_REJECTED_H
#define KANSEN_INGEST_STORE_REJECTED_H

#include <stdint.h>

#include "ingest/event/rejection.h"
#include "ingest/store/batch.h"

struct rejected_reason {
    uint64_t count;   /* 0: the rest means nothing */
    int64_t offset;   /* of the first: the smallest */
    uint32_t element; /* of the array there; 0: it is none */
    char detail[REJECTION_DETAIL_SIZE];
};

struct rejected {
    struct rejected_reason reasons[REJECT_REASONS];
};

/* Adds the dead letters of a batch that was stored. Its messages come from one origin, or which one
 * the first comes from is not asked. */
void rejected_add(struct rejected *rejected, const struct batch *batch);

#endif
