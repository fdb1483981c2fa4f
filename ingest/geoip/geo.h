/* Country of an address by a MaxMind DB that may change on disk at any time.
 *
 * The file is copied into memory, checked and opened there, so that rewriting or truncating it
 * can't harm a look-up. A bad new file keeps the old one. Not thread-safe: one thread looks up and
 * refreshes. */
#ifndef KANSEN_INGEST_GEOIP_GEO_H
#define KANSEN_INGEST_GEOIP_GEO_H

#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"

struct geo;

/* STATUS_FATAL names the file and what is wrong with it. */
enum status geo_open(const char *path, struct geo **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void geo_close(struct geo *geo);

/* Writes the ISO code of event->address into country: COUNTRY_UNKNOWN when the database has no
 * country for it, names one of MaxMind's legacy codes for "not a country" (A1, A2, O1, EU, AP), a
 * withdrawn one (AN), or its record is malformed. XK (Kosovo) stands: users expect it. Looks at
 * country/iso_code only, never registered_country: where the machine is, not where the network is
 * registered. */
void geo_country(struct geo *geo, const struct event *event, char country[COUNTRY_SIZE]);

/* Looks whether the file has changed (device, inode, size or mtime) and swaps it whole.
 * STATUS_OK: nothing new, or *reloaded = 1. STATUS_REJECT: the new file is bad and the old one
 * stays; said once for each state of the file. */
enum status geo_refresh(struct geo *geo, int *reloaded, struct error *error) MUST_CHECK;

/* The path it was opened by. */
const char *geo_path(const struct geo *geo);
/* As the file has it, e.g. "GeoLite2-Country"; valid until geo_refresh. */
const char *geo_database_type(const struct geo *geo);
/* Seconds since the Unix epoch at which the database was built. */
int64_t geo_build_epoch(const struct geo *geo);

/* Which database is in use. */
struct geoip_build geo_build(const struct geo *geo);

#endif
