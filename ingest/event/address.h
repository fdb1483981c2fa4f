/* The text form of an IPv4 or IPv6 address. */
#ifndef KANSEN_INGEST_EVENT_ADDRESS_H
#define KANSEN_INGEST_EVENT_ADDRESS_H

#include <stdbool.h>

#include "kansen/event.h"

/* Writes the event's address and its family. One address, nothing else: no zone, no prefix length,
 * no leading zeros. ::ffff:1.2.3.4 is 1.2.3.4. False: the text is none, the event is untouched. */
bool address_parse(struct slice text, struct event *event);

#endif
