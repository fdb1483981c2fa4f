/* Where months start in the time zone of a scenario, from the system's own tz database.
 *
 * Deliberately not the rule that PostgreSQL applies for kansen: the truth of a simulation has to
 * come from elsewhere. */
#ifndef KANSEN_SIMULATE_ZONE_H
#define KANSEN_SIMULATE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/month.h"
#include "kansen/status.h"

/* Whether the tz database has a zone of this name, e.g. "Asia/Tokyo". */
bool zone_exists(const char *timezone);

/* Writes count + 1 instants, in milliseconds since 1970-01-01T00:00:00Z: the starts of `count`
 * months from `first`, and the end of the last. Sets TZ for a moment, so no other thread may be
 * reading the time zone. STATUS_REJECT when the zone is unknown. */
enum status zone_month_starts(const char *timezone, month_t first, size_t count, int64_t *starts_ms,
                              struct error *error) MUST_CHECK;

#endif
