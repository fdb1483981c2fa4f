/* Do the Kafka brokers answer? Said once when they don't, and once when they do again.
 *
 * librdkafka tells when it has lost all of them, and never when it has found one; a broker that
 * keeps connections open and is silent, or a topic in which nothing happens, looks the same from
 * outside. But a member of a group hears of its coordinator every few seconds, and of its
 * partitions twice a second, so it is answers that are watched (client.h). */
#ifndef KANSEN_INGEST_KAFKA_PRESENCE_H
#define KANSEN_INGEST_KAFKA_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/client.h"
#include "kansen/outage.h"

/* Brokers that have not answered anything for so long, beyond the time between two questions that
 * our place in the group is kept by, are away. */
#define PRESENCE_SILENCE_MS 10000

/* So are those that librdkafka has lost, when none has answered for so long since: an idle
 * connection that a broker closes is made again at once. */
#define PRESENCE_LOST_MS 5000

#define PRESENCE_REASON_SIZE 256

struct presence {
    struct outage outage;
    int64_t patience_ms;
    int64_t since_ms;    /* silence is counted from here, unless an answer came later */
    int64_t looked_ms;   /* the last time */
    int64_t answered_ms; /* the last answer that was seen */
    int64_t lost_ms; /* when librdkafka said that it has no broker; 0: or one has answered since */
    char reason[PRESENCE_REASON_SIZE]; /* what it said last of a broker; "": nothing */
};

/* The brokers have just answered this client. The outage has been made by outage_of. */
void presence_begin(struct presence *presence, const struct client *client);

/* What librdkafka says of brokers, by client_settings.on_error. */
void presence_note_error(struct presence *presence, rd_kafka_resp_err_t error, const char *reason);

/* To be called a few times a second; after a longer time nobody has listened, and silence counts
 * from now on. It does not count while the group lets us wait for its answer (`joining`), since
 * nothing else is asked then. */
void presence_look(struct presence *presence, const struct client *client, bool joining);

#endif
