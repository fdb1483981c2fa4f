/* Says what keeps a worker from working, but not the same thing a thousand times a second. */
#ifndef KANSEN_INGEST_TROUBLE_H
#define KANSEN_INGEST_TROUBLE_H

#include <stdint.h>

#include "kansen/log.h"

struct trouble {
    const struct logger *logger;
    const char *topic;
    int64_t logged_at_ms;
};

/* Logs a warning, unless another was logged in the last few seconds. */
void trouble_log(struct trouble *trouble, const char *message, const char *reason);

#endif
