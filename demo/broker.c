#include "demo/broker.h"

#include <inttypes.h>
#include <stdlib.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/* Less than half of what a partition holds: keys spread unevenly, and batches have headers. */
#define PARTITION_BYTES (2 * 1024 * 1024)
#define PARTITIONS_MIN 4
#define ANSWER_TIMEOUT_MS 10000

struct demo_broker {
    rd_kafka_t *kafka; /* owns the mock cluster */
    const char *address;
    const char *const *topics;
    int partitions;
};

int demo_broker_partitions(uint64_t bytes)
{
    uint64_t partitions = bytes / PARTITION_BYTES + 1;

    return partitions < PARTITIONS_MIN ? PARTITIONS_MIN : (int)partitions;
}

enum status demo_broker_start(const char *const *topics, int partitions, struct demo_broker **out,
                              struct error *error)
{
    struct demo_broker *broker = calloc(1, sizeof(*broker));
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_mock_cluster_t *cluster;
    char why[512] = "out of memory";

    if (broker == NULL)
        goto fail;
    if (rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", why, sizeof(why)) != RD_KAFKA_CONF_OK)
        goto fail;
    /* It warns that the mock cluster is in use. */
    if (rd_kafka_conf_set(conf, "log_level", "3", why, sizeof(why)) != RD_KAFKA_CONF_OK)
        goto fail;
    broker->kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
    if (broker->kafka == NULL)
        goto fail;
    conf = NULL; /* belongs to the handle now */
    cluster = rd_kafka_handle_mock_cluster(broker->kafka);
    broker->address = rd_kafka_mock_cluster_bootstraps(cluster);
    broker->partitions = partitions;

    broker->topics = topics;
    for (const char *const *topic = topics; *topic != NULL; topic++) {
        rd_kafka_resp_err_t failure = rd_kafka_mock_topic_create(cluster, *topic, partitions, 1);

        if (failure != RD_KAFKA_RESP_ERR_NO_ERROR) {
            snprintf(why, sizeof(why), "%s", rd_kafka_err2str(failure));
            goto fail;
        }
    }
    *out = broker;
    return STATUS_OK;
fail:
    if (conf != NULL)
        rd_kafka_conf_destroy(conf);
    demo_broker_stop(broker);
    return error_set(error, STATUS_FATAL, "the built-in Kafka broker does not start: %s", why);
}

void demo_broker_stop(struct demo_broker *broker)
{
    if (broker == NULL)
        return;
    if (broker->kafka != NULL)
        rd_kafka_destroy(broker->kafka);
    free(broker);
}

const char *demo_broker_address(const struct demo_broker *broker)
{
    return broker->address;
}

/* Adds the messages of a topic to *held. */
static enum status count_messages(const struct demo_broker *broker, const char *topic,
                                  uint64_t *held, struct error *error)
{
    for (int partition = 0; partition < broker->partitions; partition++) {
        int64_t low = 0;
        int64_t high = 0;
        rd_kafka_resp_err_t failure = rd_kafka_query_watermark_offsets(
            broker->kafka, topic, partition, &low, &high, ANSWER_TIMEOUT_MS);

        if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
            return error_set(error, STATUS_FATAL, "%s [%d] of the built-in broker: %s", topic,
                             partition, rd_kafka_err2str(failure));
        if (low != 0)
            return error_set(error, STATUS_FATAL,
                             "the built-in broker dropped the first %" PRId64
                             " messages of %s [%d]",
                             low, topic, partition);
        *held += (uint64_t)high;
    }
    return STATUS_OK;
}

enum status demo_broker_check(struct demo_broker *broker, uint64_t messages, struct error *error)
{
    uint64_t held = 0;

    for (const char *const *topic = broker->topics; *topic != NULL; topic++) {
        enum status status = count_messages(broker, *topic, &held, error);

        if (status != STATUS_OK)
            return status;
    }
    if (held == messages)
        return STATUS_OK;
    return error_set(error, STATUS_FATAL,
                     "the built-in broker holds %" PRIu64 " messages, not the %" PRIu64 " sent",
                     held, messages);
}
