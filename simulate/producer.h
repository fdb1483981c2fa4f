/* Sends messages to a Kafka topic and answers for every one of them.
 *
 * Idempotent: librdkafka neither loses nor doubles a message when a broker goes away and comes
 * back. A message counts as sent when the broker has acknowledged it. */
#ifndef KANSEN_SIMULATE_PRODUCER_H
#define KANSEN_SIMULATE_PRODUCER_H

#include "ingest/kafka/properties.h"
#include "kansen/event.h"
#include "kansen/status.h"

struct producer;

struct producer_settings {
    struct properties properties; /* without a group; brokers are borrowed for good */
    const char *topic;
    int partitions; /* of the topic, when it has to be created */
    const struct logger *logger;
};

/* Connects and creates the topic when it is missing. STATUS_REJECT: a property or a file of
 * secrets is wrong, or a broker refuses us, or we it; STATUS_RETRY: no broker answers;
 * STATUS_FATAL: anything else. The caller frees *out. */
enum status producer_new(const struct producer_settings *settings, struct producer **out,
                         struct error *error) MUST_CHECK;
/* Drops what has not been sent. NULL is allowed. */
void producer_free(struct producer *producer);

/* Copies key and value (data NULL: a tombstone) into the queue; waits while it is full.
 * STATUS_FATAL as soon as the delivery of any message has failed. */
enum status producer_send(struct producer *producer, struct slice key, struct slice value,
                          struct error *error) MUST_CHECK;

/* Waits until every message has been acknowledged. STATUS_FATAL when one was not. */
enum status producer_finish(struct producer *producer, struct error *error) MUST_CHECK;

#endif
