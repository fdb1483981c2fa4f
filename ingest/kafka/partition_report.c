#include "ingest/kafka/partition_report.h"

#include <stdlib.h>

#include "ingest/kafka/consumer_progress.h"
#include "kansen/clock.h"

/* Before it was taken, what we had not read was not ours to know; since then Kafka gives messages
 * in the order in which they came. */
static int64_t since_of(const struct assigned *assigned)
{
    int64_t since_us = assigned->origin.stored_until_us;

    if (assigned->caught_up_us > since_us)
        since_us = assigned->caught_up_us;
    return assigned->first_us > since_us ? assigned->first_us : since_us;
}

static struct partition_state state_of(struct assigned *assigned, int64_t end, int64_t now_us)
{
    int64_t stored = assigned->origin.stored;

    if (end >= 0 && stored >= end)
        assigned->caught_up_us = now_us;
    return (struct partition_state){
        .partition = assigned->origin.partition,
        .stored = stored,
        .end = end,
        .read_until_us = assigned->origin.stored_until_us,
        .since_us = since_of(assigned),
        .newest_event_us = assigned->origin.newest_event_us,
    };
}

static bool is_left_out(const struct assigned *assigned)
{
    return assigned->pause != PAUSE_NONE || assigned->backoff_until_ms != 0;
}

void partition_report_put(struct watch *watch, struct assignment *assignment, rd_kafka_t *kafka)
{
    int64_t now_us = clock_us(CLOCK_REALTIME);
    struct partition_state *states;
    int left_out = 0;

    if (watch == NULL)
        return;
    states = calloc((size_t)assignment->count + 1, sizeof(*states));
    for (int i = 0; states != NULL && i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];

        states[i] = state_of(
            assigned, consumer_progress_end(kafka, assignment->topic, assigned->origin.partition),
            now_us);
        left_out += is_left_out(assigned);
    }
    partition_board_put(&watch->partitions, states, states == NULL ? 0 : assignment->count);
    metrics_set(&watch->metrics, METRIC_PARTITIONS, assignment->count);
    metrics_set(&watch->metrics, METRIC_PARTITIONS_LEFT_OUT, left_out);
    free(states);
}
