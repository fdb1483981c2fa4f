/* What JSON allows and simdjson does not: numbers of any size, and nesting beyond what events need.
 *
 * The decoder asks here only after simdjson has refused a message. Neither function needs the
 * message to be good JSON; what else is wrong with it, the next parse will find. */
#ifndef KANSEN_INGEST_EVENT_JSON_LIMITS_H
#define KANSEN_INGEST_EVENT_JSON_LIMITS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Arrays and objects that may lie in one another: the event itself, and 1,024 below one of its
 * keys. */
#define JSON_NESTING_MAX (1 + 1024)

/* Where the first array or object begins that lies deeper than JSON_NESTING_MAX; -1: nowhere. */
ptrdiff_t json_limits_too_deep(const char *json, size_t length);

/* Writes over each number that fits neither 64 bits nor a double: it becomes one that fits a double
 * and is no integer, with blanks behind it up to its old length. Its type is that of the old one
 * (JSON_NUMBER), its value is of no use. What is not spelled as JSON spells numbers stays. */
void json_limits_fit_numbers(char *json, size_t length);

#ifdef __cplusplus
}
#endif

#endif
