/* Which pairs of dead letters are countries: the 249 officially assigned codes of ISO 3166-1
 * alpha-2, and XK, which ISO leaves to its users and everybody uses for Kosovo.
 *
 * Not among them: reserved codes (UK, EU), withdrawn ones (AN), and ZZ, which is kansen's own word
 * for an unknown country. */
#ifndef KANSEN_INGEST_EVENT_COUNTRY_H
#define KANSEN_INGEST_EVENT_COUNTRY_H

#include <stdbool.h>

/* Upper case only; code needs no terminator. */
bool country_is_known(const char code[2]);

#endif
