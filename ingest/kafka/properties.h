/* librdkafka's configuration: of a consumer that keeps its offsets in PostgreSQL, and of producers
 * that answer for each message. */
#ifndef KANSEN_INGEST_KAFKA_PROPERTIES_H
#define KANSEN_INGEST_KAFKA_PROPERTIES_H

#include <stdbool.h>
#include <stddef.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/credentials.h"
#include "kansen/status.h"

/* librdkafka 2.2. Once so much waits for us, older ones only look after a second whether that has
 * changed, by when a queue of bounded memory has long run dry; this one after a time that can be
 * set: fetch.queue.backoff.ms. */
#define FETCH_LOOKS_ITSELF 0x020200ff

enum properties_profile {
    PROPERTIES_CONSUMER,
    PROPERTIES_RELAY,     /* of dead letters; PostgreSQL keeps which ones were delivered */
    PROPERTIES_SIMULATOR, /* of a fleet's events */
};

struct properties {
    const char *brokers;
    const char *group;             /* of a consumer */
    const char *const *properties; /* the user's, "key=value" */
    size_t count;
    struct credential_files files;
};

/* Sets defaults, then the user's properties, the secrets that have files of their own, then what
 * its promise depends on. STATUS_REJECT names a property that is unknown, wrong, or not the user's
 * to set. */
enum status properties_apply(rd_kafka_conf_t *conf, enum properties_profile profile,
                             const struct properties *settings, struct error *error) MUST_CHECK;

/* Would one of the user's, "key=value", be taken? STATUS_REJECT as above. */
enum status properties_check(enum properties_profile profile, const char *property,
                             struct error *error) MUST_CHECK;
/* Does librdkafka know its key? */
bool properties_is_known(const char *property);

#endif
