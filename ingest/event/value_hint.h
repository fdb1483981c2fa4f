/* What a value that was rejected looks like, in words for whoever sends it: "the code of JP in
 * small letters". Pure; only rejected values come here. */
#ifndef KANSEN_INGEST_EVENT_VALUE_HINT_H
#define KANSEN_INGEST_EVENT_VALUE_HINT_H

#include "kansen/event.h"

#define VALUE_HINT_SIZE 64

/* Of what is no country, no address, no SHA-256. Each writes ASCII to hint and returns it, or
 * returns NULL when it looks like nothing that is known. */
const char *value_hint_of_country(struct slice text, char hint[VALUE_HINT_SIZE]);
const char *value_hint_of_address(struct slice text, char hint[VALUE_HINT_SIZE]);
const char *value_hint_of_sha256(struct slice text, char hint[VALUE_HINT_SIZE]);

#endif
