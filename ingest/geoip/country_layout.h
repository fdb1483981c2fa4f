/* Where in a record of a MaxMind DB the country stands: the layouts of those who make such files.
 *
 * MaxMind, DB-IP and IP2Location nest it, IPinfo and ip-location-db have it as flat text,
 * sing-box's file is nothing else. A code that is no country (EU, AP, A1, ZZ …) is none, in
 * whatever layout. */
#ifndef KANSEN_INGEST_GEOIP_COUNTRY_LAYOUT_H
#define KANSEN_INGEST_GEOIP_COUNTRY_LAYOUT_H

#include <maxminddb.h>

#include "kansen/event.h"

#define COUNTRY_LAYOUTS 6
#define COUNTRY_LAYOUT_NONE (-1)

/* As people write it: "country.iso_code". */
const char *country_layout_name(int layout);

/* Reads the record's country in upper case, and returns the layout that had it: the first, in the
 * order of their numbers, that holds a country. COUNTRY_LAYOUT_NONE and COUNTRY_UNKNOWN when none
 * does. Takes no memory from the heap. */
int country_layout_read(const MMDB_entry_s *entry, char country[COUNTRY_SIZE]);

#endif
