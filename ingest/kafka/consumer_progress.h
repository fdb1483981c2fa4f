/* How far a worker is, for those who watch it. */
#ifndef KANSEN_INGEST_KAFKA_CONSUMER_PROGRESS_H
#define KANSEN_INGEST_KAFKA_CONSUMER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/assignment.h"

struct consumer_progress {
    uint64_t messages; /* read since the start */
    int64_t left;      /* behind what was read, in our partitions; -1: unknown */
    int partitions;    /* ours at the moment */
    /* Messages that are not stored yet, of all our partitions and of the one that has most; as
     * Kafka last told, which it does with every answer. -1: unknown. */
    int64_t lag;
    int64_t largest_lag;
    int32_t largest_lag_partition;
    bool waiting; /* for PostgreSQL */
};

/* Where a partition ends, as Kafka said with its last answer; -1: it has not yet. */
int64_t consumer_progress_end(rd_kafka_t *kafka, const char *topic, int32_t partition);

/* What the assignment says; messages and waiting are the caller's. */
struct consumer_progress consumer_progress_of(const struct assignment *assignment,
                                              rd_kafka_t *kafka);

#endif
