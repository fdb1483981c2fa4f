#include "ingest/kafka/log_throttle.h"

#include "kansen/clock.h"

/* Between two log lines. */
#define INTERVAL_MS 5000

void log_throttle_warn(struct log_throttle *throttle, const char *message, const char *reason)
{
    int64_t now_ms = clock_ms(CLOCK_BOOTTIME);

    if (now_ms - throttle->logged_at_ms < INTERVAL_MS)
        return;
    throttle->logged_at_ms = now_ms;
    log_write(throttle->logger, LOG_LEVEL_WARNING, message, "topic", throttle->topic, "reason",
              reason, NULL);
}
