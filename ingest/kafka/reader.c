#include "ingest/kafka/reader.h"

#include <inttypes.h>
#include <string.h>

#include "ingest/kafka/broker_query.h"
#include "ingest/kafka/fingerprint.h"
#include "ingest/kafka/ownership.h"
#include "kansen/clock.h"

#define US_PER_MS 1000

/* One wait for a message: short enough that lingering batches and stops are noticed. */
#define POLL_MS 50

/* Messages that are read in a row before the regular work has its turn. */
#define BURST_MAX 256

/* While the writer is busy, the reader waits for it; after this time it pauses the partitions and
 * polls. */
#define PAUSE_AFTER_MS 1000

/* A partition that can't be read is left out for a second, then for twice as long each time: it
 * rarely heals at once, and the other partitions have to start anew with each try. */
#define BACKOFF_MIN_MS 1000
#define BACKOFF_MAX_MS 60000

/* A worker that was away for longer (stopped, or its machine suspended) looks at the last message
 * again: a topic is deleted, created and filled in 200 ms. The main loop rarely waits that long. */
#define STALL_MS (2 * POLL_MS)

/* Between two such looks: while one broker is away, librdkafka asks for metadata many times a
 * second, and each look throws away what was fetched ahead. */
#define CHECK_INTERVAL_MS 100

#define DAMAGED "damaged messages, will be read again"
/* The checksum of such a batch is right (check.crcs), so it came as it was sent. */
#define TOO_LARGE                                                                                  \
    "messages whose checksum is right can't be unpacked, will be tried again: unpacked they are "  \
    "larger than librdkafka takes; -X receive.message.max.bytes=BYTES raises its limit"
#define UNREADABLE "a partition can't be read, will be tried again"

/* Goes on while the machine is suspended. */
static int64_t now_ms(void)
{
    return clock_ms(CLOCK_BOOTTIME);
}

/* All of ours, also those that are left out for a while: librdkafka keeps a partition paused over
 * its loss and return. */
static void set_paused(struct reader *reader, bool paused)
{
    rd_kafka_topic_partition_list_t *list = assignment_list(&reader->assignment);

    if (paused)
        rd_kafka_pause_partitions(reader->client->kafka, list);
    else
        rd_kafka_resume_partitions(reader->client->kafka, list);
    rd_kafka_topic_partition_list_destroy(list);
    reader->paused = paused;
}

static void drop_queue(struct reader *reader)
{
    for (int i = 0; i < reader->queued; i++)
        rd_kafka_message_destroy(reader->queue[i]);
    reader->queued = 0;
    reader->blocked_since_ms = 0;
}

/* Reads our partitions from where we are, without those that are left out for a while. */
static enum status assign(struct reader *reader, struct error *error)
{
    const struct assignment *assignment = &reader->assignment;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(assignment->count);
    enum status status;

    drop_queue(reader);
    for (int i = 0; i < assignment->count; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        if (assigned->backoff_until_ms == 0)
            rd_kafka_topic_partition_list_add(list, assignment->topic, assigned->origin.partition)
                ->offset = assignment_start(assigned);
    }
    /* What comes now was asked for after this. */
    atomic_store(&reader->client->metadata_came, false);
    reader->check_requested = false;
    status = assignment_fetch(reader->client->kafka, list, error);
    rd_kafka_topic_partition_list_destroy(list);
    return status;
}

enum status reader_start(struct reader *reader, struct error *error)
{
    reader->heard_at_ms = now_ms();
    return assign(reader, error);
}

void reader_stop(struct reader *reader)
{
    pipeline_discard(reader->pipeline);
    ownership_release(&reader->assignment, reader->pipeline);
    drop_queue(reader);
    if (reader->paused)
        set_paused(reader, false);
    assignment_clear(&reader->assignment);
    reader->checking = false;
}

static bool read_headers(const void *native, struct header_list *out)
{
    rd_kafka_headers_t *headers = NULL;
    const char *name;
    const void *value;
    size_t length;

    /* Those that librdkafka can't read are none. */
    if (rd_kafka_message_headers(native, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return true;
    for (size_t i = 0;
         !out->is_full &&
         rd_kafka_header_get_all(headers, i, &name, &value, &length) == RD_KAFKA_RESP_ERR_NO_ERROR;
         i++)
        if (!header_list_add(out, name, value, length))
            return false;
    return true;
}

/* By the message's timestamp, whatever its producer wrote there. */
static int64_t arrived_us(const rd_kafka_message_t *message)
{
    int64_t arrived_ms = rd_kafka_message_timestamp(message, NULL);

    return arrived_ms > 0 && arrived_ms < INT64_MAX / US_PER_MS ? arrived_ms * US_PER_MS : 0;
}

/* Has the end been reached that the mark waits for? A partition that may be another one by now has
 * reached nothing. */
static bool reach_end(struct reader *reader, struct assigned *assigned)
{
    int64_t low = 0;
    int64_t high = -1;

    if (assigned->unverified || !assigned->mark.has_end || assigned->position < assigned->mark.end)
        return false;
    if (rd_kafka_get_watermark_offsets(reader->client->kafka, reader->topic,
                                       assigned->origin.partition, &low,
                                       &high) != RD_KAFKA_RESP_ERR_NO_ERROR)
        high = -1;
    return read_mark_reach(&assigned->mark, assigned->position, high);
}

/* Kafka gives us what comes next. */
static void note_reading(struct reader *reader)
{
    reader->checking = false;
    outage_end(&reader->outage);
}

/* The message of this timestamp was taken, and perhaps an end reached. */
static void note_time(struct reader *reader, struct assigned *assigned, int64_t arrived_us)
{
    if (arrived_us > reader->wall_us)
        reader->wall_us = clock_ms(CLOCK_REALTIME) * US_PER_MS;
    if (assigned->first_us == 0)
        assigned->first_us = arrived_us;
    read_mark_note_message(&assigned->mark, arrived_us, reader->wall_us);
    reach_end(reader, assigned);
}

/* Adds a message that is ours. *added is false when the pipeline is full. */
static enum status add_message(struct reader *reader, const rd_kafka_message_t *kafka_message,
                               bool *added, struct error *error)
{
    struct assigned *assigned = assignment_find(&reader->assignment, kafka_message->partition);
    uint8_t fingerprint[FINGERPRINT_SIZE];
    bool admitted = false;
    enum status status;

    *added = true;
    if (assigned == NULL)
        return STATUS_OK;
    fingerprint_of(kafka_message, fingerprint);
    status = assignment_admit(assigned, kafka_message, fingerprint, &admitted, error);
    if (status != STATUS_OK || !admitted)
        return status;

    struct message message = {
        .origin = &assigned->origin,
        .offset = kafka_message->offset,
        .form = MESSAGE_EVENT,
        .key = {kafka_message->key, kafka_message->key_len},
        .value = {kafka_message->payload, kafka_message->len},
        .read_headers = read_headers,
        .native = kafka_message,
        .arrived_us = arrived_us(kafka_message),
    };
    enum pipeline_added result = pipeline_add(reader->pipeline, &message);

    /* It is not in order to die of a message. */
    assigned->is_tried = assigned->is_tried && result != PIPELINE_NO_MEMORY;
    if (result == PIPELINE_NO_MEMORY)
        return error_set(error, STATUS_FATAL,
                         "%s [%d]: out of memory for the message at offset %" PRId64, reader->topic,
                         kafka_message->partition, message.offset);
    *added = result == PIPELINE_ADDED;
    if (!*added)
        return STATUS_OK;
    assignment_note_message(assigned, message.offset, fingerprint);
    note_time(reader, assigned, message.arrived_us);
    pipeline_advance(reader->pipeline, &assigned->origin, message.offset + 1, message.offset,
                     fingerprint, assigned->mark.until_us);
    note_reading(reader);
    reader->messages++;
    return STATUS_OK;
}

/* At the end of a partition. What lies between the last message and the end (markers of
 * transactions, messages compacted away) holds no events: move behind it. */
static void note_end(struct reader *reader, struct assigned *assigned, int64_t offset)
{
    assignment_note_end(assigned, offset);
    note_reading(reader);
    if (reach_end(reader, assigned) || assigned->position > assigned->origin.stored)
        pipeline_advance(reader->pipeline, &assigned->origin, assigned->position, -1, NULL,
                         assigned->mark.until_us);
}

void reader_hear_ends(struct reader *reader)
{
    for (int i = 0; i < reader->assignment.count; i++) {
        struct origin *origin = &reader->assignment.partitions[i].origin;
        int64_t low = 0;
        int64_t high = -1;

        if (rd_kafka_get_watermark_offsets(reader->client->kafka, reader->topic, origin->partition,
                                           &low, &high) == RD_KAFKA_RESP_ERR_NO_ERROR &&
            high >= 0)
            origin->end_offset = high;
    }
}

void reader_note_ends(struct reader *reader)
{
    for (int i = 0; i < reader->assignment.count; i++) {
        struct assigned *assigned = &reader->assignment.partitions[i];

        if (reach_end(reader, assigned))
            pipeline_advance(reader->pipeline, &assigned->origin, assigned->position, -1, NULL,
                             assigned->mark.until_us);
    }
}

/* Takes the first message of the queue away; the caller destroys it. */
static rd_kafka_message_t *pop_queue(struct reader *reader)
{
    rd_kafka_message_t *first = reader->queue[0];

    reader->queued--;
    memmove(reader->queue, reader->queue + 1, (size_t)reader->queued * sizeof(reader->queue[0]));
    return first;
}

/* The partition can't be read. librdkafka gives up on damaged messages and goes on behind them;
 * nothing of what it hands out there may be taken, or what can't be read now is never read. So the
 * partition is left out for a while, and the others go on. All are assigned again from where we
 * are: in librdkafka 2.0.2 a seek does not get a partition out of every such state. */
static enum status back_off(struct reader *reader, struct assigned *assigned, const char *message,
                            const rd_kafka_message_t *event, struct error *error)
{
    assigned->backoff_ms *= 2;
    if (assigned->backoff_ms < BACKOFF_MIN_MS)
        assigned->backoff_ms = BACKOFF_MIN_MS;
    if (assigned->backoff_ms > BACKOFF_MAX_MS)
        assigned->backoff_ms = BACKOFF_MAX_MS;
    assigned->backoff_until_ms = now_ms() + assigned->backoff_ms;
    metrics_add(reader->metrics, METRIC_PARTITION_FAILURES, 1);
    log_write(reader->logger, LOG_LEVEL_ERROR, message, "topic", reader->topic,
              LOG_INT("partition", assigned->origin.partition), LOG_INT("from", assigned->position),
              "reason", rd_kafka_message_errstr(event), NULL);
    assignment_unverify(&reader->assignment);
    return assign(reader, error);
}

/* Tries the partitions again whose time is over. */
static enum status end_backoffs(struct reader *reader, struct error *error)
{
    struct assignment *assignment = &reader->assignment;
    bool due = false;

    for (int i = 0; i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];

        if (assigned->pause != PAUSE_NONE || assigned->backoff_until_ms == 0 ||
            assigned->backoff_until_ms > now_ms())
            continue;
        assigned->backoff_until_ms = 0;
        due = true;
    }
    if (!due)
        return STATUS_OK;
    assignment_unverify(assignment);
    return assign(reader, error);
}

/* The broker has not got the offset that librdkafka asked for. Behind damaged messages
 * librdkafka 2.0.2 asks for offsets that never were, so it is our position that is compared with
 * the topic.
 */
static enum status check_range(struct reader *reader, struct assigned *assigned,
                               const rd_kafka_message_t *event, struct error *error)
{
    int64_t low = 0;
    int64_t high = 0;
    enum status status = STATUS_OK;

    if (broker_query_watermarks(reader->client->kafka, reader->topic, event->partition, &low, &high,
                                error) == STATUS_OK)
        status = assignment_check_range(assigned, low, high, error);
    return status == STATUS_OK ? back_off(reader, assigned, UNREADABLE, event, error) : status;
}

static enum status note_client_ended(struct reader *reader, struct error *error)
{
    char reason[512];

    rd_kafka_fatal_error(reader->client->kafka, reason, sizeof(reason));
    reader->client_ended = true;
    return error_set(error, STATUS_FATAL, "Kafka: %s", reason);
}

static enum status handle_event(struct reader *reader, const rd_kafka_message_t *event,
                                struct error *error)
{
    struct assigned *assigned = assignment_find(&reader->assignment, event->partition);

    switch (event->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        if (assigned != NULL)
            note_end(reader, assigned, event->offset);
        return STATUS_OK;
    case RD_KAFKA_RESP_ERR__FATAL:
        return note_client_ended(reader, error);
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        return assigned == NULL ? STATUS_OK : check_range(reader, assigned, event, error);
    case RD_KAFKA_RESP_ERR__BAD_MSG:
        return assigned == NULL ? STATUS_OK : back_off(reader, assigned, DAMAGED, event, error);
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
        return assigned == NULL ? STATUS_OK : back_off(reader, assigned, TOO_LARGE, event, error);
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED: /* a compression that librdkafka was built without */
        return assigned == NULL ? STATUS_OK : back_off(reader, assigned, UNREADABLE, event, error);
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        reader->topic_gone = true;
        return STATUS_OK;
    default:
        /* Other errors than those of fetching name a partition, too: 0. */
        if (assigned != NULL && event->offset >= 0)
            return back_off(reader, assigned, UNREADABLE, event, error);
        outage_begin(&reader->outage, rd_kafka_message_errstr(event));
        return STATUS_OK;
    }
}

/* May the partitions be other ones than those that were assigned? When a topic is deleted and
 * created again, or a log cut off and filled again, librdkafka 2.0.2 asks for metadata, finds the
 * partition there as before, and goes on at an offset that means something else now, without a
 * word. So after metadata came, which it does every minute and at any error, and after time in
 * which we did not look or fetched nothing, the last message must be seen again before the next is
 * taken. */
static bool must_check(struct reader *reader, const rd_kafka_message_t *next)
{
    return (next->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
            next->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) &&
           !reader->checking &&
           (reader->check_requested || atomic_load(&reader->client->metadata_came));
}

/* Nothing is taken until then, so a check that is due soon after the last one waits. */
enum status reader_fetch_anew(struct reader *reader, struct error *error)
{
    clock_rest(reader->checked_at_ms + CHECK_INTERVAL_MS - now_ms());
    reader->checked_at_ms = now_ms();
    reader->checking = true;
    assignment_unverify(&reader->assignment);
    return assign(reader, error);
}

/* Handles what poll returned, in order, until the pipeline is full. An end of a partition waits for
 * the messages in front of it. */
static enum status handle_queue(struct reader *reader, struct error *error)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && reader->queued > 0) {
        bool added = true;

        if (must_check(reader, reader->queue[0]))
            return reader_fetch_anew(reader, error);
        if (reader->queue[0]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            status = add_message(reader, reader->queue[0], &added, error);
            if (!added)
                break;
            rd_kafka_message_destroy(pop_queue(reader));
        } else {
            /* Taken away first: an event may make the whole queue worthless. */
            rd_kafka_message_t *event = pop_queue(reader);

            status = handle_event(reader, event, error);
            rd_kafka_message_destroy(event);
        }
    }
    return status;
}

void reader_request_check(struct reader *reader)
{
    reader->check_requested = true;
}

static void notice_stall(struct reader *reader)
{
    int64_t now = now_ms();

    if (now - reader->awake_at_ms > STALL_MS)
        reader_request_check(reader);
    reader->awake_at_ms = now;
}

/* Puts the next message or event at the end of the queue. False: there was none. */
static bool poll_once(struct reader *reader, int timeout_ms)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(reader->client->kafka, timeout_ms);

    notice_stall(reader);
    if (message == NULL)
        return false;
    reader->heard_at_ms = reader->awake_at_ms;
    reader->queue[reader->queued++] = message;
    fetch_ahead_note_taken(&reader->ahead, message->len);
    return true;
}

/* Messages wait because the writer is busy: back-pressure. Short waits leave Kafka alone. */
static void wait_for_writer(struct reader *reader)
{
    int64_t now = now_ms();

    if (reader->blocked_since_ms == 0)
        reader->blocked_since_ms = now;
    if (now - reader->blocked_since_ms < PAUSE_AFTER_MS || reader->queued == READER_QUEUE_MAX) {
        pipeline_wait(reader->pipeline, POLL_MS);
        return;
    }
    if (!reader->paused)
        set_paused(reader, true);
    poll_once(reader, POLL_MS);
}

static enum status read_messages(struct reader *reader, struct error *error)
{
    enum status status = STATUS_OK;

    reader->blocked_since_ms = 0;
    if (reader->paused) {
        set_paused(reader, false);
        reader_request_check(reader);
    }
    for (int i = 0; i < BURST_MAX && status == STATUS_OK && reader->queued == 0; i++) {
        if (!poll_once(reader, i == 0 ? POLL_MS : 0))
            break;
        status = handle_queue(reader, error);
    }
    fetch_ahead_go_on(&reader->ahead, reader->client->kafka, &reader->assignment);
    return status;
}

enum status reader_read(struct reader *reader, struct error *error)
{
    enum status status;

    notice_stall(reader);
    status = end_backoffs(reader, error);
    if (status == STATUS_OK)
        status = handle_queue(reader, error);
    if (status != STATUS_OK)
        return status;
    if (reader->queued == 0)
        return read_messages(reader, error);
    wait_for_writer(reader);
    return STATUS_OK;
}
