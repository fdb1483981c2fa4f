/* Where the elements of a JSON array lie in its text, one after the other.
 *
 * Each element of an array is an event of its own, and is kept with its own bytes when it is
 * rejected. This only finds where they begin and end: whether an element is JSON is for those to
 * say who read it. */
#ifndef KANSEN_INGEST_EVENT_ELEMENTS_H
#define KANSEN_INGEST_EVENT_ELEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/event.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is left of an array. */
struct elements {
    const char *at;
    const char *end;
    uint32_t count; /* elements altogether */
};

/* Do elements of an array stand in the text, one at least, each with its brackets and quotes
 * closed, commas between them, and blanks around the array at most? The text need not be JSON; it
 * is borrowed. */
bool elements_open(struct slice text, struct elements *out);

/* The next element, without the blanks around it. False: there is none left. */
bool elements_next(struct elements *elements, struct slice *out);

/* The value of an array's element or an object's member at a place from 0, in the place of *text,
 * which is JSON and has one there. False: it has none. */
bool elements_take(struct slice *text, size_t place);
bool elements_take_member(struct slice *text, size_t place);

#ifdef __cplusplus
}
#endif

#endif
