/* librdkafka's consumer, with the errors that it has in life. */
#include "failing.h"

#include <stdio.h>

#include <librdkafka/rdkafka.h>

#define AWAY RD_KAFKA_RESP_ERR__TRANSPORT

static bool fails(const char *call, const void *place)
{
    return failing_now(FAILING_KAFKA, call, place);
}

rd_kafka_conf_res_t __real_rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *name,
                                             const char *value, char *why, size_t size);
rd_kafka_conf_res_t __wrap_rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *name,
                                             const char *value, char *why, size_t size);
rd_kafka_conf_res_t __wrap_rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *name,
                                             const char *value, char *why, size_t size)
{
    if (!fails("rd_kafka_conf_set", FAILING_PLACE))
        return __real_rd_kafka_conf_set(conf, name, value, why, size);
    snprintf(why, size, "made to fail");
    return RD_KAFKA_CONF_INVALID;
}

rd_kafka_t *__real_rd_kafka_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, char *why,
                                size_t size);
rd_kafka_t *__wrap_rd_kafka_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, char *why,
                                size_t size);
rd_kafka_t *__wrap_rd_kafka_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, char *why, size_t size)
{
    if (!fails("rd_kafka_new", FAILING_PLACE))
        return __real_rd_kafka_new(type, conf, why, size);
    snprintf(why, size, "made to fail");
    return NULL;
}

char *__real_rd_kafka_clusterid(rd_kafka_t *kafka, int timeout_ms);
char *__wrap_rd_kafka_clusterid(rd_kafka_t *kafka, int timeout_ms);
char *__wrap_rd_kafka_clusterid(rd_kafka_t *kafka, int timeout_ms)
{
    return fails("rd_kafka_clusterid", FAILING_PLACE)
               ? NULL
               : __real_rd_kafka_clusterid(kafka, timeout_ms);
}

rd_kafka_topic_t *__real_rd_kafka_topic_new(rd_kafka_t *kafka, const char *topic,
                                            rd_kafka_topic_conf_t *conf);
rd_kafka_topic_t *__wrap_rd_kafka_topic_new(rd_kafka_t *kafka, const char *topic,
                                            rd_kafka_topic_conf_t *conf);
rd_kafka_topic_t *__wrap_rd_kafka_topic_new(rd_kafka_t *kafka, const char *topic,
                                            rd_kafka_topic_conf_t *conf)
{
    /* A name of no bytes is refused, and rd_kafka_last_error says so. */
    return __real_rd_kafka_topic_new(kafka, fails("rd_kafka_topic_new", FAILING_PLACE) ? "" : topic,
                                     conf);
}

rd_kafka_resp_err_t __real_rd_kafka_metadata(rd_kafka_t *kafka, int all, rd_kafka_topic_t *topic,
                                             const struct rd_kafka_metadata **out, int timeout_ms);
rd_kafka_resp_err_t __wrap_rd_kafka_metadata(rd_kafka_t *kafka, int all, rd_kafka_topic_t *topic,
                                             const struct rd_kafka_metadata **out, int timeout_ms);
rd_kafka_resp_err_t __wrap_rd_kafka_metadata(rd_kafka_t *kafka, int all, rd_kafka_topic_t *topic,
                                             const struct rd_kafka_metadata **out, int timeout_ms)
{
    return fails("rd_kafka_metadata", FAILING_PLACE)
               ? AWAY
               : __real_rd_kafka_metadata(kafka, all, topic, out, timeout_ms);
}

rd_kafka_resp_err_t __real_rd_kafka_query_watermark_offsets(rd_kafka_t *kafka, const char *topic,
                                                            int32_t partition, int64_t *low,
                                                            int64_t *high, int timeout_ms);
rd_kafka_resp_err_t __wrap_rd_kafka_query_watermark_offsets(rd_kafka_t *kafka, const char *topic,
                                                            int32_t partition, int64_t *low,
                                                            int64_t *high, int timeout_ms);
rd_kafka_resp_err_t __wrap_rd_kafka_query_watermark_offsets(rd_kafka_t *kafka, const char *topic,
                                                            int32_t partition, int64_t *low,
                                                            int64_t *high, int timeout_ms)
{
    return fails("rd_kafka_query_watermark_offsets", FAILING_PLACE)
               ? AWAY
               : __real_rd_kafka_query_watermark_offsets(kafka, topic, partition, low, high,
                                                         timeout_ms);
}

rd_kafka_resp_err_t __real_rd_kafka_subscribe(rd_kafka_t *kafka,
                                              const rd_kafka_topic_partition_list_t *topics);
rd_kafka_resp_err_t __wrap_rd_kafka_subscribe(rd_kafka_t *kafka,
                                              const rd_kafka_topic_partition_list_t *topics);
rd_kafka_resp_err_t __wrap_rd_kafka_subscribe(rd_kafka_t *kafka,
                                              const rd_kafka_topic_partition_list_t *topics)
{
    return fails("rd_kafka_subscribe", FAILING_PLACE) ? RD_KAFKA_RESP_ERR__STATE
                                                      : __real_rd_kafka_subscribe(kafka, topics);
}

/* Giving partitions up (NULL) has no failure in librdkafka. */
rd_kafka_resp_err_t __real_rd_kafka_assign(rd_kafka_t *kafka,
                                           const rd_kafka_topic_partition_list_t *partitions);
rd_kafka_resp_err_t __wrap_rd_kafka_assign(rd_kafka_t *kafka,
                                           const rd_kafka_topic_partition_list_t *partitions);
rd_kafka_resp_err_t __wrap_rd_kafka_assign(rd_kafka_t *kafka,
                                           const rd_kafka_topic_partition_list_t *partitions)
{
    return partitions != NULL && fails("rd_kafka_assign", FAILING_PLACE)
               ? RD_KAFKA_RESP_ERR__STATE
               : __real_rd_kafka_assign(kafka, partitions);
}

rd_kafka_resp_err_t __real_rd_kafka_commit(rd_kafka_t *kafka,
                                           const rd_kafka_topic_partition_list_t *offsets,
                                           int async);
rd_kafka_resp_err_t __wrap_rd_kafka_commit(rd_kafka_t *kafka,
                                           const rd_kafka_topic_partition_list_t *offsets,
                                           int async);
rd_kafka_resp_err_t
__wrap_rd_kafka_commit(rd_kafka_t *kafka, const rd_kafka_topic_partition_list_t *offsets, int async)
{
    return fails("rd_kafka_commit", FAILING_PLACE) ? AWAY
                                                   : __real_rd_kafka_commit(kafka, offsets, async);
}

/* Something that arrived turns out to be damaged. Polls that bring nothing depend on the clock and
 * are not counted. */
rd_kafka_message_t *__real_rd_kafka_consumer_poll(rd_kafka_t *kafka, int timeout_ms);
rd_kafka_message_t *__wrap_rd_kafka_consumer_poll(rd_kafka_t *kafka, int timeout_ms);
rd_kafka_message_t *__wrap_rd_kafka_consumer_poll(rd_kafka_t *kafka, int timeout_ms)
{
    rd_kafka_message_t *message = __real_rd_kafka_consumer_poll(kafka, timeout_ms);

    if (message != NULL && fails("rd_kafka_consumer_poll", FAILING_PLACE)) {
        message->err = RD_KAFKA_RESP_ERR__BAD_MSG;
        message->payload = NULL; /* of an error it is taken for its text */
        message->len = 0;
    }
    return message;
}
