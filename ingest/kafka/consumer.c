#include "ingest/kafka/consumer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/arrival.h"
#include "ingest/kafka/assignment.h"
#include "ingest/kafka/broker_query.h"
#include "ingest/kafka/client.h"
#include "ingest/kafka/crash_guard.h"
#include "ingest/kafka/joining.h"
#include "ingest/kafka/ownership.h"
#include "ingest/kafka/partition_report.h"
#include "ingest/kafka/presence.h"
#include "ingest/kafka/reader.h"
#include "kansen/clock.h"
#include "kansen/outage.h"

/* Between two attempts to take partitions, or to join the group. */
#define RETRY_MS 1000

/* Between two copies of the offsets to Kafka, two looks at our rows, two looks at the end, two
 * progress lines. */
#define COMMIT_MS 1000
#define OURS_CHECK_MS 5000
#define END_CHECK_MS 200
#define SHOW_MS 200

/* Between two looks whether a partition's mark is old (read_mark.h says what that is). */
#define MARKS_CHECK_MS 20000

/* Whether the next month has partitions: often enough for a person to read it. */
#define AHEAD_CHECK_MS (24 * 3600 * 1000)

/* For what was read to be stored when partitions are revoked, or at the end. librdkafka's
 * max.poll.interval.ms (5 minutes) is the limit of both. */
#define REVOKE_DRAIN_MS 10000
#define STOP_DRAIN_MS 30000
#define TURN_DRAIN_MS 1000

/* Between two looks where the partitions end, for people who ask how much is unread. */
#define ENDS_HEARD_MS 1000

/* Kafka has said nothing about our partitions for so long: is there really nothing? */
#define SILENCE_MS 60000

/* More than all that the loop, or the end, may wait for in a row (docs/reliability.md). */
#define WATCHDOG_LIMITS                                                                            \
    (struct watchdog_limits)                                                                       \
    {                                                                                              \
        .silence_s = 90, .end_s = 120                                                              \
    }

/* Why a session in the group has ended: the next one begins with a new client. */
enum session_end {
    SESSION_OPEN,
    SESSION_DONE,       /* every partition is stored to its end */
    SESSION_FENCED,     /* the group has forgotten us, while we had no part in it */
    SESSION_TOPIC_GONE, /* deleted; librdkafka does not always see that it was created again */
    SESSION_OUTDATED,   /* its certificates and keys are refused, and there are others by now */
    SESSION_DEAF,       /* librdkafka gives us nothing although there is something */
};

struct consumer {
    const struct consumer_settings *settings;
    const struct logger *logger;
    struct pipeline *pipeline;
    struct watchdog *watchdog;
    struct client *client;
    char *cluster;
    char owner[300];
    bool is_next; /* not the first session */
    enum session_end end;
    struct joining joining;
    rd_kafka_topic_partition_list_t *pending; /* given by the group, not yet taken */
    struct ownership ownership;
    struct reader reader;   /* of the partitions that are taken */
    struct topic_ends ends; /* when until_end */
    struct presence presence;
    struct outage taking; /* partitions can't be taken */
    uint64_t counted;     /* messages that those who watch were told of */
    int silences;         /* in a row in which there was something to read */
    int64_t retry_at_ms;
    int64_t committed_at_ms;
    int64_t ours_checked_at_ms;
    int64_t end_checked_at_ms;
    int64_t marks_checked_at_ms;
    int64_t ahead_checked_at_ms;
    int64_t shown_at_ms;
    int64_t ends_heard_at_ms;
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
    ownership_drop(&consumer->ownership);
    drop_pending(consumer);
}

/* Partitions are only noted here and taken by the main loop, which can wait for PostgreSQL and
 * still answer the group. */
static void on_rebalance(void *context, bool assigned,
                         const rd_kafka_topic_partition_list_t *partitions)
{
    struct consumer *consumer = context;
    rd_kafka_t *kafka = consumer->client->kafka;
    struct error error = {""};

    watchdog_feed(consumer->watchdog, "giving partitions back");
    metrics_add(watch_metrics(consumer->settings->watch), METRIC_REBALANCES, 1);
    if (assigned) {
        drop_assignment(consumer);
        consumer->pending = rd_kafka_topic_partition_list_copy(partitions);
        consumer->retry_at_ms = 0;
    } else {
        /* When the group has given them to somebody else already, storing would only be refused. */
        if (!rd_kafka_assignment_lost(kafka))
            pipeline_drain(consumer->pipeline, REVOKE_DRAIN_MS);
        drop_assignment(consumer);
        joining_begin(&consumer->joining, now_ms());
    }
    watchdog_feed(consumer->watchdog, "assigning partitions in librdkafka");
    if (assignment_fetch(kafka, NULL, &error) != STATUS_OK)
        log_write(consumer->logger, LOG_LEVEL_ERROR, error.message, NULL);
}

static void on_error(void *context, rd_kafka_resp_err_t error, const char *reason)
{
    struct consumer *consumer = context;

    presence_note_error(&consumer->presence, error, reason);
}

static enum status subscribe(struct consumer *consumer, struct error *error)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_resp_err_t failure;

    rd_kafka_topic_partition_list_add(topics, consumer->settings->topic, RD_KAFKA_PARTITION_UA);
    failure = rd_kafka_subscribe(consumer->client->kafka, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    joining_begin(&consumer->joining, now_ms());
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
    metrics_add(watch_metrics(consumer->settings->watch), METRIC_FENCINGS, 1);
    drop_assignment(consumer);
    rd_kafka_unsubscribe(consumer->client->kafka);
    return subscribe(consumer, error);
}

/* Takes the same partitions again when one that was left out by the breaker may be read. */
static enum status take_anew(struct consumer *consumer, struct error *error)
{
    const struct assignment *assignment = &consumer->reader.assignment;
    rd_kafka_topic_partition_list_t *list;

    if (!crash_guard_is_due(assignment, now_ms()) ||
        !pipeline_drain(consumer->pipeline, TURN_DRAIN_MS))
        return STATUS_OK;
    list = assignment_list(assignment);
    drop_assignment(consumer);
    consumer->pending = list;
    /* Nothing is read until they are taken. */
    return assignment_fetch(consumer->client->kafka, NULL, error);
}

/* The client of librdkafka has ended itself. A static member is fenced when a younger one took its
 * place; and when the group's coordinator died between giving it an id and writing that down, so
 * that its successor only knows the member's former life; and when librdkafka let its session time
 * out and sends one more request without an id. Who has no part in the group at that moment takes
 * nobody's place, and may join again. */
static bool is_fenced(const struct consumer *consumer)
{
    return consumer->reader.client_ended && !consumer->joining.answered &&
           rd_kafka_fatal_error(consumer->client->kafka, NULL, 0) ==
               RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

static enum status read_messages(struct consumer *consumer, struct error *error)
{
    enum status status = reader_read(&consumer->reader, error);

    if (status == STATUS_FATAL && is_fenced(consumer)) {
        log_write(consumer->logger, LOG_LEVEL_WARNING, "the group forgot us, joining again",
                  "group", consumer->settings->group, "reason", error->message, NULL);
        consumer->end = SESSION_FENCED;
        return STATUS_OK;
    }
    if (consumer->reader.topic_gone) {
        log_write(consumer->logger, LOG_LEVEL_WARNING, "the topic is gone, says Kafka", "topic",
                  consumer->settings->topic, NULL);
        consumer->end = SESSION_TOPIC_GONE;
    }
    return status;
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
    if (list->cnt > 0 && wait)
        client_commit(consumer->client, list);
    else if (list->cnt > 0)
        rd_kafka_commit(consumer->client->kafka, list, true);
    rd_kafka_topic_partition_list_destroy(list);
}

static void tell_watch(struct consumer *consumer)
{
    struct watch *watch = consumer->settings->watch;

    metrics_add(watch_metrics(watch), METRIC_MESSAGES,
                (int64_t)(consumer->reader.messages - consumer->counted));
    consumer->counted = consumer->reader.messages;
    partition_report_put(watch, &consumer->reader.assignment, consumer->client->kafka);
}

static void show(struct consumer *consumer)
{
    struct consumer_progress progress;

    tell_watch(consumer);
    if (consumer->settings->show == NULL)
        return;
    progress = consumer_progress_of(&consumer->reader.assignment, consumer->client->kafka);
    progress.messages = consumer->reader.messages;
    progress.waiting = consumer->reader.paused;
    consumer->settings->show(consumer->settings->context, &progress);
}

/* Have our partitions been stored up to where they ended at the start? A partition that is stored
 * that far may still be another one by now. */
static bool have_reached_ends(const struct consumer *consumer)
{
    const struct assignment *assignment = &consumer->reader.assignment;

    for (int i = 0; i < assignment->count; i++) {
        const struct origin *origin = &assignment->partitions[i].origin;

        /* An end that was not looked at yet is also that of an empty partition. */
        if (assignment->partitions[i].unverified ||
            read_mark_is_awaited(&assignment->partitions[i].mark))
            return false;
        if (origin->partition < consumer->ends.count &&
            origin->stored < consumer->ends.offsets[origin->partition])
            return false;
    }
    return true;
}

/* ---- questions to PostgreSQL and their answers */

/* What the next question is, if any: the writer is idle and none is asked. */
static enum status ask(struct consumer *consumer, struct error *error)
{
    struct assignment *assignment = &consumer->reader.assignment;
    struct ownership *ownership = &consumer->ownership;

    if (consumer->pending != NULL)
        return now_ms() < consumer->retry_at_ms
                   ? STATUS_OK
                   : ownership_ask_take(ownership, consumer->pending, error);
    if (is_due(&consumer->ahead_checked_at_ms, AHEAD_CHECK_MS)) {
        ownership_ask_ahead(ownership);
        return STATUS_OK;
    }
    /* A partition without new messages has no batch that would find out what became of its row. */
    if (assignment->count > 0 && is_due(&consumer->ours_checked_at_ms, OURS_CHECK_MS))
        return ownership_ask_check(ownership, assignment, error);
    if (consumer->settings->until_end && consumer->joining.answered &&
        have_reached_ends(consumer) && is_due(&consumer->end_checked_at_ms, END_CHECK_MS))
        ownership_ask_ends(ownership, &consumer->ends);
    else if (assignment->count > 0 && !consumer->reader.paused &&
             now_ms() - consumer->reader.heard_at_ms >= SILENCE_MS)
        ownership_ask_behind(ownership, assignment);
    else if (is_due(&consumer->marks_checked_at_ms, MARKS_CHECK_MS))
        ownership_ask_marks(ownership, assignment);
    return STATUS_OK;
}

/* A run until the end is over at the ends that were asked for at its start, so those say how far it
 * has read, and not the ends by which the partitions were taken. */
static void expect_ends(struct consumer *consumer)
{
    const struct topic_ends *ends = &consumer->ends;

    for (int i = 0; i < consumer->reader.assignment.count; i++) {
        struct assigned *assigned = &consumer->reader.assignment.partitions[i];

        if (assigned->origin.partition >= ends->count ||
            ends->offsets[assigned->origin.partition] < assigned->position)
            continue;
        read_mark_ask(&assigned->mark, assigned->position, ends->asked_us);
        read_mark_answer(&assigned->mark, ends->offsets[assigned->origin.partition]);
    }
}

/* The group has told us our part, and it is ours in the database too. */
static void note_joined(const struct consumer *consumer)
{
    struct health *health = watch_health(consumer->settings->watch);

    health_note(health, WAIT_START, NULL);
    health_note(health, WAIT_GROUP, NULL);
}

/* The group has nothing for us, because it has workers enough, or because there was no topic when
 * it looked: a broker that came back with an empty disk. librdkafka would not look again when the
 * topic is created as it was. */
static void note_nothing(struct consumer *consumer)
{
    const char *topic = consumer->settings->topic;
    struct error reason;

    watchdog_feed(consumer->watchdog, "asking Kafka for the topic");
    if (broker_query_topic(consumer->client->kafka, topic, &reason) == STATUS_REJECT) {
        log_write(consumer->logger, LOG_LEVEL_WARNING, "the topic is gone, says Kafka", "topic",
                  topic, "reason", reason.message, NULL);
        consumer->end = SESSION_TOPIC_GONE;
        return;
    }
    log_write(consumer->logger, LOG_LEVEL_INFO,
              "the group has no partition for this worker: it has as many workers as the topic "
              "has partitions; waiting for one",
              "topic", topic, "group", consumer->settings->group, NULL);
}

static enum status note_taken(struct consumer *consumer, struct error *error)
{
    outage_end(&consumer->taking);
    note_joined(consumer);
    ownership_finish_take(&consumer->ownership, &consumer->reader.assignment);
    expect_ends(consumer);
    drop_pending(consumer);
    joining_end(&consumer->joining, now_ms());
    if (consumer->reader.assignment.count == 0)
        note_nothing(consumer);
    return reader_start(&consumer->reader, error);
}

/* Kafka has been silent. The first time the partitions are fetched anew, then librdkafka is. */
static enum status note_silence(struct consumer *consumer, bool behind, struct error *error)
{
    consumer->reader.heard_at_ms = now_ms();
    consumer->silences = behind ? consumer->silences + 1 : 0;
    if (!behind)
        return STATUS_OK;
    log_write(consumer->logger, LOG_LEVEL_WARNING,
              "the topic goes on, but librdkafka gives us nothing; fetching anew", "topic",
              consumer->settings->topic, NULL);
    if (consumer->silences == 1)
        return reader_fetch_anew(&consumer->reader, error);
    consumer->end = SESSION_DEAF;
    return STATUS_OK;
}

static enum status handle_answer(struct consumer *consumer, struct error *error)
{
    enum status status = STATUS_OK;
    enum ownership_question asked = ownership_poll(&consumer->ownership, &status, error);

    if (asked == OWNERSHIP_TAKE && status == STATUS_OK)
        return note_taken(consumer, error);
    if (asked == OWNERSHIP_TAKE && status == STATUS_RETRY) {
        outage_begin(&consumer->taking, error->message);
        consumer->retry_at_ms = now_ms() + RETRY_MS;
    }
    if (status == STATUS_RETRY)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    if (asked == OWNERSHIP_CHECK && !consumer->ownership.yes)
        return rejoin(consumer, error);
    if (asked == OWNERSHIP_ENDS && consumer->ownership.yes)
        consumer->end = SESSION_DONE;
    if (asked == OWNERSHIP_MARKS)
        reader_note_ends(&consumer->reader);
    if (asked == OWNERSHIP_BEHIND)
        return note_silence(consumer, consumer->ownership.yes, error);
    return STATUS_OK;
}

/* ---- the loop */

/* A group can't answer while its brokers are away, which is another wait. */
static void wait_for_group(struct consumer *consumer)
{
    struct joining *joining = &consumer->joining;

    if (!joining->answered && outage_is_on(&consumer->presence.outage))
        joining->since_ms = now_ms();
    if (!joining_may_go_on(joining, consumer->client->kafka, now_ms()))
        consumer->end = SESSION_DEAF;
    if (joining->said)
        health_note(watch_health(consumer->settings->watch), WAIT_GROUP,
                    "it waits for a worker that died, or for one that still stores");
}

static void note_outdated(struct consumer *consumer, const struct error *error)
{
    log_write(consumer->logger, LOG_LEVEL_WARNING,
              "refused, and files of TLS have changed: reading them again", "topic",
              consumer->settings->topic, "reason", error->message, NULL);
    consumer->end = SESSION_OUTDATED;
}

static void do_regular_work(struct consumer *consumer)
{
    struct error error;

    pipeline_tick(consumer->pipeline);
    if (client_is_outdated(consumer->client, &error))
        note_outdated(consumer, &error);
    /* A commit that waits for a new coordinator while the session times out goes there without our
     * member id. From a static member Kafka takes that for a second one of its name, which is the
     * end of librdkafka's client. It is only a copy, so static members make it when they stop. */
    if (!consumer->client->is_static && is_due(&consumer->committed_at_ms, COMMIT_MS))
        commit_to_kafka(consumer, false);
    presence_look(&consumer->presence, consumer->client, !consumer->joining.answered);
    if (is_due(&consumer->ends_heard_at_ms, ENDS_HEARD_MS))
        reader_hear_ends(&consumer->reader);
    if (is_due(&consumer->shown_at_ms, SHOW_MS))
        show(consumer);
    if (consumer->pending == NULL)
        wait_for_group(consumer);
}

static enum status step(struct consumer *consumer, struct error *error)
{
    enum writer_state state = pipeline_state(consumer->pipeline);
    enum status status;

    watchdog_feed(consumer->watchdog, "reading from Kafka");
    if (state == WRITER_FAILED)
        return pipeline_failure(consumer->pipeline, error);
    if (state == WRITER_LOST)
        return rejoin(consumer, error);
    status = handle_answer(consumer, error);
    /* Here, and not behind the messages: under load the writer is idle at no other place. */
    if (status == STATUS_OK && state == WRITER_IDLE &&
        consumer->ownership.asked == OWNERSHIP_NOTHING)
        status = ask(consumer, error);
    if (status == STATUS_OK)
        status = take_anew(consumer, error);
    if (status == STATUS_OK)
        status = read_messages(consumer, error);
    if (status == STATUS_OK)
        do_regular_work(consumer);
    return status;
}

/* ---- one session in the group */

static enum status create_client(struct consumer *consumer, struct error *error)
{
    const struct consumer_settings *settings = consumer->settings;
    const struct client_settings client = {
        .properties = {settings->brokers, settings->group, settings->properties,
                       settings->property_count, settings->files},
        .logger = settings->logger,
        .on_rebalance = on_rebalance,
        .on_error = on_error,
        .context = consumer,
    };

    return client_new(&client, &consumer->client, error);
}

static void prepare_parts(struct consumer *consumer)
{
    consumer->reader.client = consumer->client;
    presence_begin(&consumer->presence, consumer->client);
    consumer->ownership = (struct ownership){
        .pipeline = consumer->pipeline,
        .kafka = consumer->client->kafka,
        .logger = consumer->logger,
        .identity = {consumer->cluster, consumer->settings->group, consumer->settings->topic,
                     consumer->settings->kind, consumer->owner},
    };
}

/* Files of secrets may be wrong for the moment in which they are changed: who has read them before
 * waits.
 */
static enum status make_client(struct consumer *consumer, struct error *error)
{
    const struct consumer_settings *settings = consumer->settings;
    struct outage outage =
        outage_of(settings->logger, "files of secrets can't be used, waiting",
                  "files of secrets can be used again", "topic", settings->topic);
    enum status status = create_client(consumer, error);

    while (status == STATUS_REJECT && consumer->is_next && !*settings->stop) {
        watchdog_feed(consumer->watchdog, "making librdkafka's client");
        outage_begin(&outage, error->message);
        clock_rest(RETRY_MS);
        pipeline_tick(consumer->pipeline);
        status = create_client(consumer, error);
    }
    if (status == STATUS_OK)
        outage_end(&outage);
    return consumer->is_next && *settings->stop && status == STATUS_REJECT ? STATUS_OK : status;
}

static enum status start(struct consumer *consumer, struct error *error)
{
    const struct consumer_settings *settings = consumer->settings;
    bool outdated = false;
    struct arrival arrival = {.brokers = settings->brokers,
                              .taken_before = consumer->is_next,
                              .outdated = &outdated,
                              .topic = settings->topic,
                              .until_end = settings->until_end,
                              .wait_s = settings->wait_s,
                              .logger = settings->logger,
                              .watchdog = consumer->watchdog,
                              .health = watch_health(settings->watch),
                              .pipeline = consumer->pipeline,
                              .stop = settings->stop};
    char host[256] = "";
    enum status status = make_client(consumer, error);

    if (status != STATUS_OK || consumer->client == NULL)
        return status;
    gethostname(host, sizeof(host) - 1);
    snprintf(consumer->owner, sizeof(consumer->owner), "%s:%ld", host, (long)getpid());
    arrival.client = consumer->client;
    status = arrival_of_brokers(&arrival, &consumer->cluster, error);
    if (outdated)
        consumer->end = SESSION_OUTDATED;
    if (status != STATUS_OK || outdated)
        return status;
    prepare_parts(consumer);
    if (settings->until_end && !*settings->stop)
        status = broker_query_ends(&consumer->ends, consumer->client->kafka, settings->topic,
                                   settings->wait_s, settings->stop, error);
    else
        arrival_of_topic(&arrival);
    if (status == STATUS_OK && !*settings->stop)
        status = subscribe(consumer, error);
    return status;
}

/* Stores what was read, however the session ended; what can't be stored in time is read again. */
static enum status store_rest(struct consumer *consumer, struct error *error)
{
    struct pipeline *pipeline = consumer->pipeline;

    if (!pipeline_has_unstored(pipeline) || pipeline_drain(pipeline, STOP_DRAIN_MS))
        return STATUS_OK;
    if (pipeline_state(pipeline) == WRITER_FAILED)
        return pipeline_failure(pipeline, error);
    /* What another owner's partition still had in store here is his to read. */
    if (pipeline_state(pipeline) == WRITER_LOST)
        return STATUS_OK;
    return error_set(error, STATUS_RETRY,
                     "stopped while PostgreSQL was away; what was not stored will be read again");
}

/* Stores what was read, leaves the group, ends the client. */
static enum status stop(struct consumer *consumer, enum status status, struct error *error)
{
    watchdog_feed(consumer->watchdog, "storing what was read");
    if (status == STATUS_OK)
        status = store_rest(consumer, error);
    if (consumer->client != NULL) {
        watchdog_feed(consumer->watchdog, "copying the offsets to Kafka");
        if (status == STATUS_OK)
            commit_to_kafka(consumer, true);
        watchdog_feed(consumer->watchdog, "leaving the group");
        pipeline_discard(consumer->pipeline);
        drop_assignment(consumer);
        rd_kafka_mem_free(consumer->client->kafka, consumer->cluster);
        if (!client_end(consumer->client))
            *consumer->settings->left_behind = true;
    }
    topic_ends_clear(&consumer->ends);
    return status;
}

/* A run until the end has read nothing: whoever waits for it wants to know why. */
static void say_nothing_to_read(const struct consumer *consumer)
{
    bool is_empty = true;

    for (int32_t i = 0; i < consumer->ends.count; i++)
        is_empty = is_empty && consumer->ends.offsets[i] <= 0;
    log_write(consumer->logger, is_empty ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
              is_empty ? "nothing to read: the topic has never had a message"
                       : "nothing to read: what this worker was given was stored before",
              "topic", consumer->settings->topic, "group", consumer->settings->group, NULL);
}

static void prepare_outages(struct consumer *consumer)
{
    const struct consumer_settings *settings = consumer->settings;
    struct health *health = watch_health(settings->watch);

    consumer->taking = outage_of(settings->logger, "can't take partitions yet, waiting",
                                 "partitions are taken", "topic", settings->topic);
    consumer->taking.witness = health_witness(health, WAIT_TAKING);
    consumer->reader.outage = outage_of(settings->logger, "Kafka gives no messages",
                                        "Kafka gives messages again", "topic", settings->topic);
    consumer->reader.outage.witness = health_witness(health, WAIT_MESSAGES);
    consumer->presence.outage = outage_of(settings->logger, "Kafka is away, waiting",
                                          "Kafka is back", "brokers", settings->brokers);
    consumer->presence.outage.witness = health_witness(health, WAIT_BROKERS);
    metrics_add(watch_metrics(settings->watch), METRIC_CLIENTS, 1);
    health_begin_session(health);
}

/* *end says why the last one ended, SESSION_OPEN when there was none; then why it ended, when the
 * status is STATUS_OK. */
static enum status run_session(struct pipeline *pipeline, const struct consumer_settings *settings,
                               struct watchdog *watchdog, enum session_end *end,
                               struct error *error)
{
    struct consumer *consumer = calloc(1, sizeof(*consumer));
    enum status status;

    if (consumer == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    consumer->is_next = *end != SESSION_OPEN;
    consumer->settings = settings;
    consumer->logger = settings->logger;
    consumer->pipeline = pipeline;
    consumer->watchdog = watchdog;
    consumer->ahead_checked_at_ms = -AHEAD_CHECK_MS;
    consumer->joining = (struct joining){.logger = settings->logger, .group = settings->group};
    consumer->reader.pipeline = pipeline;
    consumer->reader.logger = settings->logger;
    consumer->reader.metrics = watch_metrics(settings->watch);
    consumer->reader.topic = settings->topic;
    prepare_outages(consumer);
    status = start(consumer, error);
    while (status == STATUS_OK && consumer->end == SESSION_OPEN && !*settings->stop)
        status = step(consumer, error);
    if (*settings->stop || status != STATUS_OK)
        watchdog_expect_end(watchdog);
    *end = consumer->end;
    if (consumer->end == SESSION_DONE && consumer->reader.messages == 0)
        say_nothing_to_read(consumer);
    status = stop(consumer, status, error);
    free(consumer);
    return status;
}

enum status consumer_run(struct pipeline *pipeline, const struct consumer_settings *settings,
                         struct error *error)
{
    const struct watchdog_owner owner = {settings->bite, settings->beat, settings->context};
    enum session_end end = SESSION_OPEN;
    struct watchdog *watchdog = NULL;
    enum status status = watchdog_start(WATCHDOG_LIMITS, &owner, &watchdog, error);

    while (status == STATUS_OK) {
        status = run_session(pipeline, settings, watchdog, &end, error);
        if (status != STATUS_OK || end == SESSION_DONE || *settings->stop)
            break;
        clock_rest(RETRY_MS);
    }
    watchdog_stop(watchdog);
    return status;
}
