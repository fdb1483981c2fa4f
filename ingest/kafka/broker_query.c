#include "ingest/kafka/broker_query.h"

#include <stdlib.h>

#include "kansen/clock.h"

#define US_PER_MS 1000

/* Between two attempts. */
#define RETRY_MS 1000

/* rd_kafka_clusterid alone only waits for an answer to somebody's question, which librdkafka asks
 * up to a second later. */
char *broker_query_cluster_id(rd_kafka_t *kafka, int timeout_ms)
{
    const struct rd_kafka_metadata *metadata = NULL;

    if (rd_kafka_metadata(kafka, 0, NULL, &metadata, timeout_ms) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return NULL;
    rd_kafka_metadata_destroy(metadata);
    return rd_kafka_clusterid(kafka, timeout_ms);
}

enum status broker_query_watermarks(rd_kafka_t *kafka, const char *topic, int32_t partition,
                                    int64_t *low, int64_t *high, struct error *error)
{
    rd_kafka_resp_err_t failure =
        rd_kafka_query_watermark_offsets(kafka, topic, partition, low, high, BROKER_ANSWER_MS);

    if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        return error_set(error, STATUS_RETRY, "%s [%d]: %s", topic, partition,
                         rd_kafka_err2str(failure));
    return STATUS_OK;
}

static enum status count_partitions(rd_kafka_t *kafka, const char *name, int32_t *count,
                                    struct error *error)
{
    rd_kafka_topic_t *topic = rd_kafka_topic_new(kafka, name, NULL);
    const struct rd_kafka_metadata *metadata = NULL;
    enum status status = STATUS_OK;
    rd_kafka_resp_err_t failure =
        topic == NULL ? rd_kafka_last_error()
                      : rd_kafka_metadata(kafka, 0, topic, &metadata, BROKER_ANSWER_MS);

    if (failure == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1)
        failure = metadata->topics[0].err;
    if (failure == RD_KAFKA_RESP_ERR__TIMED_OUT || failure == RD_KAFKA_RESP_ERR__TRANSPORT)
        status = error_set(error, STATUS_RETRY, "topic %s: %s", name, rd_kafka_err2str(failure));
    else if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        status = error_set(error, STATUS_REJECT, "topic %s: %s", name, rd_kafka_err2str(failure));
    else
        *count = metadata->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    if (topic != NULL)
        rd_kafka_topic_destroy(topic);
    return status;
}

enum status broker_query_topic(rd_kafka_t *kafka, const char *topic, struct error *error)
{
    int32_t count = 0;

    return count_partitions(kafka, topic, &count, error);
}

enum status broker_query_offsets(rd_kafka_t *kafka, rd_kafka_topic_partition_list_t *list,
                                 int64_t where, int timeout_ms, struct error *error)
{
    rd_kafka_resp_err_t failure;

    for (int i = 0; i < list->cnt; i++) {
        list->elems[i].offset = where;
        list->elems[i].err = RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    failure = rd_kafka_offsets_for_times(kafka, list, timeout_ms);
    if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        return error_set(error, STATUS_RETRY, "where partitions %s: %s",
                         where == RD_KAFKA_OFFSET_END ? "end" : "begin", rd_kafka_err2str(failure));
    for (int i = 0; i < list->cnt; i++)
        if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR || list->elems[i].offset < 0)
            list->elems[i].offset = RD_KAFKA_OFFSET_INVALID;
    return STATUS_OK;
}

enum status broker_query_all_offsets(rd_kafka_t *kafka, rd_kafka_topic_partition_list_t *list,
                                     int64_t where, struct error *error)
{
    enum status status = STATUS_OK;

    if (list->cnt > 0)
        status = broker_query_offsets(kafka, list, where, BROKER_ANSWER_MS, error);
    for (int i = 0; status == STATUS_OK && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *each = &list->elems[i];

        if (each->offset == RD_KAFKA_OFFSET_INVALID)
            status =
                error_set(error, STATUS_RETRY, "%s [%d]: %s", each->topic, each->partition,
                          each->err == RD_KAFKA_RESP_ERR_NO_ERROR ? "no answer"
                                                                  : rd_kafka_err2str(each->err));
    }
    return status;
}

/* Asks every partition once. */
static enum status ask_ends(struct topic_ends *out, rd_kafka_t *kafka, const char *topic,
                            struct error *error)
{
    struct topic_ends ends = {.asked_us = clock_ms(CLOCK_REALTIME) * US_PER_MS};
    rd_kafka_topic_partition_list_t *list;
    enum status status = count_partitions(kafka, topic, &ends.count, error);

    if (status != STATUS_OK)
        return status;
    ends.offsets = calloc((size_t)ends.count + 1, sizeof(*ends.offsets));
    if (ends.offsets == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    list = rd_kafka_topic_partition_list_new(ends.count);
    for (int32_t partition = 0; partition < ends.count; partition++)
        rd_kafka_topic_partition_list_add(list, topic, partition);
    status = broker_query_all_offsets(kafka, list, RD_KAFKA_OFFSET_END, error);
    for (int32_t partition = 0; status == STATUS_OK && partition < ends.count; partition++)
        ends.offsets[partition] = list->elems[partition].offset;
    rd_kafka_topic_partition_list_destroy(list);
    if (status == STATUS_OK)
        *out = ends;
    else
        topic_ends_clear(&ends);
    return status;
}

enum status broker_query_ends(struct topic_ends *out, rd_kafka_t *kafka, const char *topic,
                              int wait_s, const volatile sig_atomic_t *stop, struct error *error)
{
    int64_t until_ms = clock_ms(CLOCK_MONOTONIC) + (int64_t)wait_s * 1000;
    enum status status = ask_ends(out, kafka, topic, error);

    while (status == STATUS_RETRY && clock_ms(CLOCK_MONOTONIC) < until_ms && !*stop) {
        clock_rest(RETRY_MS);
        status = ask_ends(out, kafka, topic, error);
    }
    return status;
}

void topic_ends_clear(struct topic_ends *ends)
{
    free(ends->offsets);
    *ends = (struct topic_ends){0};
}
