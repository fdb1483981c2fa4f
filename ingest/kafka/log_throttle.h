/* Says what keeps a worker from working, but not the same thing a thousand times a second. */
#ifndef KANSEN_INGEST_KAFKA_LOG_THROTTLE_H
#define KANSEN_INGEST_KAFKA_LOG_THROTTLE_H

#include <stdint.h>

#include "kansen/log.h"

struct log_throttle {
    const struct logger *logger;
    const char *topic;
    int64_t logged_at_ms;
};

/* Logs a warning, unless another was logged in the last few seconds. */
void log_throttle_warn(struct log_throttle *throttle, const char *message, const char *reason);

#endif
