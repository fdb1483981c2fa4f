/* Country of an address by a MaxMind DB that may change on disk at any time.
 *
 * The file is copied into memory, checked and opened there, so that rewriting or truncating it
 * can't harm a look-up. A bad new file keeps the old one, and so does one without countries: an ASN
 * file in place of a country file would make every machine's country unknown without a word. Not
 * thread-safe: one thread looks up and refreshes. */
#ifndef KANSEN_INGEST_GEOIP_GEO_H
#define KANSEN_INGEST_GEOIP_GEO_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"

struct geo;
struct survey;
struct MMDB_metadata_s; /* of maxminddb.h */

/* STATUS_FATAL names the file and what is wrong with it; for one without countries also its type,
 * what it holds, and which kinds of file work. */
enum status geo_open(const char *path, struct geo **out, struct error *error) MUST_CHECK;

/* The same for `kansen geoip check`: a file without countries is opened too. STATUS_REJECT: the
 * file is bad. STATUS_RETRY: this machine lacks something. */
enum status geo_open_to_inspect(const char *path, struct geo **out, struct error *error) MUST_CHECK;

/* NULL is allowed. */
void geo_close(struct geo *geo);

/* Writes the ISO code of event->address into country: COUNTRY_UNKNOWN when the database has no
 * country for it, names one of MaxMind's legacy codes for "not a country" (A1, A2, O1, EU, AP), a
 * withdrawn one (AN), or its record is malformed. XK (Kosovo) stands: users expect it. Small
 * letters are as good as large ones. Which keys are read: country_layout.h. */
void geo_country(struct geo *geo, const struct event *event, char country[COUNTRY_SIZE]);

struct geo_answer {
    char country[COUNTRY_SIZE];
    bool found;         /* the address lies in a network of the database */
    unsigned prefix;    /* of that network, in bits of the address's own family */
    const char *layout; /* where the country stood, e.g. "country.iso_code"; NULL: nowhere */
};

/* The same at length, for a person who asks. */
void geo_look_up(const struct geo *geo, const struct event *event, struct geo_answer *out);

/* Looks whether the file has changed (device, inode, size or mtime) and swaps it whole.
 * STATUS_OK: nothing new, or *reloaded = 1. STATUS_REJECT: the new file is bad, or without
 * countries, and the old one stays; said once for each state of the file. */
enum status geo_refresh(struct geo *geo, int *reloaded, struct error *error) MUST_CHECK;

/* The path it was opened by. */
const char *geo_path(const struct geo *geo);
/* As the file has it, e.g. "GeoLite2-Country"; valid until geo_refresh. */
const char *geo_database_type(const struct geo *geo);
/* Seconds since the Unix epoch at which the database was built. */
int64_t geo_build_epoch(const struct geo *geo);

/* Which database is in use. */
struct geoip_build geo_build(const struct geo *geo);

/* What the database says of itself, e.g. its database_type; valid until the next geo_refresh. */
const struct MMDB_metadata_s *geo_metadata(const struct geo *geo);

/* Counts its networks, and those with a country (survey.h). STATUS_RETRY when memory is short. */
enum status geo_survey(const struct geo *geo, struct survey *out, struct error *error) MUST_CHECK;

/* STATUS_OK when a survey has found a country; else STATUS_REJECT, and a message as of geo_open,
 * without the file's name. */
enum status geo_require_countries(const struct geo *geo, const struct survey *survey,
                                  struct error *error) MUST_CHECK;

#endif
