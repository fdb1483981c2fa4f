#include "watch/metrics.h"

#define MS 1000
#define S (1000 * MS)

/* From a batch of one event on a fast disk to one that waits for a lock. */
#define TIME_BOUNDS                                                                                \
    {                                                                                              \
        MS, 5 * MS / 2, 5 * MS, 10 * MS, 25 * MS, 50 * MS, 100 * MS, 250 * MS, 500 * MS, S,        \
            5 * S / 2, 5 * S, 10 * S, 30 * S, 60 * S                                               \
    }
#define TIME_BOUND_COUNT 15

/* clang-format off */
const struct metric_line metric_lines[METRICS] = {
    [METRIC_MESSAGES] = {"kansen_messages_read_total",
        "Messages read from Kafka.", METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_ACCEPTED] = {"kansen_events_accepted_total",
        "Events stored.", METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_REPEATED] = {"kansen_events_repeated_total",
        "Events that were stored before, or twice in a batch: they count once.",
        METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_CONFLICTING] = {"kansen_events_conflicting_total",
        "Repeated events that differ from what was stored first, which stands.",
        METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_LOOKUPS] = {"kansen_geoip_lookups_total",
        "Addresses looked up in the MaxMind DB, of events without a country.",
        METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_MISSES] = {"kansen_geoip_misses_total",
        "Addresses of those without a country in the MaxMind DB.", METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_IGNORED_ADDRESSES] = {"kansen_ignored_addresses_total",
        "Bad addresses beside a country, which count as absent.", METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_GEOIP_BUILD] = {"kansen_geoip_build_timestamp_seconds",
        "When the MaxMind DB in use was built; nothing without one.",
        METRIC_GAUGE, UNIT_ONE, 1},
    [METRIC_GEOIP_REFUSED] = {"kansen_geoip_file_refused",
        "1 while the file of the MaxMind DB has changed but is not good, and the old one is in use.",
        METRIC_GAUGE, UNIT_ONE, 0},
    [METRIC_BATCH_RETRIES] = {"kansen_batch_retries_total",
        "Attempts to store a batch that had to be made again: PostgreSQL was away, or could not.",
        METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_CONNECTIONS] = {"kansen_postgres_connections_total",
        "Connections to PostgreSQL made: 1, and one for each that was lost.",
        METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_FENCINGS] = {"kansen_fencings_total",
        "Times PostgreSQL said that a partition is another worker's by now.",
        METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_REBALANCES] = {"kansen_rebalances_total",
        "Times the group gave partitions or took them back.", METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_CLIENTS] = {"kansen_kafka_sessions_total",
        "Sessions begun in the consumer group, each with a new client: 1, unless the topic or the "
        "group was lost.", METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_PARTITION_FAILURES] = {"kansen_partition_failures_total",
        "Times a partition could not be read and was left out for a while.",
        METRIC_COUNTER, UNIT_ONE, 0},
    [METRIC_PARTITIONS] = {"kansen_partitions",
        "Partitions that are this worker's.", METRIC_GAUGE, UNIT_ONE, 0},
    [METRIC_PARTITIONS_LEFT_OUT] = {"kansen_partitions_left_out",
        "Partitions of those that are not read at the moment, since they could not be.",
        METRIC_GAUGE, UNIT_ONE, 0},
};

const struct histogram_line histogram_lines[HISTOGRAMS] = {
    [HISTOGRAM_BATCH_EVENTS] = {"kansen_batch_events",
        "Events and rejected messages of a stored batch.", UNIT_ONE, 9,
        {0, 1, 10, 100, 1000, 5000, 10000, 20000, 32768}},
    [HISTOGRAM_BATCH_TIME] = {"kansen_batch_seconds",
        "Time that storing a batch took: the whole transaction.", UNIT_SECONDS,
        TIME_BOUND_COUNT, TIME_BOUNDS},
    [HISTOGRAM_COPY_TIME] = {"kansen_copy_seconds",
        "Time of it that the detections took, by COPY.", UNIT_SECONDS, TIME_BOUND_COUNT,
        TIME_BOUNDS},
    [HISTOGRAM_COMMIT_TIME] = {"kansen_commit_seconds",
        "Time of it that the commit took.", UNIT_SECONDS, TIME_BOUND_COUNT, TIME_BOUNDS},
};
/* clang-format on */

void metrics_observe(struct metrics *metrics, enum metric_histogram histogram, int64_t value)
{
    const struct histogram_line *line = &histogram_lines[histogram];
    int at = 0;

    if (metrics == NULL)
        return;
    while (at < line->bound_count && value > line->bounds[at])
        at++;
    atomic_fetch_add_explicit(&metrics->histograms[histogram].buckets[at], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->histograms[histogram].sum, value, memory_order_relaxed);
}
