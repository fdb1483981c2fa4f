/* A worker: one member of a Kafka consumer group, from the topic into the pipeline.
 *
 * Offsets are PostgreSQL's; Kafka's committed offsets are only a copy for lag tools. Any number of
 * workers may run, come and go. */
#ifndef KANSEN_INGEST_KAFKA_CONSUMER_H
#define KANSEN_INGEST_KAFKA_CONSUMER_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/kafka/consumer_progress.h"
#include "ingest/kafka/credentials.h"
#include "ingest/kafka/watchdog.h"
#include "ingest/pipeline.h"
#include "kansen/log.h"
#include "kansen/status.h"
#include "watch/watch.h"

struct consumer_settings {
    const char *brokers;
    const char *topic;
    const char *group;
    const char *const *properties; /* librdkafka's, "key=value" */
    size_t property_count;
    struct credential_files files;
    enum event_kind kind; /* what the topic is of */
    bool until_end; /* stop when every partition of the topic has been stored to its present end */
    int wait_s;     /* then: for brokers that have never answered */
    const struct logger *logger;
    /* Called a few times a second; may be NULL. */
    void (*show)(void *context, const struct consumer_progress *progress);
    void *context;
    const volatile sig_atomic_t *stop; /* becomes true: store what was read, then return */
    /* Called, in another thread, when the worker hangs in spite of everything; ends the process. */
    watchdog_bite *bite;
    /* Called whenever the loop turns; may be NULL. */
    watchdog_beat *beat;
    struct watch *watch; /* NULL: nobody watches */
    /* Becomes true when a client of librdkafka could not be ended (client.h): the process must then
     * end without exit handlers. */
    bool *left_behind;
};

/* Runs until it is told to stop. STATUS_OK: everything that was read is stored; STATUS_RETRY: it
 * was told to stop while PostgreSQL was away, and what was not stored will be read again, or no
 * broker answered within wait_s;
 * STATUS_REJECT: a property or the topic is wrong; STATUS_FATAL: halt. */
enum status consumer_run(struct pipeline *pipeline, const struct consumer_settings *settings,
                         struct error *error) MUST_CHECK;

#endif
