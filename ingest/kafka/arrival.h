/* What a worker waits for before it joins its group: brokers that answer, and a topic that is
 * there. */
#ifndef KANSEN_INGEST_KAFKA_ARRIVAL_H
#define KANSEN_INGEST_KAFKA_ARRIVAL_H

#include <signal.h>
#include <stdbool.h>

#include "ingest/kafka/client.h"
#include "ingest/kafka/watchdog.h"
#include "ingest/pipeline.h"
#include "kansen/log.h"
#include "kansen/status.h"

struct arrival {
    struct client *client;
    const char *brokers;
    const char *topic;
    bool taken_before; /* by these brokers, since the program runs */
    bool *outdated; /* becomes true, and ends the wait: refused, and only another client can help */
    bool until_end; /* the run gives up after wait_s; a worker waits as long as it takes */
    int wait_s;
    const struct logger *logger;
    struct watchdog *watchdog;
    struct health *health;             /* NULL: nobody watches */
    struct pipeline *pipeline;         /* goes on with what it has to do */
    const volatile sig_atomic_t *stop; /* becomes true: give up waiting, which is no failure */
};

/* *cluster is the id that the brokers give, which the caller frees by rd_kafka_mem_free; NULL when
 * it was told to stop, or is outdated. STATUS_RETRY: none has answered within wait_s.
 * STATUS_REJECT: one refuses us, or we don't believe it, and no other answers. */
enum status arrival_of_brokers(const struct arrival *arrival, char **cluster,
                               struct error *error) MUST_CHECK;

/* librdkafka does not always see a topic when it comes. */
void arrival_of_topic(const struct arrival *arrival);

#endif
