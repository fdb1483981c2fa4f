/* What a MaxMind DB holds: how many networks, in how many of them a country is found, and where in
 * their records. Answers whether a file is of any use before events are looked up in it. */
#ifndef KANSEN_INGEST_GEOIP_SURVEY_H
#define KANSEN_INGEST_GEOIP_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include <maxminddb.h>

#include "ingest/geoip/country_layout.h"
#include "kansen/status.h"

/* Keys of a record, joined by ", "; cut at whole keys. */
#define SURVEY_KEYS_SIZE 256

struct survey {
    uint64_t networks_v4;
    uint64_t networks_v6;
    uint64_t with_country;               /* of both */
    uint64_t by_layout[COUNTRY_LAYOUTS]; /* these add up to with_country */
    char keys[SURVEY_KEYS_SIZE];         /* of the first record with a country, else with keys */
};

/* The file must have passed mmdb_check. Stops at the first country when until_country; the counts
 * are then those of what has been seen. STATUS_RETRY when memory is short. */
enum status survey_take(const MMDB_s *mmdb, bool until_country, struct survey *out,
                        struct error *error) MUST_CHECK;

#endif
