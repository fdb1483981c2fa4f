/* Headers of a Kafka message as one run of bytes, kept with the message when it is rejected.
 *
 * Items are names and values in turn, each its length as a big-endian int32 (-1 for a null value)
 * and its bytes: what sql/copy.h sends as an array. Order and repeated names stay. */
#ifndef KANSEN_INGEST_HEADERS_H
#define KANSEN_INGEST_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "kansen/event.h"

/* Memory that is reused from message to message. Zeroed is empty. */
struct headers {
    char *bytes;
    size_t used;
    size_t size;
};

void headers_clear(struct headers *headers);

/* *out is borrowed until the next call; data is NULL when the message has no headers, or none that
 * librdkafka can read. False when memory is short. */
bool headers_read(struct headers *headers, const rd_kafka_message_t *message, struct slice *out);

/* How many items, two a header. */
int32_t headers_count(struct slice items);

#endif
