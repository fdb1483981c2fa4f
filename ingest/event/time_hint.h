/* What a `time` that is rejected looks like, for people. Nothing is taken from it: a time that is
 * guessed lands in the wrong month. */
#ifndef KANSEN_INGEST_EVENT_TIME_HINT_H
#define KANSEN_INGEST_EVENT_TIME_HINT_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/event.h"

/* The unit in which a number lies between 2000 and 2100, e.g. "seconds since 1970"; NULL: none. */
const char *time_hint_of_number(double number);

bool time_hint_is_milliseconds(double number);

/* A number in decimal digits, with sign or point, and nothing else? */
bool time_hint_read_number(struct slice text, double *number);

/* The form of a text, e.g. "RFC 2822"; NULL: nothing known. */
const char *time_hint_of_text(struct slice text);

/* Does the instant lie where seconds between 2000 and 2100 land when they are taken for
 * milliseconds (January and February 1970)? */
bool time_hint_is_of_seconds(int64_t time_us);

/* Ends with "Z", whatever the year. */
#define TIME_HINT_SIZE 40

/* An instant as RFC 3339, to the millisecond where it has any. */
void time_hint_write(int64_t time_us, char text[TIME_HINT_SIZE]);

#endif
