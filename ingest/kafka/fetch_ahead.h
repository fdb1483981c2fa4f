/* What librdkafka fetches ahead of the batch that is being filled: how much, and that it goes on as
 * soon as there is room again. */
#ifndef KANSEN_INGEST_KAFKA_FETCH_AHEAD_H
#define KANSEN_INGEST_KAFKA_FETCH_AHEAD_H

#include <stddef.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/assignment.h"

struct fetch_ahead {
    size_t taken; /* bytes since librdkafka was last woken */
};

/* A message of so many bytes has left the queue. */
void fetch_ahead_note_taken(struct fetch_ahead *ahead, size_t bytes);

/* Wakes an older librdkafka once enough has been taken. Doesn't wait. */
void fetch_ahead_go_on(struct fetch_ahead *ahead, rd_kafka_t *kafka,
                       const struct assignment *assignment);

#endif
