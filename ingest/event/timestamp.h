/* RFC 3339 text -> microseconds since the Unix epoch.
 *
 * Strict, because a time that is guessed lands in the wrong month: date, 'T', time to the second
 * and an offset are all required, and the day must exist.
 *
 * Second 60 counts in the second before it (23:59:60.5Z is 23:59:59.5Z), since neither POSIX time
 * nor PostgreSQL can hold one, and it belongs to the month that it ends. RFC 3339 (5.7, appendix D)
 * has it at the end of a month in UTC alone, whatever the offset: 2017-01-01T08:59:60+09:00. All
 * were in June and December so far, but UTC (ITU-R TF.460) allows any month and nobody knows the
 * coming ones, so each month's end is taken. Elsewhere, second 60 is an error. */
#ifndef KANSEN_INGEST_EVENT_TIMESTAMP_H
#define KANSEN_INGEST_EVENT_TIMESTAMP_H

#include <stdint.h>

#include "kansen/event.h"

/* Reads all of text, e.g. "2013-09-13T16:05:28.5+09:00"; T and Z may be lower case; digits of the
 * fraction beyond the sixth are cut. Returns NULL, or what is wrong in a few words; *time_us is
 * then untouched. Years are 0000 to 9999, so nothing can overflow. */
const char *timestamp_parse(struct slice text, int64_t *time_us);

#endif
