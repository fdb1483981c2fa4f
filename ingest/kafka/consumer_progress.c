#include "ingest/kafka/consumer_progress.h"

int64_t consumer_progress_end(rd_kafka_t *kafka, const char *topic, int32_t partition)
{
    int64_t low = 0;
    int64_t high = 0;

    if (rd_kafka_get_watermark_offsets(kafka, topic, partition, &low, &high) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
        return -1;
    return high;
}

static void add_partition(struct consumer_progress *progress, const struct assigned *assigned,
                          int64_t end)
{
    int64_t lag = end - assigned->origin.stored;

    if (end < 0 || progress->left < 0) {
        progress->left = progress->lag = progress->largest_lag = -1;
        return;
    }
    if (end > assigned->position)
        progress->left += end - assigned->position;
    if (lag <= 0)
        return;
    progress->lag += lag;
    if (lag > progress->largest_lag) {
        progress->largest_lag = lag;
        progress->largest_lag_partition = assigned->origin.partition;
    }
}

struct consumer_progress consumer_progress_of(const struct assignment *assignment,
                                              rd_kafka_t *kafka)
{
    struct consumer_progress progress = {.partitions = assignment->count};

    for (int i = 0; i < assignment->count && progress.left >= 0; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        add_partition(&progress, assigned,
                      consumer_progress_end(kafka, assignment->topic, assigned->origin.partition));
    }
    return progress;
}
