#include "ingest/event/validate.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ingest/event/address.h"
#include "ingest/event/country.h"
#include "ingest/event/identity.h"
#include "ingest/event/time_hint.h"
#include "ingest/event/timestamp.h"
#include "ingest/event/value_hint.h"
#include "text/hex.h"

#define MICROSECONDS_PER_MILLISECOND 1000
#define SHA256_TEXT_LENGTH 64

const char *const raw_keys[RAW_NAMES] = {
    [RAW_TIME] = "time",       [RAW_DEVICE] = "device",   [RAW_NAME] = "name",
    [RAW_IP] = "ip",           [RAW_COUNTRY] = "country", [RAW_ID] = "id",
    [RAW_SHA256] = "sha256",   [RAW_VENDOR] = "vendor",   [RAW_PRODUCT] = "product",
    [RAW_VERSION] = "version", [RAW_ACTION] = "action",   [RAW_OS] = "os",
    [RAW_SEGMENT] = "segment",
};

const char *json_type_name(enum json_type type)
{
    switch (type) {
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_NUMBER:
    case JSON_MICROSECONDS:
    case JSON_NO_TIME:
        return "a number";
    case JSON_BOOLEAN:
        return "a boolean";
    case JSON_ARRAY:
        return "an array";
    case JSON_OBJECT:
        return "an object";
    case JSON_ABSENT:
        break;
    }
    return "null";
}

/* Absent fields give an empty text. */
static enum status read_text(const struct raw_event *raw, enum raw_name name, struct slice *text,
                             struct rejection *why)
{
    const struct raw_field *field = &raw->fields[name];

    if (field->type != JSON_STRING && field->type != JSON_ABSENT)
        return rejection_set(why, REJECT_WRONG_TYPE, "%s: must be a string, is %s", raw_keys[name],
                             json_type_name(field->type));
    *text = field->type == JSON_STRING ? field->text : (struct slice){NULL, 0};
    return STATUS_OK;
}

/* Nothing can be there where nothing was looked for. */
static const char *places_of(const struct raw_event *raw, enum raw_name name)
{
    return raw->tried[name] == NULL ? "nothing" : raw->tried[name];
}

static enum status reject_missing(const struct raw_event *raw, enum raw_name name,
                                  struct rejection *why)
{
    if (raw->tried != NULL)
        return rejection_set(
            why, REJECT_MISSING_FIELD, "%s: missing or null%s; looked at %s", raw_keys[name],
            raw->has_text ? "; there is JSON inside a JSON string" : "", places_of(raw, name));
    return rejection_set(why, REJECT_MISSING_FIELD, "%s: missing or null", raw_keys[name]);
}

/* A text whose length is within limits, with `reason` when it isn't. */
static enum status read_bounded(const struct raw_event *raw, enum raw_name name, size_t limit,
                                enum reject_reason reason, struct slice *text,
                                struct rejection *why)
{
    if (read_text(raw, name, text, why) != STATUS_OK)
        return STATUS_REJECT;
    if (text->length > limit)
        return rejection_set(why, reason, "%s: %zu bytes, more than %zu", raw_keys[name],
                             text->length, limit);
    return STATUS_OK;
}

static enum status reject_empty(enum raw_name name, enum reject_reason reason,
                                struct rejection *why)
{
    return rejection_set(why, reason, "%s: empty", raw_keys[name]);
}

static void add_looks(const char *looks, struct rejection *why)
{
    if (looks != NULL)
        rejection_add(why, "; looks like %s", looks);
}

/* looks: NULL for nothing that is known. */
static enum status reject_value(enum reject_reason reason, const char *problem, const char *looks,
                                struct rejection *why)
{
    rejection_set(why, reason, "%s", problem);
    add_looks(looks, why);
    return STATUS_REJECT;
}

#define MILLISECONDS "milliseconds"

/* A number that is no time in its unit, in words of what it may be. */
static enum status reject_number(double number, const char *unit, enum reject_reason reason,
                                 const char *problem, struct rejection *why)
{
    const char *looks = time_hint_of_number(number);

    if (looks == NULL)
        return rejection_set(why, reason, "time: %s", problem);
    return rejection_set(why, reason, "time: looks like %s; %s are expected", looks, unit);
}

/* Before or behind what is believed, with both instants. */
static enum status reject_instant(int64_t time_us, int64_t bound_us, struct rejection *why)
{
    bool early = time_us < bound_us;
    char written[TIME_HINT_SIZE];
    char bound[TIME_HINT_SIZE];

    time_hint_write(time_us, written);
    time_hint_write(bound_us, bound);
    return rejection_set(why, REJECT_TIME_OUT_OF_RANGE, "time: %s: %s is %s %s%s",
                         early ? "older than events may be" : "later than events may be", written,
                         early ? "before" : "after", bound,
                         time_us == 0 ? "; a clock that was never set?"
                         : time_hint_is_of_seconds(time_us)
                             ? "; were seconds taken for milliseconds?"
                             : "");
}

static enum status check_bounds(const struct time_policy *policy, int64_t time_us,
                                struct rejection *why)
{
    if (time_us < policy->oldest_us)
        return reject_instant(time_us, policy->oldest_us, why);
    if (time_us > policy->newest_us)
        return reject_instant(time_us, policy->newest_us, why);
    return STATUS_OK;
}

static enum status check_epoch_ms(int64_t time_ms, const struct time_policy *policy,
                                  int64_t *time_us, struct rejection *why)
{
    if (time_ms > INT64_MAX / MICROSECONDS_PER_MILLISECOND ||
        time_ms < INT64_MIN / MICROSECONDS_PER_MILLISECOND)
        return reject_number((double)time_ms, MILLISECONDS, REJECT_TIME_OUT_OF_RANGE,
                             "further from 1970 than can be stored", why);
    *time_us = time_ms * MICROSECONDS_PER_MILLISECOND;
    if (check_bounds(policy, *time_us, why) == STATUS_OK)
        return STATUS_OK;
    if (time_hint_of_number((double)time_ms) != NULL && !time_hint_is_milliseconds((double)time_ms))
        return reject_number((double)time_ms, MILLISECONDS, REJECT_TIME_OUT_OF_RANGE, "", why);
    return STATUS_REJECT;
}

/* In a unit that another format names: a bound that is missed by far says that it is another one.
 */
static enum status check_converted(const struct raw_event *raw, const struct time_policy *policy,
                                   int64_t time_us, struct rejection *why)
{
    char *hint;

    if (check_bounds(policy, time_us, why) == STATUS_OK)
        return STATUS_OK;
    if (raw->time_unit == NULL)
        return STATUS_REJECT;
    hint = strstr(why->detail, "; ");
    if (hint != NULL)
        *hint = '\0';
    rejection_add(why, "; %s are expected", raw->time_unit);
    return STATUS_REJECT;
}

static enum status check_time_text(struct slice text, const char *unit,
                                   const struct time_policy *policy, int64_t *time_us,
                                   struct rejection *why)
{
    const char *problem = timestamp_parse(text, time_us);
    double number;

    if (problem == NULL)
        return check_bounds(policy, *time_us, why);
    if (text.length == 0)
        return reject_empty(RAW_TIME, REJECT_BAD_TIME, why);

    const char *looks = time_hint_of_text(text);

    /* 20130913 has the form of a date and of no number. */
    if (time_hint_read_number(text, &number) &&
        (looks == NULL || time_hint_of_number(number) != NULL)) {
        looks = time_hint_of_number(number);
        return rejection_set(
            why, REJECT_BAD_TIME, "time: %s%s; %s are expected, and no quotes around a number",
            looks == NULL ? "" : "looks like ", looks == NULL ? "a number in quotes" : looks, unit);
    }
    rejection_set(why, REJECT_BAD_TIME, "time: %s", problem);
    if (looks != NULL)
        rejection_add(why, "; looks like %s; RFC 3339 is expected: 2013-09-13T16:05:28Z", looks);
    return STATUS_REJECT;
}

static enum status check_time(const struct raw_event *raw, const struct time_policy *policy,
                              struct event *event, struct rejection *why)
{
    const struct raw_field *field = &raw->fields[RAW_TIME];

    switch (field->type) {
    case JSON_ABSENT:
        return reject_missing(raw, RAW_TIME, why);
    case JSON_MICROSECONDS:
        event->time_us = field->integer;
        return check_converted(raw, policy, event->time_us, why);
    case JSON_INTEGER:
        return check_epoch_ms(field->integer, policy, &event->time_us, why);
    case JSON_NUMBER:
        reject_number(field->number, MILLISECONDS, REJECT_BAD_TIME,
                      "no whole number of milliseconds in 64 bits", why);
        if (time_hint_of_number(field->number) != NULL)
            rejection_add(why, ", as a whole number");
        return STATUS_REJECT;
    case JSON_STRING:
        return check_time_text(field->text, raw->time_unit == NULL ? MILLISECONDS : raw->time_unit,
                               policy, &event->time_us, why);
    case JSON_NO_TIME:
        return rejection_set(why, REJECT_WRONG_TYPE, "time: must be RFC 3339 text, is a number");
    case JSON_BOOLEAN:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return rejection_set(why, REJECT_WRONG_TYPE,
                         "time: must be RFC 3339 text or milliseconds, is %s",
                         json_type_name(field->type));
}

static enum status check_device(const struct raw_event *raw, struct event *event,
                                struct rejection *why)
{
    struct slice text;

    if (raw->fields[RAW_DEVICE].type == JSON_ABSENT)
        return reject_missing(raw, RAW_DEVICE, why);
    if (read_bounded(raw, RAW_DEVICE, EVENT_IDENTIFIER_MAX, REJECT_BAD_DEVICE, &text, why) !=
        STATUS_OK)
        return STATUS_REJECT;
    if (text.length == 0)
        return reject_empty(RAW_DEVICE, REJECT_BAD_DEVICE, why);
    identity_of_device(text, event->device);
    return STATUS_OK;
}

/* A name is missing. What has everything else that a heartbeat has, and nothing more, may be one.
 */
static enum status reject_nameless(const struct raw_event *raw, struct rejection *why)
{
    reject_missing(raw, RAW_NAME, why);
    if (raw->tried == NULL && raw->fields[RAW_SHA256].type == JSON_ABSENT &&
        raw->fields[RAW_ACTION].type == JSON_ABSENT &&
        (raw->fields[RAW_IP].type == JSON_STRING || raw->fields[RAW_COUNTRY].type == JSON_STRING))
        rejection_add(why, "; looks like a heartbeat: --heartbeats reads those");
    return STATUS_REJECT;
}

static enum status check_name(const struct raw_event *raw, struct event *event,
                              struct rejection *why)
{
    bool is_absent = raw->fields[RAW_NAME].type == JSON_ABSENT;

    if (raw->kind == EVENT_HEARTBEAT)
        return is_absent ? STATUS_OK
                         : rejection_set(why, REJECT_NOT_A_HEARTBEAT,
                                         "name: a heartbeat has none; detections are read without "
                                         "--heartbeats");
    if (is_absent)
        return reject_nameless(raw, why);
    if (read_bounded(raw, RAW_NAME, EVENT_NAME_MAX, REJECT_BAD_NAME, &event->name, why) !=
        STATUS_OK)
        return STATUS_REJECT;
    if (event->name.length == 0)
        return reject_empty(RAW_NAME, REJECT_BAD_NAME, why);
    return STATUS_OK;
}

/* One of ours, or ZZ. */
static bool is_country(struct slice text)
{
    return text.length == COUNTRY_SIZE - 1 &&
           (country_is_known(text.data) || memcmp(text.data, COUNTRY_UNKNOWN, text.length) == 0);
}

/* An address only tells the country: where the event says that itself, one that can't be read is
 * no loss. */
static bool can_do_without_address(const struct raw_event *raw)
{
    const struct raw_field *country = &raw->fields[RAW_COUNTRY];

    return country->type == JSON_STRING && is_country(country->text);
}

static enum status reject_placeless(const struct raw_event *raw, struct rejection *why)
{
    if (raw->tried == NULL)
        return rejection_set(why, REJECT_MISSING_FIELD, "ip, country: both missing or null");
    return rejection_set(why, REJECT_MISSING_FIELD,
                         "ip, country: both missing or null; looked at %s, and at %s",
                         places_of(raw, RAW_IP), places_of(raw, RAW_COUNTRY));
}

static enum status check_address(const struct raw_event *raw, struct event *event,
                                 struct rejection *why)
{
    char hint[VALUE_HINT_SIZE];
    struct slice text;

    if (raw->fields[RAW_IP].type == JSON_ABSENT) {
        if (raw->fields[RAW_COUNTRY].type == JSON_ABSENT)
            return reject_placeless(raw, why);
        return STATUS_OK;
    }
    if (read_text(raw, RAW_IP, &text, why) != STATUS_OK)
        return STATUS_REJECT;
    if (address_parse(text, event))
        return STATUS_OK;
    if (can_do_without_address(raw)) {
        event->has_bad_address = 1;
        return STATUS_OK;
    }
    if (text.length == 0)
        return reject_empty(RAW_IP, REJECT_BAD_ADDRESS, why);
    return reject_value(REJECT_BAD_ADDRESS, "ip: not an IPv4 or IPv6 address",
                        value_hint_of_address(text, hint), why);
}

static enum status check_country(const struct raw_event *raw, struct event *event,
                                 struct rejection *why)
{
    char hint[VALUE_HINT_SIZE];
    struct slice text;

    if (raw->fields[RAW_COUNTRY].type == JSON_ABSENT)
        return STATUS_OK;
    if (read_text(raw, RAW_COUNTRY, &text, why) != STATUS_OK)
        return STATUS_REJECT;
    if (!is_country(text))
        return reject_value(REJECT_BAD_COUNTRY,
                            "country: not an assigned ISO 3166-1 alpha-2 code in upper case",
                            value_hint_of_country(text, hint), why);
    memcpy(event->country, text.data, text.length);
    return STATUS_OK;
}

static enum status check_sha256(const struct raw_event *raw, struct event *event,
                                struct rejection *why)
{
    char hint[VALUE_HINT_SIZE];
    struct slice text;

    if (raw->fields[RAW_SHA256].type == JSON_ABSENT)
        return STATUS_OK;
    if (read_text(raw, RAW_SHA256, &text, why) != STATUS_OK)
        return STATUS_REJECT;
    if (text.length != SHA256_TEXT_LENGTH) {
        rejection_set(why, REJECT_BAD_HASH, "sha256: %zu bytes, not %d hexadecimal digits",
                      text.length, SHA256_TEXT_LENGTH);
        add_looks(value_hint_of_sha256(text, hint), why);
        return STATUS_REJECT;
    }
    if (!hex_decode(text.data, event->sha256, sizeof(event->sha256)))
        return rejection_set(why, REJECT_BAD_HASH, "sha256: not hexadecimal");
    event->has_sha256 = 1;
    return STATUS_OK;
}

static enum status check_labels(const struct raw_event *raw, struct event *event,
                                struct rejection *why)
{
    const struct {
        enum raw_name name;
        struct slice *text;
    } labels[] = {
        {RAW_VENDOR, &event->vendor},   {RAW_PRODUCT, &event->product},
        {RAW_VERSION, &event->version}, {RAW_ACTION, &event->action},
        {RAW_OS, &event->os},           {RAW_SEGMENT, &event->segment},
    };

    for (size_t index = 0; index < sizeof(labels) / sizeof(labels[0]); index++)
        if (read_bounded(raw, labels[index].name, EVENT_LABEL_MAX, REJECT_BAD_LABEL,
                         labels[index].text, why) != STATUS_OK)
            return STATUS_REJECT;
    return STATUS_OK;
}

/* Reads the id the agent gave; one made from content has to wait for the other fields. */
static enum status check_id(const struct raw_event *raw, struct event *event, struct rejection *why)
{
    struct slice text;

    if (raw->fields[RAW_ID].type == JSON_ABSENT)
        return STATUS_OK;
    if (read_bounded(raw, RAW_ID, EVENT_IDENTIFIER_MAX, REJECT_BAD_ID, &text, why) != STATUS_OK)
        return STATUS_REJECT;
    if (text.length == 0)
        return reject_empty(RAW_ID, REJECT_BAD_ID, why);
    identity_of_event(text, event->id);
    return STATUS_OK;
}

enum status validate_event(const struct raw_event *raw, const struct time_policy *policy,
                           struct event *out, struct rejection *why)
{
    struct event event = {0};

    if (check_time(raw, policy, &event, why) != STATUS_OK ||
        check_device(raw, &event, why) != STATUS_OK || check_name(raw, &event, why) != STATUS_OK ||
        check_address(raw, &event, why) != STATUS_OK ||
        check_country(raw, &event, why) != STATUS_OK || check_id(raw, &event, why) != STATUS_OK ||
        check_sha256(raw, &event, why) != STATUS_OK || check_labels(raw, &event, why) != STATUS_OK)
        return STATUS_REJECT;
    if (raw->fields[RAW_ID].type == JSON_ABSENT)
        identity_of_content(&event, event.id);
    *out = event;
    return STATUS_OK;
}
