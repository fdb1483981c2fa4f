/* The members of one JSON object -> an event, or the first thing that is wrong with them.
 *
 * Fields are checked in the order of enum raw_name, each one for presence, JSON type and value, so
 * that the same message always gets the same reason.
 *
 * An `ip` whose text is no address is rejected, unless a valid `country` stands beside it: then the
 * event has no address, and says so (has_bad_address). Its derived id is the one it would have
 * without the `ip`.
 *
 * A heartbeat is an event without `name`. What has one where heartbeats are expected is rejected,
 * not taken for a sign of life: it is a detection in the wrong place, and would not be counted. */
#ifndef KANSEN_INGEST_EVENT_VALIDATE_H
#define KANSEN_INGEST_EVENT_VALIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/event/rejection.h"
#include "ingest/event/time_policy.h"
#include "kansen/event.h"
#include "kansen/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum json_type {
    JSON_ABSENT, /* no such key, or null */
    JSON_STRING,
    JSON_INTEGER,      /* fits int64_t */
    JSON_NUMBER,       /* any other number */
    JSON_MICROSECONDS, /* a time of another format, since 1970 already */
    JSON_NO_TIME,      /* a number where another format has text alone */
    JSON_BOOLEAN,
    JSON_ARRAY,
    JSON_OBJECT,
};

enum raw_name {
    RAW_TIME,
    RAW_DEVICE,
    RAW_NAME,
    RAW_IP,
    RAW_COUNTRY,
    RAW_ID,
    RAW_SHA256,
    RAW_VENDOR,
    RAW_PRODUCT,
    RAW_VERSION,
    RAW_ACTION,
    RAW_OS,
    RAW_SEGMENT,
    RAW_NAMES
};

/* "a string", "null" ... */
const char *json_type_name(enum json_type type);

/* The key of each field, e.g. "time". */
extern const char *const raw_keys[RAW_NAMES];

struct raw_field {
    enum json_type type;
    struct slice text; /* of a JSON_STRING: unescaped UTF-8 without NUL */
    union {
        int64_t integer; /* of a JSON_INTEGER or JSON_MICROSECONDS */
        double number;   /* of a JSON_NUMBER: near it, or huge (json_limits_fit_numbers) */
    };
};

struct raw_event {
    enum event_kind kind; /* that is expected */
    struct raw_field fields[RAW_NAMES];
    /* Of another format: where each was looked for, in plain ASCII; NULL: it is our own. */
    char *const *tried;
    const char *time_unit; /* of another format's numbers: "seconds" …; NULL: milliseconds */
    bool has_text; /* where another format has members there is a text, which begins with { */
};

/* STATUS_OK: *out borrows its text from raw's slices. STATUS_REJECT: *out is untouched. */
enum status validate_event(const struct raw_event *raw, const struct time_policy *policy,
                           struct event *out, struct rejection *why) MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
