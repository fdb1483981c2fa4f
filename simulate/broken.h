/* Events that must be rejected: one row for each kind, with the reason that it must be given.
 *
 * The reasons are words of the outer contract (dead_letter.reason), written here independently of
 * the code that rejects. */
#ifndef KANSEN_SIMULATE_BROKEN_H
#define KANSEN_SIMULATE_BROKEN_H

#include <stddef.h>

enum event_field {
    FIELD_ID,
    FIELD_TIME,
    FIELD_DEVICE,
    FIELD_NAME,
    FIELD_IP,
    FIELD_COUNTRY,
    FIELD_SHA256,
    FIELD_VENDOR,
    FIELD_PRODUCT,
    FIELD_VERSION,
    FIELD_ACTION,
    FIELD_OS,
    FIELD_SEGMENT,
    FIELD_EXTRA, /* a key that nobody knows */
    EVENT_FIELDS
};

enum broken_how {
    BROKEN_WITHOUT, /* the field is left out */
    BROKEN_VALUE,   /* the field has `text` as its JSON value */
    BROKEN_LONG,    /* the field is a string of `length` letters */
    BROKEN_END,     /* `text` stands in place of the good event's last `length` bytes */
    BROKEN_MESSAGE, /* `text`, `length` bytes of it, is the whole message */
    BROKEN_NULL     /* no value at all: a Kafka tombstone */
};

struct broken_kind {
    const char *reason;
    enum broken_how how;
    enum event_field field;
    const char *text;
    size_t length;
};

/* Kinds that only a Kafka message can have, because a line of a file can't, stand last. */
extern const struct broken_kind broken_kinds[];
extern const size_t broken_kinds_count;
extern const size_t broken_kinds_in_files;

#endif
