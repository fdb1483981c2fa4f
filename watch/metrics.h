/* What a worker counts and measures, for whoever watches it: counters, gauges and histograms of
 * whole numbers, each a line of the tables in metrics.c.
 *
 * Any thread may add and read, and none waits for another. Whoever counts does so once a batch or
 * less often, never for an event; and nothing from an event is ever a label. NULL stands for
 * nobody who watches. */
#ifndef KANSEN_WATCH_METRICS_H
#define KANSEN_WATCH_METRICS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum metric {
    METRIC_MESSAGES,
    METRIC_ACCEPTED,
    METRIC_REPEATED,
    METRIC_CONFLICTING,
    METRIC_LOOKUPS,
    METRIC_MISSES,
    METRIC_IGNORED_ADDRESSES,
    METRIC_GEOIP_BUILD,
    METRIC_GEOIP_REFUSED,
    METRIC_BATCH_RETRIES,
    METRIC_CONNECTIONS,
    METRIC_FENCINGS,
    METRIC_REBALANCES,
    METRIC_CLIENTS,
    METRIC_PARTITION_FAILURES,
    METRIC_PARTITIONS,
    METRIC_PARTITIONS_LEFT_OUT,
    METRICS
};

enum metric_histogram {
    HISTOGRAM_BATCH_EVENTS,
    HISTOGRAM_BATCH_TIME, /* this and the next two in microseconds */
    HISTOGRAM_COPY_TIME,
    HISTOGRAM_COMMIT_TIME,
    HISTOGRAMS
};

enum metric_type { METRIC_COUNTER, METRIC_GAUGE };

/* As it is kept, and as it is shown. */
enum metric_unit {
    UNIT_ONE,    /* whole numbers */
    UNIT_SECONDS /* microseconds, shown as seconds */
};

struct metric_line {
    const char *name;
    const char *help;
    enum metric_type type;
    enum metric_unit unit;
    int hidden_at_zero; /* then nothing is known, rather than nothing there */
};

/* Upper bounds of buckets; the one above them all is not among them. */
#define HISTOGRAM_BOUNDS_MAX 15

struct histogram_line {
    const char *name;
    const char *help;
    enum metric_unit unit;
    int bound_count;
    int64_t bounds[HISTOGRAM_BOUNDS_MAX];
};

extern const struct metric_line metric_lines[METRICS];
extern const struct histogram_line histogram_lines[HISTOGRAMS];

/* Zeroed before its first use. */
struct histogram {
    _Atomic int64_t buckets[HISTOGRAM_BOUNDS_MAX + 1]; /* each by itself, not added up */
    _Atomic int64_t sum;
};

/* Reasons of rejection, at most. */
#define METRIC_REASONS_MAX 32

/* Zeroed before its first use. */
struct metrics {
    _Atomic int64_t values[METRICS];
    _Atomic int64_t rejected[METRIC_REASONS_MAX]; /* by reason */
    struct histogram histograms[HISTOGRAMS];
};

static inline void metrics_add(struct metrics *metrics, enum metric metric, int64_t value)
{
    if (metrics != NULL)
        atomic_fetch_add_explicit(&metrics->values[metric], value, memory_order_relaxed);
}

static inline void metrics_set(struct metrics *metrics, enum metric metric, int64_t value)
{
    if (metrics != NULL)
        atomic_store_explicit(&metrics->values[metric], value, memory_order_relaxed);
}

static inline void metrics_add_rejected(struct metrics *metrics, unsigned reason, int64_t value)
{
    if (metrics != NULL && reason < METRIC_REASONS_MAX)
        atomic_fetch_add_explicit(&metrics->rejected[reason], value, memory_order_relaxed);
}

/* One observation. */
void metrics_observe(struct metrics *metrics, enum metric_histogram histogram, int64_t value);

#endif
