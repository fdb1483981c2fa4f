#include "watch/exposition.h"

#include <inttypes.h>
#include <stdlib.h>

#include "kansen/clock.h"
#include "watch/process_usage.h"

#define US_PER_S 1000000

/* ---- pieces of a line */

static void put_header(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* As the format wants it between quotes. */
static void put_label_value(FILE *out, const char *value)
{
    for (; *value != '\0'; value++)
        if (*value == '\n')
            fputs("\\n", out);
        else if (*value == '"' || *value == '\\')
            fprintf(out, "\\%c", *value);
        else
            putc(*value, out);
}

static void put_label(FILE *out, const char *name, const char *value)
{
    fprintf(out, "%s=\"", name);
    put_label_value(out, value);
    putc('"', out);
}

/* Microseconds as seconds, without zeros that say nothing. */
static void put_seconds(FILE *out, int64_t us)
{
    int64_t fraction = us % US_PER_S;
    int digits = 6;

    fprintf(out, "%" PRId64, us / US_PER_S);
    if (fraction == 0)
        return;
    for (; fraction % 10 == 0; fraction /= 10)
        digits--;
    fprintf(out, ".%0*" PRId64, digits, fraction);
}

static void put_value(FILE *out, enum metric_unit unit, int64_t value)
{
    if (unit == UNIT_SECONDS)
        put_seconds(out, value);
    else
        fprintf(out, "%" PRId64, value);
}

/* ---- families */

static void put_metrics(struct watch *watch, FILE *out)
{
    for (int i = 0; i < METRICS; i++) {
        const struct metric_line *line = &metric_lines[i];
        int64_t value = atomic_load_explicit(&watch->metrics.values[i], memory_order_relaxed);

        if (value == 0 && line->hidden_at_zero)
            continue;
        put_header(out, line->name, line->type == METRIC_COUNTER ? "counter" : "gauge", line->help);
        fprintf(out, "%s ", line->name);
        put_value(out, line->unit, value);
        putc('\n', out);
    }
}

static void put_rejected(struct watch *watch, FILE *out)
{
    const char *reason;

    put_header(out, "kansen_events_rejected_total", "counter",
               "Messages and events that became dead letters, by reason.");
    for (size_t i = 0; i < METRIC_REASONS_MAX; i++) {
        if ((reason = watch->settings.reason_at(i)) == NULL)
            break;
        fputs("kansen_events_rejected_total{", out);
        put_label(out, "reason", reason);
        fprintf(out, "} %" PRId64 "\n",
                atomic_load_explicit(&watch->metrics.rejected[i], memory_order_relaxed));
    }
}

/* The count is that of the buckets as they are read, so that the two always agree. */
static void put_histogram(const struct histogram_line *line, const struct histogram *histogram,
                          FILE *out)
{
    int64_t sum = atomic_load_explicit(&histogram->sum, memory_order_relaxed);
    int64_t count = 0;

    put_header(out, line->name, "histogram", line->help);
    for (int i = 0; i <= line->bound_count; i++) {
        count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        fprintf(out, "%s_bucket{le=\"", line->name);
        if (i < line->bound_count)
            put_value(out, line->unit, line->bounds[i]);
        else
            fputs("+Inf", out);
        fprintf(out, "\"} %" PRId64 "\n", count);
    }
    fprintf(out, "%s_sum ", line->name);
    put_value(out, line->unit, sum);
    fprintf(out, "\n%s_count %" PRId64 "\n", line->name, count);
}

static void put_info(const char *name, const char *help, const struct watch_label *labels,
                     FILE *out)
{
    put_header(out, name, "gauge", help);
    fprintf(out, "%s{", name);
    for (const struct watch_label *label = labels; label->name != NULL; label++) {
        if (label != labels)
            putc(',', out);
        put_label(out, label->name, label->value);
    }
    fputs("} 1\n", out);
}

/* ---- partitions */

static int64_t lag_of(const struct partition_state *state, int64_t now_us)
{
    (void)now_us;
    return partition_state_lag(state);
}

static int64_t stored_of(const struct partition_state *state, int64_t now_us)
{
    (void)now_us;
    return state->stored;
}

static int64_t end_of(const struct partition_state *state, int64_t now_us)
{
    (void)now_us;
    return state->end;
}

/* Of a time: 0 is not known. */
static int64_t known(int64_t us)
{
    return us == 0 ? -1 : us;
}

static int64_t read_until_of(const struct partition_state *state, int64_t now_us)
{
    (void)now_us;
    return known(state->read_until_us);
}

static int64_t newest_event_of(const struct partition_state *state, int64_t now_us)
{
    (void)now_us;
    return known(state->newest_event_us);
}

static const struct {
    const char *name;
    const char *help;
    enum metric_unit unit;
    /* Negative: not known, and not shown. */
    int64_t (*value)(const struct partition_state *state, int64_t now_us);
} partition_lines[] = {
    {"kansen_partition_lag_events",
     "Messages of the partition that are not stored yet, as far as Kafka has told where it ends.",
     UNIT_ONE, lag_of},
    {"kansen_partition_lag_seconds",
     "For how long, at most, the oldest message that is not stored has waited in Kafka.",
     UNIT_SECONDS, partition_state_lag_us},
    {"kansen_partition_stored_offset", "Everything in front of this offset is stored.", UNIT_ONE,
     stored_of},
    {"kansen_partition_end_offset", "Where the partition ends, as Kafka last told.", UNIT_ONE,
     end_of},
    {"kansen_partition_read_until_timestamp_seconds",
     "Everything that Kafka took before this is stored: a month that ended before is complete.",
     UNIT_SECONDS, read_until_of},
    {"kansen_partition_newest_event_timestamp_seconds",
     "Newest time of the events that this worker read from the partition.", UNIT_SECONDS,
     newest_event_of},
};

static void put_partition(const struct watch *watch, const char *name, enum metric_unit unit,
                          int32_t partition, int64_t value, FILE *out)
{
    fprintf(out, "%s{", name);
    put_label(out, "topic", watch->settings.topic);
    fprintf(out, ",partition=\"%" PRId32 "\"} ", partition);
    put_value(out, unit, value);
    putc('\n', out);
}

static void put_partitions(struct watch *watch, FILE *out)
{
    int64_t now_us = clock_us(CLOCK_REALTIME);
    int count = 0;
    struct partition_state *states = partition_board_get(&watch->partitions, &count);

    for (size_t i = 0; i < sizeof(partition_lines) / sizeof(partition_lines[0]); i++) {
        put_header(out, partition_lines[i].name, "gauge", partition_lines[i].help);
        for (int at = 0; at < count; at++) {
            int64_t value = partition_lines[i].value(&states[at], now_us);

            if (value >= 0)
                put_partition(watch, partition_lines[i].name, partition_lines[i].unit,
                              states[at].partition, value, out);
        }
    }
    free(states);
}

/* ---- health and process */

static void put_health(struct watch *watch, FILE *out)
{
    const char *doing;

    put_header(out, "kansen_ready", "gauge", "1 while the worker waits for nothing and is alive.");
    fprintf(out, "kansen_ready %d\n", health_is_ready(&watch->health, NULL));
    put_header(out, "kansen_waiting", "gauge", "1 while the worker waits for it.");
    for (int i = 0; i < HEALTH_PARTIES; i++) {
        fputs("kansen_waiting{", out);
        put_label(out, "for", health_party_name((enum health_party)i));
        fprintf(out, "} %d\n", health_waits_for(&watch->health, (enum health_party)i));
    }
    put_header(out, "kansen_loop_silence_seconds", "gauge",
               "Seconds since the worker's loop last turned.");
    fprintf(out, "kansen_loop_silence_seconds %" PRId64 "\n",
            health_silence_s(&watch->health, &doing));
}

static void put_process(const struct watch *watch, FILE *out)
{
    struct process_usage usage = process_usage_now();
    const struct {
        const char *name;
        const char *type;
        const char *help;
        enum metric_unit unit;
        int64_t value; /* negative: not known */
    } lines[] = {
        {"process_cpu_seconds_total", "counter", "User and system time of the process.",
         UNIT_SECONDS, usage.cpu_us},
        {"process_resident_memory_bytes", "gauge", "Memory that the process has in RAM.", UNIT_ONE,
         usage.resident_bytes},
        {"process_virtual_memory_bytes", "gauge", "Addresses that the process has in use.",
         UNIT_ONE, usage.virtual_bytes},
        {"process_resident_memory_max_bytes", "gauge", "The most memory that it ever had in RAM.",
         UNIT_ONE, usage.resident_max_bytes},
        {"process_open_fds", "gauge", "Open file descriptors.", UNIT_ONE, usage.open_files},
        {"process_max_fds", "gauge", "The most that may be open.", UNIT_ONE, usage.open_files_max},
        {"process_start_time_seconds", "gauge", "When the worker began.", UNIT_SECONDS,
         watch->started_us},
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (lines[i].value < 0)
            continue;
        put_header(out, lines[i].name, lines[i].type, lines[i].help);
        fprintf(out, "%s ", lines[i].name);
        put_value(out, lines[i].unit, lines[i].value);
        putc('\n', out);
    }
}

void exposition_write(struct watch *watch, FILE *out)
{
    put_info("kansen_build_info", "Versions of the program and its libraries.",
             watch->settings.build, out);
    put_info("kansen_worker_info", "What the worker reads.", watch->settings.worker, out);
    put_health(watch, out);
    put_metrics(watch, out);
    put_rejected(watch, out);
    for (int i = 0; i < HISTOGRAMS; i++)
        put_histogram(&histogram_lines[i], &watch->metrics.histograms[i], out);
    put_partitions(watch, out);
    put_process(watch, out);
}
