/* Confluent's wire format: a zero and a schema's id stand in front of what Kafka Connect and the
 * serializers of a Schema Registry write. Before JSON it is skipped; Avro and Protobuf behind it
 * are for a consumer that asks the registry, not for us. */
#ifndef KANSEN_INGEST_EVENT_FRAMING_H
#define KANSEN_INGEST_EVENT_FRAMING_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FRAMING_SIZE 5

/* Does the message begin with a zero and four bytes of an id? Only then *schema_id is set. */
bool framing_read(struct slice message, uint32_t *schema_id);

/* The message without its framing, where an object or array of JSON begins behind it; else the
 * message itself. */
struct slice framing_skip(struct slice message);

#ifdef __cplusplus
}
#endif

#endif
