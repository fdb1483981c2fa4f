#include "ingest/kafka/consumer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/assignment.h"
#include "ingest/kafka/broker_query.h"
#include "ingest/kafka/crash_guard.h"
#include "ingest/kafka/log_throttle.h"
#include "ingest/kafka/ownership.h"
#include "ingest/kafka/properties.h"
#include "ingest/kafka/reader.h"
#include "kansen/clock.h"

/* Between two attempts to take partitions, or to join the group. */
#define RETRY_MS 1000

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

struct consumer {
    const struct consumer_settings *settings;
    const struct logger *logger;
    struct pipeline *pipeline;
    rd_kafka_t *kafka;
    char *cluster;
    char owner[300];
    bool is_static;                           /* a static member of the group: group.instance.id */
    bool joined;                              /* the group has told us our part, if only none */
    bool fenced;                              /* by the group, while we had no part in it */
    rd_kafka_topic_partition_list_t *pending; /* given by the group, not yet taken */
    struct reader reader;                     /* of those that are taken */
    struct topic_ends ends;                   /* when until_end */
    struct log_throttle throttle;
    int64_t retry_at_ms;
    int64_t committed_at_ms;
    int64_t ours_checked_at_ms;
    int64_t end_checked_at_ms;
    int64_t shown_at_ms;
};

/* Goes on while the machine is suspended. */
static int64_t now_ms(void)
{
    return clock_ms(CLOCK_BOOTTIME);
}

static bool is_due(int64_t *last_ms, int64_t interval_ms)
{
    int64_t now = now_ms();

    if (now - *last_ms < interval_ms)
        return false;
    *last_ms = now;
    return true;
}

static void drop_pending(struct consumer *consumer)
{
    if (consumer->pending != NULL)
        rd_kafka_topic_partition_list_destroy(consumer->pending);
    consumer->pending = NULL;
}

/* Forgets all partitions. */
static void drop_assignment(struct consumer *consumer)
{
    reader_stop(&consumer->reader);
    drop_pending(consumer);
}

/* Partitions are only noted here and taken by the main loop, which can wait for PostgreSQL and
 * still answer the group. */
static void on_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t event,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct consumer *consumer = opaque;
    struct error error = {""};

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
    if (assignment_fetch(kafka, NULL, &error) != STATUS_OK)
        log_write(consumer->logger, LOG_LEVEL_ERROR, error.message, NULL);
}

static struct offsets_reader identify(const struct consumer *consumer)
{
    return (struct offsets_reader){consumer->cluster, consumer->settings->group,
                                   consumer->settings->topic, consumer->owner};
}

static enum status take_pending(struct consumer *consumer, struct error *error)
{
    const struct offsets_reader identity = identify(consumer);
    enum status status =
        ownership_take(&consumer->reader.assignment, consumer->kafka, consumer->pipeline, &identity,
                       consumer->pending, consumer->logger, now_ms(), error);

    if (status == STATUS_RETRY) {
        log_throttle_warn(&consumer->throttle, "can't take partitions yet", error->message);
        consumer->retry_at_ms = now_ms() + RETRY_MS;
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    drop_pending(consumer);
    consumer->joined = true;
    return reader_start(&consumer->reader, error);
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

/* Takes the same partitions again when one that was left out by the breaker may be read. */
static enum status take_anew(struct consumer *consumer, struct error *error)
{
    const struct assignment *assignment = &consumer->reader.assignment;
    rd_kafka_topic_partition_list_t *list;

    if (!crash_guard_is_due(assignment, now_ms()) ||
        !pipeline_drain(consumer->pipeline, END_DRAIN_MS))
        return STATUS_OK;
    list = assignment_list(assignment);
    drop_assignment(consumer);
    consumer->pending = list;
    /* Nothing is read until they are taken. */
    return assignment_fetch(consumer->kafka, NULL, error);
}

/* The client of librdkafka has ended itself. A static member is fenced when a younger one took its
 * place; and when the group's coordinator died between giving it an id and writing that down, so
 * that its successor only knows the member's former life; and when librdkafka let its session time
 * out and sends one more request without an id. Who has no part in the group at that moment takes
 * nobody's place, and may join again. */
static bool is_fenced(const struct consumer *consumer)
{
    return consumer->reader.client_ended && !consumer->joined &&
           rd_kafka_fatal_error(consumer->kafka, NULL, 0) == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

static enum status read_messages(struct consumer *consumer, struct error *error)
{
    enum status status = reader_read(&consumer->reader, error);

    consumer->fenced = status == STATUS_FATAL && is_fenced(consumer);
    if (!consumer->fenced)
        return status;
    log_write(consumer->logger, LOG_LEVEL_WARNING, "the group forgot us, joining again", "group",
              consumer->settings->group, "reason", error->message, NULL);
    return STATUS_OK;
}

/* Copies the stored offsets to Kafka, for tools that show the lag. Nothing depends on them. */
static void commit_to_kafka(struct consumer *consumer, bool wait)
{
    struct assignment *assignment = &consumer->reader.assignment;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(assignment->count);

    for (int i = 0; i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];
        int64_t stored = assigned->origin.stored;

        if (stored == assigned->committed)
            continue;
        assigned->committed = stored;
        rd_kafka_topic_partition_list_add(list, assignment->topic, assigned->origin.partition)
            ->offset = stored;
    }
    if (list->cnt > 0)
        rd_kafka_commit(consumer->kafka, list, !wait);
    rd_kafka_topic_partition_list_destroy(list);
}

static void show(struct consumer *consumer)
{
    const struct assignment *assignment = &consumer->reader.assignment;
    struct consumer_progress progress = {
        .messages = consumer->reader.messages,
        .partitions = assignment->count,
        .waiting = consumer->reader.paused,
    };

    if (consumer->settings->show == NULL)
        return;
    for (int i = 0; i < assignment->count && progress.left >= 0; i++) {
        const struct assigned *assigned = &assignment->partitions[i];
        int64_t low = 0;
        int64_t high = 0;

        if (rd_kafka_get_watermark_offsets(consumer->kafka, assignment->topic,
                                           assigned->origin.partition, &low,
                                           &high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
            high < 0)
            progress.left = -1;
        else if (high > assigned->position)
            progress.left += high - assigned->position;
    }
    consumer->settings->show(consumer->settings->context, &progress);
}

/* Have our partitions been stored up to where they ended at the start? A partition that is stored
 * that far may still be another one by now. */
static bool have_reached_ends(const struct consumer *consumer)
{
    const struct assignment *assignment = &consumer->reader.assignment;

    for (int i = 0; i < assignment->count; i++) {
        const struct origin *origin = &assignment->partitions[i].origin;

        if (assignment->partitions[i].unverified)
            return false;
        if (origin->partition < consumer->ends.count &&
            origin->stored < consumer->ends.offsets[origin->partition])
            return false;
    }
    return true;
}

/* Has the whole topic been stored, by us and the others? More may arrive all the time, so the
 * writer is waited for, to be able to ask. */
static enum status check_end(struct consumer *consumer, bool *reached, struct error *error)
{
    const struct offsets_reader identity = identify(consumer);
    enum status status;

    if (!consumer->settings->until_end || !consumer->joined || consumer->pending != NULL ||
        !have_reached_ends(consumer) || !pipeline_drain(consumer->pipeline, END_DRAIN_MS))
        return STATUS_OK;
    status = ownership_has_reached(consumer->pipeline, &identity, &consumer->ends, reached, error);
    /* PostgreSQL may come back. */
    return status == STATUS_RETRY ? STATUS_OK : status;
}

/* A partition without new messages has no batch that would find out what became of its row: is it
 * still ours, and has the database kept what it had committed? */
static enum status check_ours(struct consumer *consumer, struct error *error)
{
    const struct assignment *assignment = &consumer->reader.assignment;
    bool ours = true;
    enum status status;

    if (assignment->count == 0 || !is_due(&consumer->ours_checked_at_ms, OURS_CHECK_MS))
        return STATUS_OK;
    status = ownership_check(assignment, consumer->pipeline, &ours, error);
    if (status == STATUS_RETRY) {
        log_throttle_warn(&consumer->throttle, "PostgreSQL doesn't answer", error->message);
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
        commit_to_kafka(consumer, false);
    if (is_due(&consumer->shown_at_ms, SHOW_MS))
        show(consumer);
    reader_log_fetch_error(&consumer->reader);
    if (is_due(&consumer->end_checked_at_ms, END_CHECK_MS))
        return check_end(consumer, reached, error);
    return STATUS_OK;
}

static enum status step(struct consumer *consumer, bool *reached, struct error *error)
{
    enum writer_state state = pipeline_state(consumer->pipeline);
    enum status status = STATUS_OK;

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
        status = take_anew(consumer, error);
    if (status == STATUS_OK)
        status = read_messages(consumer, error);
    if (status == STATUS_OK)
        status = do_regular_work(consumer, reached, error);
    return status;
}

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
        reader_request_check(&consumer->reader);
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
    const struct properties properties = {settings->brokers, settings->group, settings->properties,
                                          settings->property_count};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[512];
    enum status status = properties_apply_consumer(conf, &properties, error);

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
    consumer->reader.kafka = consumer->kafka;
    consumer->is_static = has_instance_id(consumer->kafka);
    rd_kafka_poll_set_consumer(consumer->kafka);
    return STATUS_OK;
}

/* Without an answer a worker waits for the brokers, as long as it takes; a run until the end gives
 * up after wait_s. */
static enum status wait_for_cluster(struct consumer *consumer, struct error *error)
{
    const struct consumer_settings *settings = consumer->settings;
    int64_t until_ms = now_ms() + (int64_t)settings->wait_s * 1000;

    for (int attempt = 0; consumer->cluster == NULL && !*settings->stop; attempt++) {
        int64_t left_ms = settings->until_end ? until_ms - now_ms() : BROKER_ANSWER_MS;

        if (left_ms <= 0)
            return error_set(error, STATUS_RETRY, "no answer from the Kafka brokers %s within %d s",
                             settings->brokers, settings->wait_s);
        if (attempt > 0)
            log_throttle_warn(&consumer->throttle, "no answer from the Kafka brokers, waiting",
                              settings->brokers);
        consumer->cluster = broker_query_cluster_id(
            consumer->kafka, left_ms < BROKER_ANSWER_MS ? (int)left_ms : BROKER_ANSWER_MS);
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
        status = broker_query_ends(&consumer->ends, consumer->kafka, consumer->settings->topic,
                                   consumer->settings->wait_s, consumer->settings->stop, error);
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
        commit_to_kafka(consumer, true);
    if (consumer->kafka != NULL) {
        pipeline_discard(consumer->pipeline);
        rd_kafka_consumer_close(consumer->kafka);
        drop_assignment(consumer);
        rd_kafka_mem_free(consumer->kafka, consumer->cluster);
        rd_kafka_destroy(consumer->kafka);
    }
    topic_ends_clear(&consumer->ends);
    return status;
}

/* One life in the group. *fenced: it ended before it began. */
static enum status run_session(struct pipeline *pipeline, const struct consumer_settings *settings,
                               bool *fenced, struct error *error)
{
    struct consumer *consumer = calloc(1, sizeof(*consumer));
    bool reached = false;
    enum status status;

    *fenced = false;
    if (consumer == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    consumer->settings = settings;
    consumer->logger = settings->logger;
    consumer->pipeline = pipeline;
    consumer->throttle =
        (struct log_throttle){.logger = settings->logger, .topic = settings->topic};
    consumer->reader.pipeline = pipeline;
    consumer->reader.throttle = &consumer->throttle;
    consumer->reader.topic = settings->topic;
    status = start(consumer, error);
    while (status == STATUS_OK && !reached && !consumer->fenced && !*settings->stop)
        status = step(consumer, &reached, error);
    *fenced = consumer->fenced;
    status = stop(consumer, status, error);
    free(consumer);
    return status;
}

enum status consumer_run(struct pipeline *pipeline, const struct consumer_settings *settings,
                         struct error *error)
{
    for (;;) {
        bool fenced;
        enum status status = run_session(pipeline, settings, &fenced, error);

        if (status != STATUS_OK || !fenced || *settings->stop)
            return status;
        clock_rest(RETRY_MS);
    }
}
