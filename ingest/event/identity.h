/* Names of devices and events -> 128-bit ids.
 *
 * A UUID is kept as it is. Any other name becomes a UUIDv5 (SHA-1, RFC 4122) in a namespace of its
 * own kind, so that the same name always gives the same id and `uuid.uuid5(namespace, name)` of any
 * language can reproduce it. Changing a namespace would make every stored device a new one. */
#ifndef KANSEN_INGEST_EVENT_IDENTITY_H
#define KANSEN_INGEST_EVENT_IDENTITY_H

#include <stdint.h>

#include "kansen/event.h"

#define IDENTITY_SIZE 16

#define IDENTITY_DEVICE_NAMESPACE "1aac3139-2ecf-4488-a2a0-823aa63af2b3"
#define IDENTITY_EVENT_NAMESPACE "d62d7ebb-7883-486b-be1c-076d1e1ce3ac"
/* Apart from the ids that agents choose, so that none of them can be made to equal a content. */
#define IDENTITY_CONTENT_NAMESPACE "7e9b638f-e996-4c19-87c8-37f2af6a6fc2"

/* A UUID may be spelled in four ways, each in either case: the canonical 36 characters, the same in
 * braces or behind "urn:uuid:", and 32 hexadecimal digits. They all are the same id, of devices as
 * of events, since agents and the systems behind them write whichever their language prints. No
 * other text is a UUID: two of these at once, parentheses, blanks around it, one digit more or
 * less, all these are names. Length 1 to EVENT_IDENTIFIER_MAX. */
void identity_of_device(struct slice name, uint8_t id[IDENTITY_SIZE]);
void identity_of_event(struct slice name, uint8_t id[IDENTITY_SIZE]);

/* For an event that came without an id: made from all of its other members, and so independent of
 * the order of keys, of white space, of the spelling of a time or an address, and of unknown keys.
 * event->country is the event's own, before any look-up. The encoding is fixed for good: a resend
 * must get the same id a year later; what an event has neither os nor segment of has none there. */
void identity_of_content(const struct event *event, uint8_t id[IDENTITY_SIZE]);

#endif
