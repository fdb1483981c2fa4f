/* What librdkafka says to a client that is no consumer: each thing once in the log, and who refuses
 * whom as an answer to whoever waits for the brokers. */
#ifndef KANSEN_INGEST_KAFKA_HEARSAY_H
#define KANSEN_INGEST_KAFKA_HEARSAY_H

#include <stdbool.h>

#include <pthread.h>

#include <librdkafka/rdkafka.h>

#include "kansen/log.h"
#include "kansen/outage.h"

struct hearsay {
    const struct logger *logger;
    pthread_mutex_t lock; /* guards told, for librdkafka's threads */
    struct outage told;   /* what was said since everything was well */
    char refusal[512];    /* what a broker said that refuses us, or we it; "" for none */
};

void hearsay_init(struct hearsay *hearsay, const struct logger *logger);
/* Once the client is destroyed. */
void hearsay_clear(struct hearsay *hearsay);

/* For the log callback, in any thread. */
void hearsay_log(struct hearsay *hearsay, int level, const char *facility, const char *text);
/* For the error callback, which comes from a poll; the log callback has heard of it as well. */
void hearsay_error(struct hearsay *hearsay, int code, const char *reason);

/* Everything is well: whatever is said next is news. */
void hearsay_forget(struct hearsay *hearsay);

#endif
