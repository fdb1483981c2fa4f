#include "ingest/consumer.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>

#include "ingest/assignment.h"
#include "ingest/breaker.h"
#include "ingest/fetch_ahead.h"
#include "ingest/kafka_properties.h"

/* One wait for a message: short enough that lingering batches and stops are noticed. */
#define POLL_MS 50

/* Messages that are read in a row before the regular work has its turn. */
#define BURST_MAX 256

/* While the writer is busy, the consumer waits for it; after this time it pauses the partitions and
 * polls, so that the group does not take it for dead. */
#define PAUSE_AFTER_MS 1000

/* Messages that librdkafka had handed out already when the partitions were paused. */
#define HELD_MAX 1024

/* Between two attempts to take partitions, and two log lines about the same trouble. */
#define RETRY_MS 1000
#define TROUBLE_MS 5000

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

/* Kafka's number of the metadata request. */
#define API_METADATA 3

/* Between two copies of the offsets to Kafka, two looks at our rows, two looks at the end, two
 * progress lines. */
#define COMMIT_MS 1000
#define OURS_CHECK_MS 5000
#define END_CHECK_MS 200
#define SHOW_MS 200

/* For what was read to be stored when partitions are revoked, or at the end. librdkafka's
 * max.poll.interval.ms (5 minutes) is the limit of both. */
#define REVOKE_DRAIN_MS 10000
#define STOP_DRAIN_MS 30000
#define END_DRAIN_MS 1000

/* For a broker to answer at the start: with --until-end somebody is waiting for an end. */
#define BROKER_TIMEOUT_MS 5000
#define UNTIL_END_BROKER_ATTEMPTS 6

struct consumer {
    const struct consumer_settings *settings;
    const struct logger *logger;
    struct pipeline *pipeline;
    rd_kafka_t *kafka;
    char *cluster;
    char owner[300];
    bool is_static; /* a static member of the group: group.instance.id */
    struct assignment assignment;
    rd_kafka_topic_partition_list_t *pending; /* given by the group, not yet taken */
    bool joined;                              /* the group has told us our part, if only none */
    bool forgotten;                           /* by the group, while we had no part in it */
    atomic_bool doubtful;               /* see is_doubtful; threads of librdkafka set it, too */
    rd_kafka_message_t *held[HELD_MAX]; /* polled, not yet handled; in order */
    int held_count;
    int64_t blocked_since_ms; /* 0: the pipeline takes messages */
    bool paused;
    int64_t *ends; /* of every partition of the topic, when until_end */
    int32_t end_count;
    int64_t retry_at_ms;
    int64_t trouble_at_ms;
    char trouble[512]; /* why Kafka gives us nothing; "": it does */
    int64_t committed_at_ms;
    int64_t ours_checked_at_ms;
    int64_t checked_at_ms;
    int64_t shown_at_ms;
    int64_t awake_at_ms;
    int64_t looked_at_ms;
    bool looking; /* again, and not yet at what comes next: seeing it takes a while, perhaps */
    struct fetch_ahead ahead;
    struct consumer_progress progress;
};

static int64_t now_ms(void)
{
    struct timespec now;

    /* Goes on while the machine is suspended. */
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_due(int64_t *last_ms, int64_t interval_ms)
{
    int64_t now = now_ms();

    if (now - *last_ms < interval_ms)
        return false;
    *last_ms = now;
    return true;
}

/* Before something is tried again that nothing else waits for. */
static void rest(int64_t ms)
{
    if (ms > 0)
        nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Says what is wrong, but not the same thing a thousand times a second. */
static void log_trouble(struct consumer *consumer, const char *message, const char *reason)
{
    int64_t now = now_ms();

    if (now - consumer->trouble_at_ms < TROUBLE_MS)
        return;
    consumer->trouble_at_ms = now;
    log_write(consumer->logger, LOG_LEVEL_WARNING, message, "topic", consumer->settings->topic,
              "reason", reason, NULL);
}

/* ---- partitions come and go */

static rd_kafka_topic_partition_list_t *list_partitions(const struct assignment *assignment)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(assignment->count);

    for (int i = 0; i < assignment->count; i++)
        rd_kafka_topic_partition_list_add(list, assignment->topic,
                                          assignment->partitions[i].origin.partition);
    return list;
}

/* All of ours, also those that are left out for a while: librdkafka keeps a partition paused over
 * its loss and return. */
static void set_paused(struct consumer *consumer, bool paused)
{
    rd_kafka_topic_partition_list_t *list = list_partitions(&consumer->assignment);

    if (paused)
        rd_kafka_pause_partitions(consumer->kafka, list);
    else
        rd_kafka_resume_partitions(consumer->kafka, list);
    rd_kafka_topic_partition_list_destroy(list);
    consumer->paused = paused;
}

static void drop_held(struct consumer *consumer)
{
    for (int i = 0; i < consumer->held_count; i++)
        rd_kafka_message_destroy(consumer->held[i]);
    consumer->held_count = 0;
    consumer->blocked_since_ms = 0;
}

/* Forgets all partitions. What is not stored is dropped: whoever takes them reads it again. */
static void drop_assignment(struct consumer *consumer)
{
    pipeline_discard(consumer->pipeline);
    assignment_calm(&consumer->assignment, pipeline_sink(consumer->pipeline));
    drop_held(consumer);
    if (consumer->paused)
        set_paused(consumer, false);
    assignment_clear(&consumer->assignment);
    consumer->looking = false;
    if (consumer->pending != NULL)
        rd_kafka_topic_partition_list_destroy(consumer->pending);
    consumer->pending = NULL;
}

/* Partitions are only noted here and taken by the main loop, which can wait for PostgreSQL and
 * still answer the group. */
static void on_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t event,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct consumer *consumer = opaque;

    if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        drop_assignment(consumer);
        consumer->pending = rd_kafka_topic_partition_list_copy(partitions);
        consumer->retry_at_ms = 0;
    } else {
        /* When the group has given them to somebody else already, storing would only be refused. */
        if (!rd_kafka_assignment_lost(kafka))
            pipeline_drain(consumer->pipeline, REVOKE_DRAIN_MS);
        drop_assignment(consumer);
        consumer->joined = false;
    }
    rd_kafka_assign(kafka, NULL);
}

static struct offsets_reader reader_of(const struct consumer *consumer)
{
    return (struct offsets_reader){consumer->cluster, consumer->settings->group,
                                   consumer->settings->topic, consumer->owner};
}

/* Reads our partitions from where we are, without those that are left out for a while. */
static enum status assign(struct consumer *consumer, struct error *error)
{
    const struct assignment *assignment = &consumer->assignment;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(assignment->count);
    rd_kafka_resp_err_t failure;

    drop_held(consumer);
    for (int i = 0; i < assignment->count; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        if (assigned->left_out_until == 0)
            rd_kafka_topic_partition_list_add(list, assignment->topic, assigned->origin.partition)
                ->offset = assignment_start(assigned);
    }
    /* What comes now was asked for after this. */
    atomic_store(&consumer->doubtful, false);
    failure = rd_kafka_assign(consumer->kafka, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        return error_set(error, STATUS_FATAL, "assigning partitions: %s",
                         rd_kafka_err2str(failure));
    return STATUS_OK;
}

static enum status take_pending(struct consumer *consumer, struct error *error)
{
    const struct offsets_reader reader = reader_of(consumer);
    enum status status =
        assignment_take(&consumer->assignment, consumer->kafka, pipeline_sink(consumer->pipeline),
                        &reader, consumer->pending, consumer->logger, now_ms(), error);

    if (status == STATUS_RETRY) {
        log_trouble(consumer, "can't take partitions yet", error->message);
        consumer->retry_at_ms = now_ms() + RETRY_MS;
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    rd_kafka_topic_partition_list_destroy(consumer->pending);
    consumer->pending = NULL;
    consumer->joined = true;
    if (consumer->assignment.count > 0)
        consumer->trouble[0] = '\0';
    return assign(consumer, error);
}

static enum status subscribe(struct consumer *consumer, struct error *error)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_resp_err_t failure;

    rd_kafka_topic_partition_list_add(topics, consumer->settings->topic, RD_KAFKA_PARTITION_UA);
    failure = rd_kafka_subscribe(consumer->kafka, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        return error_set(error, STATUS_REJECT, "topic %s: %s", consumer->settings->topic,
                         rd_kafka_err2str(failure));
    return STATUS_OK;
}

/* The database says that a partition has another owner, or that time went back (a standby took
 * over). Either way only a new assignment tells where we stand. */
static enum status rejoin(struct consumer *consumer, struct error *error)
{
    log_write(consumer->logger, LOG_LEVEL_WARNING, "a partition is no longer ours, joining anew",
              "topic", consumer->settings->topic, NULL);
    drop_assignment(consumer);
    rd_kafka_unsubscribe(consumer->kafka);
    return subscribe(consumer, error);
}

/* ---- messages */

static struct slice keep(const void *data, size_t length)
{
    return (struct slice){data, length < KEPT_MAX ? length : KEPT_MAX};
}

/* Kafka gives us what comes next. */
static void note_reading(struct consumer *consumer)
{
    consumer->looking = false;
    consumer->trouble[0] = '\0';
}

/* Adds a message that is ours. *added is false when the pipeline is full. */
static enum status add_message(struct consumer *consumer, const rd_kafka_message_t *kafka_message,
                               bool *added, struct error *error)
{
    struct assigned *assigned = assignment_find(&consumer->assignment, kafka_message->partition);
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
    enum pipeline_added result = pipeline_add(consumer->pipeline, &message, event_text);

    /* It is not in order to die of a message. */
    assigned->is_tried = assigned->is_tried && result != PIPELINE_NO_MEMORY;
    if (result == PIPELINE_NO_MEMORY)
        return error_set(error, STATUS_FATAL,
                         "%s [%d]: out of memory for the message at offset %" PRId64,
                         consumer->settings->topic, kafka_message->partition, message.offset);
    *added = result == PIPELINE_ADDED;
    if (!*added)
        return STATUS_OK;
    pipeline_advance(consumer->pipeline, &assigned->origin, message.offset + 1, message.offset,
                     fingerprint);
    assignment_note_message(assigned, message.offset, fingerprint);
    note_reading(consumer);
    consumer->progress.messages++;
    return STATUS_OK;
}

/* At the end of a partition. What lies between the last message and the end (markers of
 * transactions, messages compacted away) holds no events: move behind it. */
static void note_end(struct consumer *consumer, struct assigned *assigned, int64_t offset)
{
    assignment_note_end(assigned, offset);
    note_reading(consumer);
    if (assigned->expected > assigned->origin.stored)
        pipeline_advance(consumer->pipeline, &assigned->origin, assigned->expected, -1, NULL);
}

/* Takes the first of the held messages away; the caller destroys it. */
static rd_kafka_message_t *pop_held(struct consumer *consumer)
{
    rd_kafka_message_t *first = consumer->held[0];

    consumer->held_count--;
    memmove(consumer->held, consumer->held + 1,
            (size_t)consumer->held_count * sizeof(consumer->held[0]));
    return first;
}

/* The partition can't be read. librdkafka gives up on damaged messages and goes on behind them;
 * nothing of what it hands out there may be taken, or what can't be read now is never read. So the
 * partition is left out for a while, and the others go on. All are assigned again from where we
 * are: in librdkafka 2.0.2 a seek does not get a partition out of every such state. */
static enum status leave_out(struct consumer *consumer, struct assigned *assigned,
                             const char *message, const rd_kafka_message_t *event,
                             struct error *error)
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
    log_write(consumer->logger, LOG_LEVEL_ERROR, message, "topic", consumer->settings->topic,
              "partition", partition, "from", offset, "reason", rd_kafka_message_errstr(event),
              NULL);
    assignment_doubt(&consumer->assignment);
    return assign(consumer, error);
}

/* Tries the partitions again whose time is over. */
static enum status take_in(struct consumer *consumer, struct error *error)
{
    struct assignment *assignment = &consumer->assignment;
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
    return assign(consumer, error);
}

/* Takes the same partitions again when one that was left out by the breaker may be read. */
static enum status take_anew(struct consumer *consumer, struct error *error)
{
    const struct assignment *assignment = &consumer->assignment;
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_resp_err_t failure;

    if (!breaker_is_due(assignment, now_ms()) || !pipeline_drain(consumer->pipeline, END_DRAIN_MS))
        return STATUS_OK;
    list = list_partitions(assignment);
    drop_assignment(consumer);
    consumer->pending = list;
    /* Nothing is read until they are taken. */
    failure = rd_kafka_assign(consumer->kafka, NULL);
    if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        return error_set(error, STATUS_FATAL, "assigning partitions: %s",
                         rd_kafka_err2str(failure));
    return STATUS_OK;
}

/* The broker has not got the offset that librdkafka asked for. Behind damaged messages
 * librdkafka 2.0.2 asks for offsets that never were, so it is ours that is held against the topic.
 */
static enum status check_range(struct consumer *consumer, struct assigned *assigned,
                               const rd_kafka_message_t *event, struct error *error)
{
    int64_t low = 0;
    int64_t high = 0;
    enum status status = STATUS_OK;

    if (rd_kafka_query_watermark_offsets(consumer->kafka, consumer->settings->topic,
                                         event->partition, &low, &high,
                                         BROKER_TIMEOUT_MS) == RD_KAFKA_RESP_ERR_NO_ERROR)
        status = assignment_check_range(assigned, low, high, error);
    return status == STATUS_OK ? leave_out(consumer, assigned, UNREADABLE, event, error) : status;
}

/* The client of librdkafka has ended itself. A static member is fenced when a younger one took its
 * place; and when the group's coordinator died between giving it an id and writing that down, so
 * that its successor only knows the member's former life; and when librdkafka let its session time
 * out and sends one more request without an id. Who has no part in the group at that moment takes
 * nobody's place, and may join again. */
static enum status handle_fatal(struct consumer *consumer, struct error *error)
{
    char reason[512];
    rd_kafka_resp_err_t failure = rd_kafka_fatal_error(consumer->kafka, reason, sizeof(reason));

    consumer->forgotten = failure == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID && !consumer->joined;
    if (!consumer->forgotten)
        return error_set(error, STATUS_FATAL, "Kafka: %s", reason);
    log_write(consumer->logger, LOG_LEVEL_WARNING, "the group forgot us, joining again", "group",
              consumer->settings->group, "reason", reason, NULL);
    return STATUS_OK;
}

static enum status handle_event(struct consumer *consumer, const rd_kafka_message_t *event,
                                struct error *error)
{
    struct assigned *assigned = assignment_find(&consumer->assignment, event->partition);

    switch (event->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        if (assigned != NULL)
            note_end(consumer, assigned, event->offset);
        return STATUS_OK;
    case RD_KAFKA_RESP_ERR__FATAL:
        return handle_fatal(consumer, error);
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        return assigned == NULL ? STATUS_OK : check_range(consumer, assigned, event, error);
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED: /* a compression that librdkafka was built without */
        return assigned == NULL ? STATUS_OK : leave_out(consumer, assigned, DAMAGED, event, error);
    default:
        /* Other errors than those of fetching name a partition, too: 0. */
        if (assigned != NULL && event->offset >= 0)
            return leave_out(consumer, assigned, UNREADABLE, event, error);
        snprintf(consumer->trouble, sizeof(consumer->trouble), "%s",
                 rd_kafka_message_errstr(event));
        log_trouble(consumer, "Kafka", consumer->trouble);
        return STATUS_OK;
    }
}

/* May the partitions be other ones than those that were assigned? When a topic is deleted and
 * created again, or a log cut off and filled again, librdkafka 2.0.2 asks for metadata, finds the
 * partition there as before, and goes on at an offset that means something else now, without a
 * word. So after metadata came, which it does every minute and at any trouble, and after time in
 * which we did not look or fetched nothing, the last message must be seen again before the next is
 * taken. */
static bool is_doubtful(struct consumer *consumer, const rd_kafka_message_t *next)
{
    return (next->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
            next->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) &&
           !consumer->looking && atomic_load(&consumer->doubtful);
}

/* Nothing is taken until then, so a doubt that comes soon after the last look waits. */
static enum status look_again(struct consumer *consumer, struct error *error)
{
    rest(consumer->looked_at_ms + LOOK_MS - now_ms());
    consumer->looked_at_ms = now_ms();
    consumer->looking = true;
    assignment_doubt(&consumer->assignment);
    return assign(consumer, error);
}

/* Handles what poll returned, in order, until the pipeline is full. An end of a partition waits for
 * the messages in front of it. */
static enum status handle_held(struct consumer *consumer, struct error *error)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && consumer->held_count > 0) {
        bool added = true;

        if (is_doubtful(consumer, consumer->held[0]))
            return look_again(consumer, error);
        if (consumer->held[0]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            status = add_message(consumer, consumer->held[0], &added, error);
            if (!added)
                break;
            rd_kafka_message_destroy(pop_held(consumer));
        } else {
            /* Taken away first: an event may make all that is held worthless. */
            rd_kafka_message_t *event = pop_held(consumer);

            status = handle_event(consumer, event, error);
            rd_kafka_message_destroy(event);
        }
    }
    return status;
}

static void notice_stall(struct consumer *consumer)
{
    int64_t now = now_ms();

    if (now - consumer->awake_at_ms > STALL_MS)
        atomic_store(&consumer->doubtful, true);
    consumer->awake_at_ms = now;
}

/* Puts the next message or event behind those that are held. False: there was none. */
static bool poll_once(struct consumer *consumer, int timeout_ms)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->kafka, timeout_ms);

    notice_stall(consumer);
    if (message == NULL)
        return false;
    consumer->held[consumer->held_count++] = message;
    fetch_ahead_note_taken(&consumer->ahead, message->len);
    return true;
}

/* Messages wait because the writer is busy: back-pressure. Short waits leave Kafka alone. */
static void wait_for_writer(struct consumer *consumer)
{
    int64_t now = now_ms();

    if (consumer->blocked_since_ms == 0)
        consumer->blocked_since_ms = now;
    if (now - consumer->blocked_since_ms < PAUSE_AFTER_MS || consumer->held_count == HELD_MAX) {
        pipeline_wait(consumer->pipeline, POLL_MS);
        return;
    }
    if (!consumer->paused)
        set_paused(consumer, true);
    poll_once(consumer, POLL_MS);
}

static enum status read_messages(struct consumer *consumer, struct error *error)
{
    enum status status = handle_held(consumer, error);

    if (status != STATUS_OK)
        return status;
    if (consumer->held_count > 0) {
        wait_for_writer(consumer);
        return STATUS_OK;
    }
    consumer->blocked_since_ms = 0;
    if (consumer->paused) {
        set_paused(consumer, false);
        atomic_store(&consumer->doubtful, true);
    }
    for (int i = 0; i < BURST_MAX && status == STATUS_OK && consumer->held_count == 0; i++) {
        if (!poll_once(consumer, i == 0 ? POLL_MS : 0))
            break;
        status = handle_held(consumer, error);
    }
    fetch_ahead_go_on(&consumer->ahead, consumer->kafka, &consumer->assignment);
    return status;
}

/* ---- regular work */

/* Copies the stored offsets to Kafka, for tools that show the lag. Nothing depends on them. */
static void tell_kafka(struct consumer *consumer, bool wait)
{
    struct assignment *assignment = &consumer->assignment;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(assignment->count);

    for (int i = 0; i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];
        int64_t stored = assigned->origin.stored;

        if (stored == assigned->told_kafka)
            continue;
        assigned->told_kafka = stored;
        rd_kafka_topic_partition_list_add(list, assignment->topic, assigned->origin.partition)
            ->offset = stored;
    }
    if (list->cnt > 0)
        rd_kafka_commit(consumer->kafka, list, !wait);
    rd_kafka_topic_partition_list_destroy(list);
}

static void show(struct consumer *consumer)
{
    const struct assignment *assignment = &consumer->assignment;
    struct consumer_progress *progress = &consumer->progress;

    if (consumer->settings->show == NULL)
        return;
    progress->left = 0;
    progress->partitions = assignment->count;
    progress->waiting = consumer->paused;
    for (int i = 0; i < assignment->count && progress->left >= 0; i++) {
        const struct assigned *assigned = &assignment->partitions[i];
        int64_t low = 0;
        int64_t high = 0;

        if (rd_kafka_get_watermark_offsets(consumer->kafka, assignment->topic,
                                           assigned->origin.partition, &low,
                                           &high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
            high < 0)
            progress->left = -1;
        else if (high > assigned->expected)
            progress->left += high - assigned->expected;
    }
    consumer->settings->show(consumer->settings->context, progress);
}

/* Have our partitions been stored up to where they ended at the start? A partition that is stored
 * that far may still be another one by now. */
static bool have_reached_ends(const struct consumer *consumer)
{
    const struct assignment *assignment = &consumer->assignment;

    for (int i = 0; i < assignment->count; i++) {
        const struct origin *origin = &assignment->partitions[i].origin;

        if (assignment->partitions[i].doubted)
            return false;
        if (origin->partition < consumer->end_count &&
            origin->stored < consumer->ends[origin->partition])
            return false;
    }
    return true;
}

/* Has the whole topic been stored, by us and the others? More may arrive all the time, so the
 * writer is waited for, to be able to ask. */
static enum status check_end(struct consumer *consumer, bool *reached, struct error *error)
{
    const struct offsets_reader reader = reader_of(consumer);
    enum status status;

    if (!consumer->settings->until_end || !consumer->joined || consumer->pending != NULL ||
        !have_reached_ends(consumer) || !pipeline_drain(consumer->pipeline, END_DRAIN_MS))
        return STATUS_OK;
    status = sink_has_reached(pipeline_sink(consumer->pipeline), &reader, consumer->ends,
                              consumer->end_count, reached, error);
    /* PostgreSQL may come back. */
    return status == STATUS_RETRY ? STATUS_OK : status;
}

/* A partition without new messages has no batch that would find out what became of its row: is it
 * still ours, and has the database kept what it had committed? */
static enum status check_ours(struct consumer *consumer, struct error *error)
{
    bool ours = true;
    enum status status;

    if (consumer->assignment.count == 0 || !is_due(&consumer->ours_checked_at_ms, OURS_CHECK_MS))
        return STATUS_OK;
    status =
        assignment_is_ours(&consumer->assignment, pipeline_sink(consumer->pipeline), &ours, error);
    if (status == STATUS_RETRY) {
        log_trouble(consumer, "PostgreSQL doesn't answer", error->message);
        return STATUS_OK;
    }
    return status == STATUS_OK && !ours ? rejoin(consumer, error) : status;
}

static enum status do_regular_work(struct consumer *consumer, bool *reached, struct error *error)
{
    pipeline_tick(consumer->pipeline);
    /* A commit that waits for a new coordinator while the session times out goes there without our
     * member id. From a static member Kafka takes that for a second one of its name, which is the
     * end of librdkafka's client. It is only a copy, so static members make it when they stop. */
    if (!consumer->is_static && is_due(&consumer->committed_at_ms, COMMIT_MS))
        tell_kafka(consumer, false);
    if (is_due(&consumer->shown_at_ms, SHOW_MS))
        show(consumer);
    /* librdkafka says once that a topic is missing, or not for us. */
    if (consumer->trouble[0] != '\0')
        log_trouble(consumer, "Kafka", consumer->trouble);
    if (is_due(&consumer->checked_at_ms, END_CHECK_MS))
        return check_end(consumer, reached, error);
    return STATUS_OK;
}

static enum status step(struct consumer *consumer, bool *reached, struct error *error)
{
    enum writer_state state = pipeline_state(consumer->pipeline);
    enum status status = STATUS_OK;

    notice_stall(consumer);
    if (state == WRITER_FAILED)
        return pipeline_failure(consumer->pipeline, error);
    if (state == WRITER_LOST)
        status = rejoin(consumer, error);
    if (status == STATUS_OK && consumer->pending != NULL && now_ms() >= consumer->retry_at_ms)
        status = take_pending(consumer, error);
    /* Here, and not behind the messages: under load the writer is idle at no other place. */
    if (status == STATUS_OK && state == WRITER_IDLE)
        status = check_ours(consumer, error);
    if (status == STATUS_OK)
        status = take_in(consumer, error);
    if (status == STATUS_OK)
        status = take_anew(consumer, error);
    if (status == STATUS_OK)
        status = read_messages(consumer, error);
    if (status == STATUS_OK)
        status = do_regular_work(consumer, reached, error);
    return status;
}

/* ---- start and end */

static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *text)
{
    struct consumer *consumer = rd_kafka_opaque(kafka);

    /* syslog's levels: 3 is an error. */
    log_write(consumer->logger, level <= 3 ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "librdkafka",
              "facility", facility, "text", text, NULL);
}

/* In a thread of librdkafka. */
static rd_kafka_resp_err_t on_response(rd_kafka_t *kafka, int socket, const char *broker,
                                       int32_t broker_id, int16_t api, int16_t version, int32_t id,
                                       size_t size, int64_t round_trip_us, rd_kafka_resp_err_t err,
                                       void *opaque)
{
    struct consumer *consumer = opaque;

    (void)kafka, (void)socket, (void)broker, (void)broker_id, (void)version, (void)id;
    (void)size, (void)round_trip_us, (void)err;
    if (api == API_METADATA)
        atomic_store(&consumer->doubtful, true);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *kafka, const rd_kafka_conf_t *conf, void *opaque,
                                  char *why, size_t why_size)
{
    (void)conf, (void)why, (void)why_size;
    return rd_kafka_interceptor_add_on_response_received(kafka, "kansen", on_response, opaque);
}

static bool has_instance_id(rd_kafka_t *kafka)
{
    size_t size = 0; /* with the terminating byte */

    return rd_kafka_conf_get(rd_kafka_conf(kafka), "group.instance.id", NULL, &size) ==
               RD_KAFKA_CONF_OK &&
           size > 1;
}

static enum status create_client(struct consumer *consumer, struct error *error)
{
    const struct consumer_settings *settings = consumer->settings;
    const struct kafka_properties properties = {settings->brokers, settings->group,
                                                settings->properties, settings->property_count};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[512];
    enum status status = kafka_properties_apply(conf, &properties, error);

    if (status != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    rd_kafka_conf_set_opaque(conf, consumer);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_interceptor_add_on_new(conf, "kansen", on_new, consumer);
    consumer->kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof(why));
    if (consumer->kafka == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(error, STATUS_REJECT, "Kafka: %s", why);
    }
    consumer->is_static = has_instance_id(consumer->kafka);
    rd_kafka_poll_set_consumer(consumer->kafka);
    return STATUS_OK;
}

/* The cluster's id, NULL when no broker answers. rd_kafka_clusterid alone only waits for an answer
 * to somebody's question, which librdkafka asks up to a second later. */
static char *ask_cluster(rd_kafka_t *kafka)
{
    const struct rd_kafka_metadata *metadata = NULL;

    if (rd_kafka_metadata(kafka, 0, NULL, &metadata, BROKER_TIMEOUT_MS) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
        return NULL;
    rd_kafka_metadata_destroy(metadata);
    return rd_kafka_clusterid(kafka, BROKER_TIMEOUT_MS);
}

/* Without an answer a worker waits for the brokers, as long as it takes; a run until the end gives
 * up after half a minute. */
static enum status wait_for_cluster(struct consumer *consumer, struct error *error)
{
    const struct consumer_settings *settings = consumer->settings;

    for (int attempt = 0; consumer->cluster == NULL && !*settings->stop; attempt++) {
        if (settings->until_end && attempt == UNTIL_END_BROKER_ATTEMPTS)
            return error_set(error, STATUS_RETRY, "no answer from the Kafka brokers %s",
                             settings->brokers);
        if (attempt > 0)
            log_trouble(consumer, "no answer from the Kafka brokers, waiting", settings->brokers);
        consumer->cluster = ask_cluster(consumer->kafka);
    }
    return STATUS_OK;
}

static enum status count_partitions(struct consumer *consumer, struct error *error)
{
    const char *name = consumer->settings->topic;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(consumer->kafka, name, NULL);
    const struct rd_kafka_metadata *metadata = NULL;
    enum status status = STATUS_OK;
    rd_kafka_resp_err_t failure =
        topic == NULL ? rd_kafka_last_error()
                      : rd_kafka_metadata(consumer->kafka, 0, topic, &metadata, BROKER_TIMEOUT_MS);

    if (failure == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1)
        failure = metadata->topics[0].err;
    if (failure == RD_KAFKA_RESP_ERR__TIMED_OUT || failure == RD_KAFKA_RESP_ERR__TRANSPORT)
        status = error_set(error, STATUS_RETRY, "topic %s: %s", name, rd_kafka_err2str(failure));
    else if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        status = error_set(error, STATUS_REJECT, "topic %s: %s", name, rd_kafka_err2str(failure));
    else
        consumer->end_count = metadata->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    if (topic != NULL)
        rd_kafka_topic_destroy(topic);
    return status;
}

/* Asks again for a while: a partition whose leader has just changed has an end all the same. */
static rd_kafka_resp_err_t query_end(const struct consumer *consumer, int32_t partition,
                                     int64_t *end)
{
    rd_kafka_resp_err_t failure = RD_KAFKA_RESP_ERR__TIMED_OUT;
    int64_t low = 0;

    for (int attempt = 0; attempt < UNTIL_END_BROKER_ATTEMPTS; attempt++) {
        if (attempt > 0)
            rest(RETRY_MS);
        failure = rd_kafka_query_watermark_offsets(consumer->kafka, consumer->settings->topic,
                                                   partition, &low, end, BROKER_TIMEOUT_MS);
        if (failure == RD_KAFKA_RESP_ERR_NO_ERROR || *consumer->settings->stop)
            break;
    }
    return failure;
}

/* Where every partition ends now; that far --until-end goes. */
static enum status read_ends(struct consumer *consumer, struct error *error)
{
    const char *topic = consumer->settings->topic;
    enum status status = count_partitions(consumer, error);

    if (status != STATUS_OK)
        return status;
    consumer->ends = calloc((size_t)consumer->end_count + 1, sizeof(*consumer->ends));
    if (consumer->ends == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (int32_t partition = 0; partition < consumer->end_count; partition++) {
        rd_kafka_resp_err_t failure = query_end(consumer, partition, &consumer->ends[partition]);

        if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
            return error_set(error, STATUS_RETRY, "%s [%d]: %s", topic, partition,
                             rd_kafka_err2str(failure));
    }
    return STATUS_OK;
}

static enum status start(struct consumer *consumer, struct error *error)
{
    char host[256] = "";
    enum status status = create_client(consumer, error);

    gethostname(host, sizeof(host) - 1);
    snprintf(consumer->owner, sizeof(consumer->owner), "%s:%ld", host, (long)getpid());
    if (status == STATUS_OK)
        status = wait_for_cluster(consumer, error);
    if (status == STATUS_OK && consumer->settings->until_end && !*consumer->settings->stop)
        status = read_ends(consumer, error);
    if (status == STATUS_OK)
        status = subscribe(consumer, error);
    return status;
}

/* Stores what was read, leaves the group. */
static enum status stop(struct consumer *consumer, enum status status, struct error *error)
{
    if (status == STATUS_OK && !pipeline_drain(consumer->pipeline, STOP_DRAIN_MS)) {
        if (pipeline_state(consumer->pipeline) == WRITER_FAILED)
            status = pipeline_failure(consumer->pipeline, error);
        /* What another owner's partition still had in store here is his to read. */
        else if (pipeline_state(consumer->pipeline) != WRITER_LOST)
            status = error_set(error, STATUS_RETRY,
                               "stopped while PostgreSQL was away; what was not stored will be "
                               "read again");
    }
    if (status == STATUS_OK)
        tell_kafka(consumer, true);
    if (consumer->kafka != NULL) {
        pipeline_discard(consumer->pipeline);
        rd_kafka_consumer_close(consumer->kafka);
        drop_assignment(consumer);
        rd_kafka_mem_free(consumer->kafka, consumer->cluster);
        rd_kafka_destroy(consumer->kafka);
    }
    free(consumer->ends);
    return status;
}

/* One life in the group. *forgotten: it ended before it began. */
static enum status live(struct pipeline *pipeline, const struct consumer_settings *settings,
                        bool *forgotten, struct error *error)
{
    struct consumer *consumer = calloc(1, sizeof(*consumer));
    bool reached = false;
    enum status status;

    *forgotten = false;
    if (consumer == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    consumer->settings = settings;
    consumer->logger = settings->logger;
    consumer->pipeline = pipeline;
    status = start(consumer, error);
    while (status == STATUS_OK && !reached && !consumer->forgotten && !*settings->stop)
        status = step(consumer, &reached, error);
    *forgotten = consumer->forgotten;
    status = stop(consumer, status, error);
    free(consumer);
    return status;
}

enum status consumer_run(struct pipeline *pipeline, const struct consumer_settings *settings,
                         struct error *error)
{
    for (;;) {
        bool forgotten;
        enum status status = live(pipeline, settings, &forgotten, error);

        if (status != STATUS_OK || !forgotten || *settings->stop)
            return status;
        rest(RETRY_MS);
    }
}
