/* The first place where a text stops being JSON (RFC 8259), and what stands there: for people,
 * after the parser has refused the text. Texts that nest deeper than JSON_NESTING_MAX are not
 * looked at. */
#ifndef KANSEN_INGEST_EVENT_JSON_FAULT_H
#define KANSEN_INGEST_EVENT_JSON_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/event.h"

#ifdef __cplusplus
extern "C" {
#endif

struct json_fault {
    const char *what;   /* e.g. "NaN", "a comma too many"; static */
    const char *advice; /* the way on, or NULL; static */
    size_t at;          /* byte, counted from 0; the length when the text ends too early */
};

/* False when no fault is found: *fault is untouched then. */
bool json_fault_find(struct slice text, struct json_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
