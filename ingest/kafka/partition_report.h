/* Puts up for those who watch how far our partitions are. */
#ifndef KANSEN_INGEST_KAFKA_PARTITION_REPORT_H
#define KANSEN_INGEST_KAFKA_PARTITION_REPORT_H

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/assignment.h"
#include "watch/watch.h"

/* Also counts them; watch NULL: does nothing. */
void partition_report_put(struct watch *watch, struct assignment *assignment, rd_kafka_t *kafka);

#endif
