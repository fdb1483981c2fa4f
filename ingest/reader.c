#include "ingest/reader.h"

#include <inttypes.h>
#include <string.h>

#include "ingest/cluster.h"
#include "kansen/clock.h"

/* One wait for a message: short enough that lingering batches and stops are noticed. */
#define POLL_MS 50

/* Messages that are read in a row before the regular work has its turn. */
#define BURST_MAX 256

/* While the writer is busy, the reader waits for it; after this time it pauses the partitions and
 * polls. */
#define PAUSE_AFTER_MS 1000

/* A partition that can't be read is left out for a second, then for twice as long each time: it
 * rarely heals at once, and the other partitions have to start anew with each try. */
#define LEFT_OUT_MIN_MS 1000
#define LEFT_OUT_MAX_MS 60000

/* A worker that was away for longer (stopped, or its machine suspended) looks at the last message
 * again: a topic is deleted, created and filled in 200 ms. The main loop rarely waits that long. */
#define STALL_MS (2 * POLL_MS)

/* Between two such looks: while one broker is away, librdkafka asks for metadata many times a
 * second, and each look throws away what was fetched ahead. */
#define LOOK_MS 100

#define DAMAGED "damaged messages, will be read again"
#define UNREADABLE "a partition can't be read, will be tried again"

/* What is kept of a message that is rejected for its size. Few brokers take larger ones, but a
 * small one may unpack to gigabytes, and PostgreSQL stores less than one. */
#define KEPT_MAX ((size_t)16 * 1024 * 1024)

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
        rd_kafka_pause_partitions(reader->kafka, list);
    else
        rd_kafka_resume_partitions(reader->kafka, list);
    rd_kafka_topic_partition_list_destroy(list);
    reader->paused = paused;
}

static void drop_held(struct reader *reader)
{
    for (int i = 0; i < reader->held_count; i++)
        rd_kafka_message_destroy(reader->held[i]);
    reader->held_count = 0;
    reader->blocked_since_ms = 0;
}

/* Reads our partitions from where we are, without those that are left out for a while. */
static enum status assign(struct reader *reader, struct error *error)
{
    const struct assignment *assignment = &reader->assignment;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(assignment->count);
    enum status status;

    drop_held(reader);
    for (int i = 0; i < assignment->count; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        if (assigned->left_out_until == 0)
            rd_kafka_topic_partition_list_add(list, assignment->topic, assigned->origin.partition)
                ->offset = assignment_start(assigned);
    }
    /* What comes now was asked for after this. */
    atomic_store(&reader->doubtful, false);
    status = assignment_fetch(reader->kafka, list, error);
    rd_kafka_topic_partition_list_destroy(list);
    return status;
}

enum status reader_start(struct reader *reader, struct error *error)
{
    if (reader->assignment.count > 0)
        reader->silence[0] = '\0';
    return assign(reader, error);
}

void reader_stop(struct reader *reader)
{
    pipeline_discard(reader->pipeline);
    assignment_calm(&reader->assignment, pipeline_sink(reader->pipeline));
    drop_held(reader);
    if (reader->paused)
        set_paused(reader, false);
    assignment_clear(&reader->assignment);
    reader->looking = false;
}

static struct slice keep(const void *data, size_t length)
{
    return (struct slice){data, length < KEPT_MAX ? length : KEPT_MAX};
}

/* Kafka gives us what comes next. */
static void note_reading(struct reader *reader)
{
    reader->looking = false;
    reader->silence[0] = '\0';
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
    assignment_fingerprint(kafka_message, fingerprint);
    status = assignment_admit(assigned, kafka_message, fingerprint, &admitted, error);
    if (status != STATUS_OK || !admitted)
        return status;

    struct message message = {
        .origin = &assigned->origin,
        .offset = kafka_message->offset,
        .key = keep(kafka_message->key, kafka_message->key_len),
        .value = keep(kafka_message->payload, kafka_message->len),
        .kafka = kafka_message,
    };
    const struct slice event_text = {kafka_message->payload, kafka_message->len};
    enum pipeline_added result = pipeline_add(reader->pipeline, &message, event_text);

    /* It is not in order to die of a message. */
    assigned->is_tried = assigned->is_tried && result != PIPELINE_NO_MEMORY;
    if (result == PIPELINE_NO_MEMORY)
        return error_set(error, STATUS_FATAL,
                         "%s [%d]: out of memory for the message at offset %" PRId64, reader->topic,
                         kafka_message->partition, message.offset);
    *added = result == PIPELINE_ADDED;
    if (!*added)
        return STATUS_OK;
    pipeline_advance(reader->pipeline, &assigned->origin, message.offset + 1, message.offset,
                     fingerprint);
    assignment_note_message(assigned, message.offset, fingerprint);
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
    if (assigned->expected > assigned->origin.stored)
        pipeline_advance(reader->pipeline, &assigned->origin, assigned->expected, -1, NULL);
}

/* Takes the first of the held messages away; the caller destroys it. */
static rd_kafka_message_t *pop_held(struct reader *reader)
{
    rd_kafka_message_t *first = reader->held[0];

    reader->held_count--;
    memmove(reader->held, reader->held + 1, (size_t)reader->held_count * sizeof(reader->held[0]));
    return first;
}

/* The partition can't be read. librdkafka gives up on damaged messages and goes on behind them;
 * nothing of what it hands out there may be taken, or what can't be read now is never read. So the
 * partition is left out for a while, and the others go on. All are assigned again from where we
 * are: in librdkafka 2.0.2 a seek does not get a partition out of every such state. */
static enum status leave_out(struct reader *reader, struct assigned *assigned, const char *message,
                             const rd_kafka_message_t *event, struct error *error)
{
    char partition[16];
    char offset[24];

    assigned->left_out_ms *= 2;
    if (assigned->left_out_ms < LEFT_OUT_MIN_MS)
        assigned->left_out_ms = LEFT_OUT_MIN_MS;
    if (assigned->left_out_ms > LEFT_OUT_MAX_MS)
        assigned->left_out_ms = LEFT_OUT_MAX_MS;
    assigned->left_out_until = now_ms() + assigned->left_out_ms;
    snprintf(partition, sizeof(partition), "%d", assigned->origin.partition);
    snprintf(offset, sizeof(offset), "%" PRId64, assigned->expected);
    log_write(reader->trouble->logger, LOG_LEVEL_ERROR, message, "topic", reader->topic,
              "partition", partition, "from", offset, "reason", rd_kafka_message_errstr(event),
              NULL);
    assignment_doubt(&reader->assignment);
    return assign(reader, error);
}

/* Tries the partitions again whose time is over. */
static enum status take_in(struct reader *reader, struct error *error)
{
    struct assignment *assignment = &reader->assignment;
    bool due = false;

    for (int i = 0; i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];

        if (assigned->wait != WAITS_NOT || assigned->left_out_until == 0 ||
            assigned->left_out_until > now_ms())
            continue;
        assigned->left_out_until = 0;
        due = true;
    }
    if (!due)
        return STATUS_OK;
    assignment_doubt(assignment);
    return assign(reader, error);
}

/* The broker has not got the offset that librdkafka asked for. Behind damaged messages
 * librdkafka 2.0.2 asks for offsets that never were, so it is ours that is held against the topic.
 */
static enum status check_range(struct reader *reader, struct assigned *assigned,
                               const rd_kafka_message_t *event, struct error *error)
{
    int64_t low = 0;
    int64_t high = 0;
    enum status status = STATUS_OK;

    if (cluster_query_watermarks(reader->kafka, reader->topic, event->partition, &low, &high,
                                 error) == STATUS_OK)
        status = assignment_check_range(assigned, low, high, error);
    return status == STATUS_OK ? leave_out(reader, assigned, UNREADABLE, event, error) : status;
}

static enum status note_client_ended(struct reader *reader, struct error *error)
{
    char reason[512];

    rd_kafka_fatal_error(reader->kafka, reason, sizeof(reason));
    reader->client_ended = true;
    return error_set(error, STATUS_FATAL, "Kafka: %s", reason);
}

void reader_log_silence(struct reader *reader)
{
    if (reader->silence[0] != '\0')
        trouble_log(reader->trouble, "Kafka", reader->silence);
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
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED: /* a compression that librdkafka was built without */
        return assigned == NULL ? STATUS_OK : leave_out(reader, assigned, DAMAGED, event, error);
    default:
        /* Other errors than those of fetching name a partition, too: 0. */
        if (assigned != NULL && event->offset >= 0)
            return leave_out(reader, assigned, UNREADABLE, event, error);
        snprintf(reader->silence, sizeof(reader->silence), "%s", rd_kafka_message_errstr(event));
        reader_log_silence(reader);
        return STATUS_OK;
    }
}

/* May the partitions be other ones than those that were assigned? When a topic is deleted and
 * created again, or a log cut off and filled again, librdkafka 2.0.2 asks for metadata, finds the
 * partition there as before, and goes on at an offset that means something else now, without a
 * word. So after metadata came, which it does every minute and at any trouble, and after time in
 * which we did not look or fetched nothing, the last message must be seen again before the next is
 * taken. */
static bool is_doubtful(struct reader *reader, const rd_kafka_message_t *next)
{
    return (next->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
            next->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) &&
           !reader->looking && atomic_load(&reader->doubtful);
}

/* Nothing is taken until then, so a doubt that comes soon after the last look waits. */
static enum status look_again(struct reader *reader, struct error *error)
{
    clock_rest(reader->looked_at_ms + LOOK_MS - now_ms());
    reader->looked_at_ms = now_ms();
    reader->looking = true;
    assignment_doubt(&reader->assignment);
    return assign(reader, error);
}

/* Handles what poll returned, in order, until the pipeline is full. An end of a partition waits for
 * the messages in front of it. */
static enum status handle_held(struct reader *reader, struct error *error)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && reader->held_count > 0) {
        bool added = true;

        if (is_doubtful(reader, reader->held[0]))
            return look_again(reader, error);
        if (reader->held[0]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            status = add_message(reader, reader->held[0], &added, error);
            if (!added)
                break;
            rd_kafka_message_destroy(pop_held(reader));
        } else {
            /* Taken away first: an event may make all that is held worthless. */
            rd_kafka_message_t *event = pop_held(reader);

            status = handle_event(reader, event, error);
            rd_kafka_message_destroy(event);
        }
    }
    return status;
}

void reader_doubt(struct reader *reader)
{
    atomic_store(&reader->doubtful, true);
}

static void notice_stall(struct reader *reader)
{
    int64_t now = now_ms();

    if (now - reader->awake_at_ms > STALL_MS)
        reader_doubt(reader);
    reader->awake_at_ms = now;
}

/* Puts the next message or event behind those that are held. False: there was none. */
static bool poll_once(struct reader *reader, int timeout_ms)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(reader->kafka, timeout_ms);

    notice_stall(reader);
    if (message == NULL)
        return false;
    reader->held[reader->held_count++] = message;
    fetch_ahead_note_taken(&reader->ahead, message->len);
    return true;
}

/* Messages wait because the writer is busy: back-pressure. Short waits leave Kafka alone. */
static void wait_for_writer(struct reader *reader)
{
    int64_t now = now_ms();

    if (reader->blocked_since_ms == 0)
        reader->blocked_since_ms = now;
    if (now - reader->blocked_since_ms < PAUSE_AFTER_MS || reader->held_count == READER_HELD_MAX) {
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
        reader_doubt(reader);
    }
    for (int i = 0; i < BURST_MAX && status == STATUS_OK && reader->held_count == 0; i++) {
        if (!poll_once(reader, i == 0 ? POLL_MS : 0))
            break;
        status = handle_held(reader, error);
    }
    fetch_ahead_go_on(&reader->ahead, reader->kafka, &reader->assignment);
    return status;
}

enum status reader_read(struct reader *reader, struct error *error)
{
    enum status status;

    notice_stall(reader);
    status = take_in(reader, error);
    if (status == STATUS_OK)
        status = handle_held(reader, error);
    if (status != STATUS_OK)
        return status;
    if (reader->held_count == 0)
        return read_messages(reader, error);
    wait_for_writer(reader);
    return STATUS_OK;
}
