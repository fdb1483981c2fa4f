/* The group's answer to a worker that asks for partitions: how long it may take, and what is said
 * meanwhile.
 *
 * A group answers at once, unless it waits for a member: one that died without a word, as long as
 * its session lasts, or one that still stores what it has read. */
#ifndef KANSEN_INGEST_KAFKA_JOINING_H
#define KANSEN_INGEST_KAFKA_JOINING_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "kansen/log.h"

/* When nothing has come by then, a line says for whom the group waits. */
#define JOINING_SAY_AFTER_MS 10000

/* When nothing has come by then, nothing will: a group answers within its rebalance timeout, which
 * is max.poll.interval.ms, five minutes unless given. */
#define JOINING_MAX_MS 600000

/* Zeroed before the first use. Times are those of a clock that goes on while the machine is
 * suspended. */
struct joining {
    const struct logger *logger;
    const char *group;
    bool answered; /* the group has told us our part, if only none */
    bool said;     /* that it has not */
    int64_t since_ms;
};

/* The group was asked. */
void joining_begin(struct joining *joining, int64_t now_ms);

/* It has answered. */
void joining_end(struct joining *joining, int64_t now_ms);

/* To be called now and then while no partitions have been given. False: it is too long, which the
 * log says; ask with a new client. */
bool joining_may_go_on(struct joining *joining, rd_kafka_t *kafka, int64_t now_ms);

#endif
