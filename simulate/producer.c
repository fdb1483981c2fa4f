#include "simulate/producer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/hearsay.h"
#include "kansen/clock.h"

/* Between two looks at the delivery reports while the queue is full. */
#define POLL_MS 100
/* For a broker to answer the first question, and to create a topic. */
#define BROKER_TIMEOUT_MS 15000
/* Above librdkafka's own delivery.timeout.ms of 5 minutes, which fails what can't be sent. */
#define FINISH_TIMEOUT_MS (6 * 60 * 1000)
/* Replicas: as many as the brokers' own default says. */
#define DEFAULT_REPLICAS (-1)

struct producer {
    rd_kafka_t *kafka;
    rd_kafka_topic_t *topic;
    const char *brokers; /* borrowed */
    struct credentials credentials;
    struct hearsay hearsay;
    uint64_t queued;
    uint64_t acknowledged;
    rd_kafka_resp_err_t failure; /* of the first message that could not be delivered */
};

static void on_delivery(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque)
{
    struct producer *producer = opaque;

    (void)kafka;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        producer->acknowledged++;
    else if (producer->failure == RD_KAFKA_RESP_ERR_NO_ERROR)
        producer->failure = message->err;
}

static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *text)
{
    struct producer *producer = rd_kafka_opaque(kafka);

    hearsay_log(&producer->hearsay, level, facility, text);
}

static void on_error(rd_kafka_t *kafka, int code, const char *reason, void *opaque)
{
    struct producer *producer = opaque;

    (void)kafka;
    hearsay_error(&producer->hearsay, code, reason);
}

/* ---- the client */

static enum status create(struct producer *producer, const struct producer_settings *settings,
                          struct error *error)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[512];
    enum status status = properties_apply(conf, PROPERTIES_SIMULATOR, &settings->properties, error);

    if (status != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    rd_kafka_conf_set_opaque(conf, producer);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    producer->kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
    if (producer->kafka == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(error, STATUS_REJECT, "Kafka: %s", why);
    }
    return credentials_begin(&producer->credentials, producer->kafka, &settings->properties.files,
                             settings->logger, error);
}

/* Any answer will do. Whoever is refused has nothing to wait for. */
static enum status await_brokers(struct producer *producer, struct error *error)
{
    int64_t until_ms = clock_ms(CLOCK_MONOTONIC) + BROKER_TIMEOUT_MS;
    char *cluster = NULL;

    while (cluster == NULL && clock_ms(CLOCK_MONOTONIC) < until_ms) {
        cluster = rd_kafka_clusterid(producer->kafka, POLL_MS);
        rd_kafka_poll(producer->kafka, 0);
        if (cluster == NULL && *producer->hearsay.refusal != '\0')
            return error_set(error, STATUS_REJECT, "Kafka: %s", producer->hearsay.refusal);
    }
    if (cluster == NULL)
        return error_set(error, STATUS_RETRY, "no answer from the Kafka brokers %s within %d s",
                         producer->brokers, BROKER_TIMEOUT_MS / 1000);
    rd_kafka_mem_free(producer->kafka, cluster);
    return STATUS_OK;
}

/* ---- the topic */

static enum status topic_exists(struct producer *producer, const char *name, bool *exists,
                                struct error *error)
{
    const struct rd_kafka_metadata *metadata = NULL;
    /* All topics: asking for one by its name could create it with the broker's own defaults. */
    rd_kafka_resp_err_t failure =
        rd_kafka_metadata(producer->kafka, 1, NULL, &metadata, BROKER_TIMEOUT_MS);

    if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        return error_set(error, STATUS_RETRY, "no answer from the Kafka brokers %s: %s",
                         producer->brokers, rd_kafka_err2str(failure));
    *exists = false;
    for (int i = 0; i < metadata->topic_cnt; i++)
        *exists = *exists || strcmp(metadata->topics[i].topic, name) == 0;
    rd_kafka_metadata_destroy(metadata);
    return STATUS_OK;
}

/* Looks at the answer to the request; the topic may have been created by somebody else since. */
static enum status read_creation(rd_kafka_event_t *event, const char *name, struct error *error)
{
    const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
    size_t count = 0;
    const rd_kafka_topic_result_t **topics =
        result == NULL ? NULL : rd_kafka_CreateTopics_result_topics(result, &count);

    if (count != 1)
        return error_set(error, STATUS_FATAL, "can't create topic %s: %s", name,
                         rd_kafka_event_error_string(event));

    rd_kafka_resp_err_t failure = rd_kafka_topic_result_error(topics[0]);

    if (failure == RD_KAFKA_RESP_ERR_NO_ERROR || failure == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        return STATUS_OK;
    return error_set(error, STATUS_FATAL, "can't create topic %s: %s", name,
                     rd_kafka_err2str(failure));
}

static enum status create_topic(struct producer *producer, const char *name, int partitions,
                                struct error *error)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(producer->kafka);
    char why[256] = "out of memory";
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(name, partitions, DEFAULT_REPLICAS, why, sizeof(why));
    rd_kafka_event_t *event = NULL;
    enum status status;

    if (queue == NULL || topic == NULL) {
        status = error_set(error, STATUS_FATAL, "can't create topic %s: %s", name, why);
        goto out;
    }
    rd_kafka_CreateTopics(producer->kafka, &topic, 1, NULL, queue);
    event = rd_kafka_queue_poll(queue, BROKER_TIMEOUT_MS);
    if (event == NULL)
        status = error_set(error, STATUS_RETRY, "can't create topic %s: no answer from %s", name,
                           producer->brokers);
    else
        status = read_creation(event, name, error);
out:
    if (event != NULL)
        rd_kafka_event_destroy(event);
    if (topic != NULL)
        rd_kafka_NewTopic_destroy(topic);
    if (queue != NULL)
        rd_kafka_queue_destroy(queue);
    return status;
}

static enum status open_topic(struct producer *producer, const struct producer_settings *settings,
                              struct error *error)
{
    bool exists = false;
    enum status status = topic_exists(producer, settings->topic, &exists, error);

    if (status == STATUS_OK && !exists)
        status = create_topic(producer, settings->topic, settings->partitions, error);
    if (status != STATUS_OK)
        return status;
    producer->topic = rd_kafka_topic_new(producer->kafka, settings->topic, NULL);
    if (producer->topic == NULL)
        return error_set(error, STATUS_FATAL, "topic %s: %s", settings->topic,
                         rd_kafka_err2str(rd_kafka_last_error()));
    return STATUS_OK;
}

enum status producer_new(const struct producer_settings *settings, struct producer **out,
                         struct error *error)
{
    struct producer *producer = calloc(1, sizeof(*producer));
    enum status status;

    if (producer == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    hearsay_init(&producer->hearsay, settings->logger);
    producer->brokers = settings->properties.brokers;
    status = create(producer, settings, error);
    if (status == STATUS_OK)
        status = await_brokers(producer, error);
    if (status == STATUS_OK)
        status = open_topic(producer, settings, error);
    if (status == STATUS_OK)
        *out = producer;
    else
        producer_free(producer);
    return status;
}

void producer_free(struct producer *producer)
{
    if (producer == NULL)
        return;
    if (producer->topic != NULL)
        rd_kafka_topic_destroy(producer->topic);
    if (producer->kafka != NULL) {
        rd_kafka_purge(producer->kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        rd_kafka_destroy(producer->kafka);
    }
    hearsay_clear(&producer->hearsay);
    free(producer);
}

static enum status delivery_failed(const struct producer *producer, rd_kafka_resp_err_t failure,
                                   struct error *error)
{
    return error_set(error, STATUS_FATAL, "sending to topic %s at %s failed: %s",
                     rd_kafka_topic_name(producer->topic), producer->brokers,
                     rd_kafka_err2str(failure));
}

enum status producer_send(struct producer *producer, struct slice key, struct slice value,
                          struct error *error)
{
    for (;;) {
        rd_kafka_poll(producer->kafka, 0);
        credentials_tick(&producer->credentials, producer->kafka);
        if (producer->failure != RD_KAFKA_RESP_ERR_NO_ERROR)
            return delivery_failed(producer, producer->failure, error);
        /* RD_KAFKA_MSG_F_COPY only reads; the interface lacks the const. */
        if (rd_kafka_produce(producer->topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                             (void *)(uintptr_t)value.data, value.length, key.data, key.length,
                             NULL) == 0) {
            producer->queued++;
            return STATUS_OK;
        }
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            return delivery_failed(producer, rd_kafka_last_error(), error);
        rd_kafka_poll(producer->kafka, POLL_MS);
    }
}

enum status producer_finish(struct producer *producer, struct error *error)
{
    rd_kafka_resp_err_t waited = rd_kafka_flush(producer->kafka, FINISH_TIMEOUT_MS);

    if (producer->failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        return delivery_failed(producer, producer->failure, error);
    if (waited != RD_KAFKA_RESP_ERR_NO_ERROR)
        return delivery_failed(producer, waited, error);
    if (producer->acknowledged != producer->queued)
        return error_set(error, STATUS_FATAL, "%s: %llu messages sent, %llu acknowledged",
                         rd_kafka_topic_name(producer->topic), (unsigned long long)producer->queued,
                         (unsigned long long)producer->acknowledged);
    return STATUS_OK;
}
