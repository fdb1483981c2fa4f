/* Whose are the partitions? Takes them in the database, checks them against Kafka, gives them back.
 *
 * Taking one makes its row in kafka_offset ours and answers where to go on. Before that position is
 * believed it is held against the topic (assignment.h). The writer must be idle whenever one of
 * these is called. */
#ifndef KANSEN_INGEST_KAFKA_OWNERSHIP_H
#define KANSEN_INGEST_KAFKA_OWNERSHIP_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/assignment.h"
#include "ingest/kafka/broker_query.h"
#include "ingest/pipeline.h"
#include "kansen/log.h"
#include "kansen/status.h"

/* Takes every partition of the list and notes which ones are read. STATUS_RETRY: Kafka or
 * PostgreSQL is away, nothing is taken; STATUS_FATAL: halt. The caller clears *out. */
enum status ownership_take(struct assignment *out, rd_kafka_t *kafka, struct pipeline *pipeline,
                           const struct offsets_reader *reader,
                           const rd_kafka_topic_partition_list_t *list, const struct logger *logger,
                           int64_t now_ms, struct error *error) MUST_CHECK;

/* Gives the partitions back in order: that nothing was stored of one is nobody's death. Without a
 * connection to PostgreSQL nothing is noted. */
void ownership_release(struct assignment *assignment, struct pipeline *pipeline);

/* Does the database still say what we believe about every partition? */
enum status ownership_check(const struct assignment *assignment, struct pipeline *pipeline,
                            bool *ours, struct error *error) MUST_CHECK;

/* Is the whole topic stored up to these ends, by us and the other workers of the group? */
enum status ownership_has_reached(struct pipeline *pipeline, const struct offsets_reader *reader,
                                  const struct topic_ends *ends, bool *reached,
                                  struct error *error) MUST_CHECK;

#endif
