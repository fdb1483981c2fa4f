/* The Kafka broker that is built into librdkafka, running inside the demo's own process.
 *
 * It keeps only about 5 MiB of each partition and drops the oldest messages silently, so a topic
 * gets as many partitions as that takes, and demo_broker_check looks that nothing was dropped. */
#ifndef KANSEN_DEMO_BROKER_H
#define KANSEN_DEMO_BROKER_H

#include <stdint.h>

#include "kansen/status.h"

struct demo_broker;

/* Everything that the broker holds is in this process's memory. */
#define DEMO_BROKER_BYTES_MAX (UINT64_C(512) * 1024 * 1024)

/* Partitions for so many bytes of messages, DEMO_BROKER_BYTES_MAX at most. */
int demo_broker_partitions(uint64_t bytes);

/* Starts a broker on a port of the loopback interface, with empty topics of so many partitions
 * each. The names end with a null one and are borrowed. The caller stops *out. */
enum status demo_broker_start(const char *const *topics, int partitions, struct demo_broker **out,
                              struct error *error) MUST_CHECK;
/* NULL is allowed. */
void demo_broker_stop(struct demo_broker *broker);

/* HOST:PORT, valid until demo_broker_stop. */
const char *demo_broker_address(const struct demo_broker *broker);

/* STATUS_FATAL unless the topics together hold exactly so many messages, all since their beginning.
 */
enum status demo_broker_check(struct demo_broker *broker, uint64_t messages,
                              struct error *error) MUST_CHECK;

#endif
