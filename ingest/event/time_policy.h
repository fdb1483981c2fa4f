/* Which event times are believed. */
#ifndef KANSEN_INGEST_EVENT_TIME_POLICY_H
#define KANSEN_INGEST_EVENT_TIME_POLICY_H

#include <stdint.h>

/* Event times outside [oldest_us, newest_us] are rejected. Microseconds since the Unix epoch. */
struct time_policy {
    int64_t oldest_us;
    int64_t newest_us;
};

#endif
