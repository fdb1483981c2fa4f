/* RFC 3339 text -> microseconds since the Unix epoch.
 *
 * Strict, because a time that is guessed lands in the wrong month: date, 'T', time to the second
 * and an offset are all required, the day must exist, and there is no second 60, since neither
 * POSIX time nor PostgreSQL can hold one. */
#ifndef KANSEN_INGEST_EVENT_TIMESTAMP_H
#define KANSEN_INGEST_EVENT_TIMESTAMP_H

#include <stdint.h>

#include "kansen/event.h"

/* Reads all of text, e.g. "2013-09-13T16:05:28.5+09:00"; T and Z may be lower case; digits of the
 * fraction beyond the sixth are cut. Returns NULL, or what is wrong in a few words; *time_us is
 * then untouched. Years are 0000 to 9999, so nothing can overflow. */
const char *timestamp_parse(struct slice text, int64_t *time_us);

#endif
