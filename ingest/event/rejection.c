#include "ingest/event/rejection.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const reason_names[REJECT_REASONS] = {
    [REJECT_EMPTY] = "empty",
    [REJECT_TOO_LARGE] = "too_large",
    [REJECT_BAD_UTF8] = "bad_utf8",
    [REJECT_NUL] = "nul",
    [REJECT_LONE_SURROGATE] = "lone_surrogate",
    [REJECT_BAD_JSON] = "bad_json",
    [REJECT_NOT_AN_OBJECT] = "not_an_object",
    [REJECT_DUPLICATE_KEY] = "duplicate_key",
    [REJECT_NOT_A_DETECTION] = "not_a_detection",
    [REJECT_NOT_A_HEARTBEAT] = "not_a_heartbeat",
    [REJECT_MISSING_FIELD] = "missing_field",
    [REJECT_WRONG_TYPE] = "wrong_type",
    [REJECT_BAD_TIME] = "bad_time",
    [REJECT_TIME_OUT_OF_RANGE] = "time_out_of_range",
    [REJECT_BAD_NAME] = "bad_name",
    [REJECT_BAD_DEVICE] = "bad_device",
    [REJECT_BAD_ID] = "bad_id",
    [REJECT_BAD_ADDRESS] = "bad_address",
    [REJECT_BAD_COUNTRY] = "bad_country",
    [REJECT_BAD_HASH] = "bad_hash",
    [REJECT_BAD_LABEL] = "bad_label",
    [REJECT_STORE] = "store",
    [REJECT_CLOSED_MONTH] = "closed_month",
};

const char *reject_reason_name(enum reject_reason reason)
{
    return reason_names[reason];
}

enum status rejection_set(struct rejection *why, enum reject_reason reason, const char *format, ...)
{
    va_list arguments;

    why->reason = reason;
    va_start(arguments, format);
    vsnprintf(why->detail, sizeof(why->detail), format, arguments);
    va_end(arguments);
    return STATUS_REJECT;
}

void rejection_add(struct rejection *why, const char *format, ...)
{
    size_t length = strlen(why->detail);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why->detail + length, sizeof(why->detail) - length, format, arguments);
    va_end(arguments);
}
