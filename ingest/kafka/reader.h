/* Reads the partitions that are ours, from Kafka into the pipeline: each message in its order, none
 * left out and none twice.
 *
 * Which partitions those are is the consumer's matter (consumer.h), which gives them as an
 * assignment. While the pipeline is full the reader pauses them and goes on polling, so that the
 * group does not take this worker for dead. A partition that can't be read is left out for a while,
 * and the others go on. */
#ifndef KANSEN_INGEST_KAFKA_READER_H
#define KANSEN_INGEST_KAFKA_READER_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/assignment.h"
#include "ingest/kafka/client.h"
#include "ingest/kafka/fetch_ahead.h"
#include "ingest/pipeline.h"
#include "kansen/log.h"
#include "kansen/outage.h"
#include "kansen/status.h"

/* Messages that librdkafka had handed out already when the partitions were paused. */
#define READER_QUEUE_MAX 1024

struct reader {
    struct client *client; /* the consumer's, as are the next four */
    struct pipeline *pipeline;
    const struct logger *logger;
    const char *topic;
    struct metrics *metrics;      /* NULL: nobody watches */
    struct assignment assignment; /* set by the consumer, before reader_start */
    uint64_t messages;            /* read so far */
    bool paused;                  /* for PostgreSQL */
    bool client_ended;            /* the client of librdkafka, by rd_kafka_fatal_error */
    bool topic_gone;              /* Kafka says that there is no such topic, or partition of ours */
    int64_t heard_at_ms;          /* when Kafka last gave us a message, an end or an error */

    /* The reader's own. */
    bool check_requested; /* see must_check */
    bool checking; /* again, and not yet at what comes next: seeing it takes a while, perhaps */
    int64_t checked_at_ms;
    int64_t awake_at_ms;
    rd_kafka_message_t *queue[READER_QUEUE_MAX]; /* polled, not yet handled; in order */
    int queued;
    int64_t blocked_since_ms; /* 0: the pipeline takes messages */
    int64_t wall_us;          /* the time of day, not long ago; microseconds since 1970 */
    struct outage outage;     /* Kafka gives us errors instead of messages */
    struct fetch_ahead ahead;
};

/* Reads the assignment from where it is. */
enum status reader_start(struct reader *reader, struct error *error) MUST_CHECK;

/* Waits a moment for messages and handles what comes, or waits for the pipeline. STATUS_FATAL:
 * halt. */
enum status reader_read(struct reader *reader, struct error *error) MUST_CHECK;

/* Notes where the partitions end, as brokers say it with what they deliver. */
void reader_hear_ends(struct reader *reader);

/* The brokers have said where partitions end: those that are read to there have a new mark. */
void reader_note_ends(struct reader *reader);

/* The partitions may be other ones by now: the last message of each is to be seen again before the
 * next is taken. */
void reader_request_check(struct reader *reader);

/* librdkafka is to fetch the partitions anew, from the last message of each, which must be the one
 * that it was. */
enum status reader_fetch_anew(struct reader *reader, struct error *error) MUST_CHECK;

/* Gives the assignment up. What is not stored is dropped: whoever takes the partitions reads it
 * again. */
void reader_stop(struct reader *reader);

#endif
