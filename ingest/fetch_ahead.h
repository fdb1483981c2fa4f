/* What librdkafka fetches ahead of the batch that is being filled: how much, and that it goes on as
 * soon as there is room again. */
#ifndef KANSEN_INGEST_FETCH_AHEAD_H
#define KANSEN_INGEST_FETCH_AHEAD_H

#include <stddef.h>

#include <librdkafka/rdkafka.h>

#include "ingest/assignment.h"

/* While so much waits for us, nothing more is fetched; an answer of a broker holds up to so much.
 * Both together are a batch of usual messages. Each costs librdkafka as much memory again. Large
 * answers leave PostgreSQL in peace longer than many small ones. */
#define FETCH_AHEAD_KBYTES "4096"
#define FETCH_ANSWER_BYTES "8388608"

/* librdkafka 2.2. Once so much waits for us, older ones only look after a second whether that has
 * changed, by when a queue of bounded memory has long run dry; this one after a time that can be
 * set: fetch.queue.backoff.ms. */
#define FETCH_LOOKS_ITSELF 0x020200ff

struct fetch_ahead {
    size_t taken; /* bytes since librdkafka was last woken */
};

/* A message of so many bytes has left the queue. */
void fetch_ahead_note_taken(struct fetch_ahead *ahead, size_t bytes);

/* Wakes an older librdkafka once enough has been taken. Doesn't wait. */
void fetch_ahead_go_on(struct fetch_ahead *ahead, rd_kafka_t *kafka,
                       const struct assignment *assignment);

#endif
