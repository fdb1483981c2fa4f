/* Keeps workers from dying again and again at the same messages, and from taking other partitions
 * down with them.
 *
 * A batch of messages may unpack to more memory than a worker has; librdkafka aborts, or the kernel
 * ends the process. So the row of a partition counts how many workers in a row began to read it and
 * neither stored anything nor ended in order. From the second on it is suspect: one suspect is read
 * at a time, beside the partitions that are not, until it has made progress or is the one that
 * kills. After the fifth it rests, for a minute at first and an hour at most, between one try and
 * the next. */
#ifndef KANSEN_INGEST_KAFKA_CRASH_GUARD_H
#define KANSEN_INGEST_KAFKA_CRASH_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/kafka/assignment.h"

#define CRASH_GUARD_SUSPECT_TRIES 2
#define CRASH_GUARD_REST_TRIES 5

/* A suspect that neither dies nor makes progress for so long lets the others have their turn. */
#define CRASH_GUARD_TURN_MS 60000

#define CRASH_GUARD_REST_MS 60000
#define CRASH_GUARD_REST_MAX_MS 3600000

/* Partitions have just been taken: which of them may be read now? Sets `wait` and backoff_until_ms
 * of the others. */
void crash_guard_choose(struct assignment *assignment, int64_t now_ms);

/* May one of the others be read by now? Then all have to be taken anew. */
bool crash_guard_is_due(const struct assignment *assignment, int64_t now_ms);

#endif
