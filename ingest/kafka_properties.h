/* librdkafka's configuration, for a consumer that keeps its offsets in PostgreSQL and for a
 * producer that keeps in PostgreSQL what it has delivered. */
#ifndef KANSEN_INGEST_KAFKA_PROPERTIES_H
#define KANSEN_INGEST_KAFKA_PROPERTIES_H

#include <stddef.h>

#include <librdkafka/rdkafka.h>

#include "kansen/status.h"

struct kafka_properties {
    const char *brokers;
    const char *group;             /* of a consumer */
    const char *const *properties; /* the user's, "key=value" */
    size_t count;
};

/* Sets defaults, then the user's properties, then what exactly-once depends on. STATUS_REJECT names
 * a property that is unknown, wrong, or not the user's to set. */
enum status kafka_properties_apply(rd_kafka_conf_t *conf, const struct kafka_properties *settings,
                                   struct error *error) MUST_CHECK;
/* The same for the producer of dead letters. */
enum status kafka_properties_apply_producer(rd_kafka_conf_t *conf,
                                            const struct kafka_properties *settings,
                                            struct error *error) MUST_CHECK;

#endif
