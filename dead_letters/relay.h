/* Dead letters to a Kafka topic, as Kafka Connect's dead letter queue has them: key, value and
 * headers as they came, and headers that say where from and why.
 *
 * At least once. Each dead letter is marked in PostgreSQL once Kafka has acknowledged it; what has
 * no mark is sent, by this run or the next. Marks of single dead letters, not a position: dead
 * letters become visible in the order of commits, not of their numbers (docs/dead-letters.md). */
#ifndef KANSEN_DEAD_LETTERS_RELAY_H
#define KANSEN_DEAD_LETTERS_RELAY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/kafka/credentials.h"
#include "kansen/log.h"
#include "kansen/status.h"

struct relay_totals {
    uint64_t relayed;
    uint64_t refused; /* by the topic, as too large; they stay in the table */
    bool answered;    /* the brokers did, at least once */
};

struct relay_settings {
    const char *conninfo;
    const char *brokers;
    const char *topic;
    const char *const *properties; /* librdkafka's, "key=value" */
    size_t property_count;
    struct credential_files files;
    bool follow; /* go on until told to stop; else until every dead letter is relayed */
    int wait_s;  /* unless following: for brokers that have never answered */
    const struct logger *logger;
    /* Called now and then; may be NULL. */
    void (*show)(void *context, const struct relay_totals *totals);
    void *context;
    const volatile sig_atomic_t *stop;
};

/* STATUS_REJECT: a wrong setting, or a topic that workers read, which would be a circle.
 * STATUS_RETRY (never when following): Kafka or PostgreSQL is away, or another run is relaying to
 * the same topic. *totals is what this run did, whatever the status. */
enum status relay_dead_letters(const struct relay_settings *settings, struct relay_totals *totals,
                               struct error *error) MUST_CHECK;

#endif
