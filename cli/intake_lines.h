/* Lines about what came in: at the end of a run, and of a worker every minute. README ("What a
 * worker says") has what each field means; names are kept, since programs read them. */
#ifndef KANSEN_CLI_INTAKE_LINES_H
#define KANSEN_CLI_INTAKE_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/kafka/consumer.h"
#include "ingest/store/store.h"
#include "kansen/log.h"

/* Has anything come in? Else an error alone says all there is. */
bool intake_has_begun(const struct store_totals *totals);

/* One log line: how many events were accepted, repeated, conflicting and rejected, by reason, and
 * how many addresses had no country. */
void intake_log_totals(const struct logger *logger, const char *message,
                       const struct store_totals *totals);

/* A worker's line of each interval. */
struct intake_minute {
    int64_t interval_ms; /* 0: no lines */
    int64_t since_ms;    /* the present interval began, by CLOCK_BOOTTIME */
    struct store_totals then;
};

struct intake_minute intake_minute_begin(int64_t interval_s);

/* From now on; what came since the last line is in the next one. */
void intake_minute_set(struct intake_minute *minute, int64_t interval_s);

/* Writes the line when an interval is over in which anything was stored, or at whose end messages
 * wait. Call it a few times a second. */
void intake_minute_tick(struct intake_minute *minute, const struct logger *logger,
                        const struct store_totals *now, const struct consumer_progress *progress);

#endif
