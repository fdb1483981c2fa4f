/* What a stored message is recognised by, when its topic may have been truncated or created again.
 */
#ifndef KANSEN_INGEST_KAFKA_FINGERPRINT_H
#define KANSEN_INGEST_KAFKA_FINGERPRINT_H

#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "ingest/store/message.h"

/* A 128-bit hash of offset, timestamp, key and value. It guards against mistakes of operators, not
 * against forgery. */
void fingerprint_of(const rd_kafka_message_t *message, uint8_t fingerprint[FINGERPRINT_SIZE]);

#endif
