/* The places that a format file names, read one after the other: `/a/pointer | header:NAME |
 * "text"`.
 *
 * A pointer is that of RFC 6901, as text (/a~1b/0) or as a fragment (#/a%7Cb), in which any byte
 * can be written. */
#ifndef KANSEN_INGEST_EVENT_PLACES_H
#define KANSEN_INGEST_EVENT_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"

/* Steps and bytes of one pointer. */
#define PLACE_STEPS_MAX 32
#define PLACE_BYTES_MAX 1024

enum place_kind { PLACE_POINTER, PLACE_HEADER, PLACE_CONSTANT, PLACE_NUMBER, PLACE_NULL };

struct place {
    enum place_kind kind;
    struct slice text;                   /* of a header or constant; borrowed from the value */
    int64_t number;                      /* of a PLACE_NUMBER */
    struct slice steps[PLACE_STEPS_MAX]; /* of a pointer, unescaped; into bytes */
    size_t step_count;
    char bytes[PLACE_BYTES_MAX];
};

/* Reads the place at *at, and moves *at behind it and its bar, to the end when it is the last one.
 * *out must not be moved while its steps are used. STATUS_REJECT says what is wrong, and what a
 * place is. */
enum status place_read(const char **at, struct place *out, struct error *error) MUST_CHECK;

#endif
