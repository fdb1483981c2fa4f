#include "ingest/trouble.h"

#include "kansen/clock.h"

/* Between two log lines. */
#define INTERVAL_MS 5000

void trouble_log(struct trouble *trouble, const char *message, const char *reason)
{
    int64_t now_ms = clock_ms(CLOCK_BOOTTIME);

    if (now_ms - trouble->logged_at_ms < INTERVAL_MS)
        return;
    trouble->logged_at_ms = now_ms;
    log_write(trouble->logger, LOG_LEVEL_WARNING, message, "topic", trouble->topic, "reason",
              reason, NULL);
}
