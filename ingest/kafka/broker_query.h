/* What is asked of the Kafka brokers: who they are, and from where to where a topic goes. */
#ifndef KANSEN_INGEST_KAFKA_BROKER_QUERY_H
#define KANSEN_INGEST_KAFKA_BROKER_QUERY_H

#include <signal.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "kansen/status.h"

/* For a broker to answer. */
#define BROKER_ANSWER_MS 5000

/* The cluster's id, which the caller frees by rd_kafka_mem_free. NULL: no broker has answered
 * within timeout_ms. */
char *broker_query_cluster_id(rd_kafka_t *kafka, int timeout_ms);

/* From where to where a partition goes now. STATUS_RETRY: no answer. Of many partitions
 * broker_query_offsets has the answer sooner. */
enum status broker_query_watermarks(rd_kafka_t *kafka, const char *topic, int32_t partition,
                                    int64_t *low, int64_t *high, struct error *error) MUST_CHECK;

/* Is the topic there, and are we let in? STATUS_OK; STATUS_REJECT: no, the message says why;
 * STATUS_RETRY: no answer. */
enum status broker_query_topic(rd_kafka_t *kafka, const char *topic,
                               struct error *error) MUST_CHECK;

/* Sets the offset of each partition of the list to where it begins or ends now
 * (RD_KAFKA_OFFSET_BEGINNING, RD_KAFKA_OFFSET_END): one question to each broker. What has no answer
 * within timeout_ms gets RD_KAFKA_OFFSET_INVALID, and its `err` says why. STATUS_RETRY: no answer
 * at all. */
enum status broker_query_offsets(rd_kafka_t *kafka, rd_kafka_topic_partition_list_t *list,
                                 int64_t where, int timeout_ms, struct error *error) MUST_CHECK;
/* The same, where no answer for one of them is none at all: STATUS_RETRY, which names it. */
enum status broker_query_all_offsets(rd_kafka_t *kafka, rd_kafka_topic_partition_list_t *list,
                                     int64_t where, struct error *error) MUST_CHECK;

/* Where every partition of a topic ended when the brokers were asked. */
struct topic_ends {
    int64_t *offsets; /* by partition */
    int32_t count;
    int64_t asked_us; /* just before they were asked, in microseconds since 1970 */
};

/* Asks again for wait_s, or until *stop: a partition whose leader has just changed has an end all
 * the same. STATUS_REJECT: the topic is wrong; STATUS_RETRY: no answer. The caller clears *out. */
enum status broker_query_ends(struct topic_ends *out, rd_kafka_t *kafka, const char *topic,
                              int wait_s, const volatile sig_atomic_t *stop,
                              struct error *error) MUST_CHECK;
/* A zeroed struct is allowed. */
void topic_ends_clear(struct topic_ends *ends);

#endif
