/* A consumer of librdkafka: made, and ended within a bound whatever librdkafka does.
 *
 * librdkafka 2.0.2 may wait for ever when it is to be destroyed, for one after a topic was deleted
 * under it; and when it is told to give partitions up while it leaves the group (its issue 4884).
 * So all of the end is done in a thread of its own; a client that does not end in time is left
 * behind, with everything that its threads may still touch. */
#ifndef KANSEN_INGEST_KAFKA_CLIENT_H
#define KANSEN_INGEST_KAFKA_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/properties.h"
#include "kansen/log.h"
#include "kansen/status.h"

struct client {
    rd_kafka_t *kafka;
    bool is_static; /* a static member of the group: group.instance.id */
    /* Metadata came since this was last set to false; threads of librdkafka set it. */
    atomic_bool metadata_came;
    /* When a broker last answered anything, by CLOCK_BOOTTIME; 0: none has. Set by the same. */
    _Atomic int64_t answered_ms;
    struct credentials credentials;
};

struct client_settings {
    struct properties properties;
    const struct logger *logger; /* borrowed for good */
    /* From rd_kafka_consumer_poll, in the caller's thread. Must call rd_kafka_assign. */
    void (*on_rebalance)(void *context, bool assigned,
                         const rd_kafka_topic_partition_list_t *partitions);
    /* In the same thread. Not the end of the client, which comes as a message does. */
    void (*on_error)(void *context, rd_kafka_resp_err_t error, const char *reason);
    void *context; /* borrowed until client_end */
};

/* STATUS_REJECT: a property or a secret's file is wrong. The caller ends *out with client_end. */
enum status client_new(const struct client_settings *settings, struct client **out,
                       struct error *error) MUST_CHECK;

/* Has a broker refused us, or been refused by us, since this was last asked: its name, authority or
 * time (TLS), our password, token or certificate? *error says which and why; brokers that are not
 * there are none. Takes what has come from librdkafka, so not for a client that reads. */
bool client_is_refused(struct client *client, struct error *error);

/* For a client that reads: gives it the secrets whose files have changed. True: it was refused, and
 * files of TLS have changed since it was made, which only another client reads; *error says by
 * whom. */
bool client_is_outdated(struct client *client, struct error *error);

/* Commits these offsets to Kafka, or gives up after some seconds. */
void client_commit(struct client *client, const rd_kafka_topic_partition_list_t *offsets);

/* Leaves the group and destroys the client; every message of it must have been destroyed, and its
 * partitions are nobody's any more. False: it did not end within 20 seconds and is left behind,
 * which the log says; its threads go on until the process ends, which then must not run exit
 * handlers. NULL is allowed. */
bool client_end(struct client *client);

#endif
