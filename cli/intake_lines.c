#include "cli/intake_lines.h"

#include <stdbool.h>
#include <stdio.h>

#include "ingest/event/rejection.h"
#include "kansen/clock.h"

#define MS_PER_S 1000

/* Numbers besides those of reasons. */
#define OTHERS_MAX 16
#define NUMBERS_MAX (OTHERS_MAX + REJECT_REASONS)

#define NAME_SIZE 40

/* A log line of numbers that is being put together. */
struct line {
    struct log_field fields[NUMBERS_MAX];
    struct log_number numbers[NUMBERS_MAX];
    char names[REJECT_REASONS][NAME_SIZE];
    size_t count;
};

static void add(struct line *line, const char *name, int64_t value)
{
    line->fields[line->count] = (struct log_field){
        .name = name,
        .value = log_number(&line->numbers[line->count], value),
        .is_number = true,
    };
    line->count++;
}

static void add_totals(struct line *line, const struct store_totals *totals)
{
    add(line, "accepted", (int64_t)totals->accepted);
    add(line, "repeated", (int64_t)totals->repeated);
    add(line, "conflicting", (int64_t)totals->conflicting);
    add(line, "rejected", (int64_t)totals->rejected);
    for (int i = 0; i < REJECT_REASONS; i++) {
        if (totals->rejected_for[i] == 0)
            continue;
        snprintf(line->names[i], NAME_SIZE, "rejected_%s",
                 reject_reason_name((enum reject_reason)i));
        add(line, line->names[i], (int64_t)totals->rejected_for[i]);
    }
    if (totals->addresses > 0) {
        add(line, "geoip_lookups", (int64_t)totals->addresses);
        add(line, "geoip_misses", (int64_t)totals->unlocated);
    }
    if (totals->bad_addresses > 0)
        add(line, "ignored_addresses", (int64_t)totals->bad_addresses);
}

static void write_info(const struct line *line, const struct logger *logger, const char *message)
{
    logger->write(logger, LOG_LEVEL_INFO, message, line->fields, line->count);
}

bool intake_has_begun(const struct store_totals *totals)
{
    return totals->accepted + totals->repeated + totals->conflicting + totals->rejected > 0;
}

void intake_log_totals(const struct logger *logger, const char *message,
                       const struct store_totals *totals)
{
    struct line line = {.count = 0};

    add_totals(&line, totals);
    write_info(&line, logger, message);
}

/* ---- a worker's line of each interval */

static int64_t now_ms(void)
{
    return clock_ms(CLOCK_BOOTTIME);
}

struct intake_minute intake_minute_begin(int64_t interval_s)
{
    return (struct intake_minute){.interval_ms = interval_s * MS_PER_S, .since_ms = now_ms()};
}

void intake_minute_set(struct intake_minute *minute, int64_t interval_s)
{
    minute->interval_ms = interval_s * MS_PER_S;
}

/* What was added between two moments. */
static struct store_totals difference(const struct store_totals *now,
                                      const struct store_totals *then)
{
    struct store_totals added = {
        .accepted = now->accepted - then->accepted,
        .repeated = now->repeated - then->repeated,
        .conflicting = now->conflicting - then->conflicting,
        .rejected = now->rejected - then->rejected,
        .addresses = now->addresses - then->addresses,
        .unlocated = now->unlocated - then->unlocated,
        .bad_addresses = now->bad_addresses - then->bad_addresses,
        .batches = now->batches - then->batches,
    };

    for (int i = 0; i < REJECT_REASONS; i++)
        added.rejected_for[i] = now->rejected_for[i] - then->rejected_for[i];
    return added;
}

static void write_minute(const struct store_totals *added, int64_t seconds,
                         const struct consumer_progress *progress, const struct logger *logger)
{
    struct line line = {.count = 0};

    add(&line, "seconds", seconds);
    add_totals(&line, added);
    add(&line, "batches", (int64_t)added->batches);
    add(&line, "partitions", progress->partitions);
    if (progress->lag >= 0)
        add(&line, "lag", progress->lag);
    if (progress->lag > 0) {
        add(&line, "largest_lag", progress->largest_lag);
        add(&line, "largest_lag_partition", progress->largest_lag_partition);
    }
    write_info(&line, logger, "what came in");
}

void intake_minute_tick(struct intake_minute *minute, const struct logger *logger,
                        const struct store_totals *now, const struct consumer_progress *progress)
{
    int64_t passed_ms = now_ms() - minute->since_ms;
    struct store_totals added;

    if (minute->interval_ms == 0 || passed_ms < minute->interval_ms)
        return;
    added = difference(now, &minute->then);
    /* A transaction may hold nothing but how far a partition has been read. */
    if (intake_has_begun(&added) || progress->lag > 0)
        write_minute(&added, (passed_ms + MS_PER_S / 2) / MS_PER_S, progress, logger);
    minute->since_ms += passed_ms;
    minute->then = *now;
}
