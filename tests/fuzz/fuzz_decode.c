/* Event decoding on any bytes: JSON, rules for text, validation, identities.
 *
 * What it is held against: jansson, a JSON parser that shares nothing with simdjson; the C
 * library's calendar; and the message itself, written again in another spelling. */
#include "ingest/event/decode.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <jansson.h>
#include <unicode/ustring.h>

#include "check.h"
#include "ingest/event/country.h"
#include "ingest/event/identity.h"

#define MICROSECONDS INT64_C(1000000)
/* Every byte of seven texts as \u00XX, and the rest. */
#define REWRITTEN_SIZE (16 * 1024)
/* Deeper nesting is a limit of ours, which jansson doesn't have. */
#define NESTING_MAX 1025

/* Everything that can be written. */
static const struct time_policy wide = {INT64_MIN, INT64_MAX};
/* 2000 to 2100. */
static const struct time_policy narrow = {INT64_C(946684800) * MICROSECONDS,
                                          INT64_C(4102444800) * MICROSECONDS};

static struct decoder *decoder;
static struct decoder *other_decoder; /* its memory is not shared: two events can be compared */

static bool is_utf8(const char *text, size_t length)
{
    UErrorCode icu = U_ZERO_ERROR;
    int32_t units;

    u_strFromUTF8(NULL, 0, &units, text, (int32_t)length, &icu);
    return icu != U_INVALID_CHAR_FOUND;
}

/* ---- what an accepted event is */

static void check_text(struct slice text, size_t maximum, const char *what)
{
    CHECK(text.length <= maximum, "%s is %zu bytes long", what, text.length);
    CHECK(text.length == 0 || memchr(text.data, '\0', text.length) == NULL, "%s holds NUL", what);
    CHECK(text.length == 0 || is_utf8(text.data, text.length), "%s is not UTF-8", what);
}

static void check_fields(const struct event *event)
{
    static const uint8_t zeros[32];
    size_t address_size = event->address_family == ADDRESS_IPV4   ? 4
                          : event->address_family == ADDRESS_IPV6 ? 16
                                                                  : 0;

    CHECK(event->name.length > 0, "an event without a name");
    check_text(event->name, EVENT_NAME_MAX, "name");
    check_text(event->vendor, EVENT_LABEL_MAX, "vendor");
    check_text(event->product, EVENT_LABEL_MAX, "product");
    check_text(event->version, EVENT_LABEL_MAX, "version");
    check_text(event->action, EVENT_LABEL_MAX, "action");
    check_text(event->os, EVENT_LABEL_MAX, "os");
    check_text(event->segment, EVENT_LABEL_MAX, "segment");
    CHECK(address_size > 0 || event->address_family == ADDRESS_NONE, "an unknown address family");
    CHECK(memcmp(event->address + address_size, zeros, 16 - address_size) == 0,
          "bytes behind the address");
    CHECK(address_size > 0 || event->country[0] != '\0', "neither address nor country");
    CHECK(event->country[0] == '\0' || strcmp(event->country, COUNTRY_UNKNOWN) == 0 ||
              (country_is_known(event->country) && event->country[2] == '\0'),
          "country %.3s", event->country);
    CHECK(event->has_sha256 == 1 ||
              (event->has_sha256 == 0 && memcmp(event->sha256, zeros, 32) == 0),
          "a hash that isn't there");
}

static bool same_text(struct slice one, struct slice other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

static bool same_event(const struct event *one, const struct event *other)
{
    return one->time_us == other->time_us && memcmp(one->device, other->device, 16) == 0 &&
           memcmp(one->id, other->id, 16) == 0 && same_text(one->name, other->name) &&
           same_text(one->vendor, other->vendor) && same_text(one->product, other->product) &&
           same_text(one->version, other->version) && same_text(one->action, other->action) &&
           same_text(one->os, other->os) && same_text(one->segment, other->segment) &&
           one->address_family == other->address_family &&
           memcmp(one->address, other->address, 16) == 0 && one->has_sha256 == other->has_sha256 &&
           memcmp(one->sha256, other->sha256, 32) == 0 && strcmp(one->country, other->country) == 0;
}

/* ---- the same event in another spelling */

enum time_spelling { SPELL_UTC, SPELL_EAST, SPELL_WEST, SPELL_MILLISECONDS, SPELLINGS };

struct rewritten {
    char text[REWRITTEN_SIZE];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct rewritten *out, const char *format,
                                                      ...)
{
    va_list arguments;

    va_start(arguments, format);
    out->length +=
        (size_t)vsnprintf(out->text + out->length, REWRITTEN_SIZE - out->length, format, arguments);
    va_end(arguments);
}

/* ASCII is escaped where `escaped` says so, and where JSON asks for it. */
static void put_text(struct rewritten *out, const char *key, struct slice text, bool escaped)
{
    if (text.length == 0)
        return;
    put(out, ",\"%s\":\"", key);
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        if (byte < 0x20 || byte == '"' || byte == '\\' || (escaped && byte < 0x80))
            put(out, "\\u%04x", (unsigned)byte);
        else
            put(out, "%c", byte);
    }
    put(out, "\"");
}

static void put_hex(struct rewritten *out, const char *key, const uint8_t *bytes, size_t size)
{
    put(out, ",\"%s\":\"", key);
    for (size_t i = 0; i < size; i++)
        put(out, size == 16 && (i == 4 || i == 6 || i == 8 || i == 10) ? "-%02X" : "%02X",
            bytes[i]);
    put(out, "\"");
}

/* False when a time can't be spelled like this. */
static bool put_time(struct rewritten *out, int64_t time_us, enum time_spelling spelling)
{
    int64_t microsecond = (time_us % MICROSECONDS + MICROSECONDS) % MICROSECONDS;
    time_t second = (time_us - microsecond) / MICROSECONDS;
    struct tm civil;

    if (spelling == SPELL_MILLISECONDS) {
        put(out, "{\"time\":%" PRId64, time_us / 1000);
        return time_us % 1000 == 0;
    }
    if (spelling == SPELL_EAST)
        second += 9 * 3600 + 30 * 60;
    else if (spelling == SPELL_WEST)
        second -= 3 * 3600 + 30 * 60;
    if (gmtime_r(&second, &civil) == NULL || civil.tm_year < -1900 || civil.tm_year > 9999 - 1900)
        return false;
    put(out, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06" PRId64 "%s\"", civil.tm_year + 1900,
        civil.tm_mon + 1, civil.tm_mday, civil.tm_hour, civil.tm_min, civil.tm_sec, microsecond,
        spelling == SPELL_EAST   ? "+09:30"
        : spelling == SPELL_WEST ? "-03:30"
                                 : "Z");
    return true;
}

static bool rewrite(const struct event *event, bool with_id, enum time_spelling spelling,
                    struct rewritten *out)
{
    char address[INET6_ADDRSTRLEN];
    bool escaped = spelling == SPELL_EAST;

    out->length = 0;
    if (!put_time(out, event->time_us, spelling))
        return false;
    put_text(out, "segment", event->segment, escaped);
    put_text(out, "os", event->os, escaped);
    put_text(out, "action", event->action, escaped);
    put_text(out, "version", event->version, escaped);
    put_text(out, "product", event->product, escaped);
    put_text(out, "vendor", event->vendor, escaped);
    put_text(out, "name", event->name, escaped);
    put_hex(out, "device", event->device, sizeof(event->device));
    if (with_id)
        put_hex(out, "id", event->id, sizeof(event->id));
    if (event->has_sha256)
        put_hex(out, "sha256", event->sha256, sizeof(event->sha256));
    if (event->country[0] != '\0')
        put(out, ",\"country\":\"%s\"", event->country);
    if (event->address_family != ADDRESS_NONE) {
        inet_ntop(event->address_family == ADDRESS_IPV4 ? AF_INET : AF_INET6, event->address,
                  address, sizeof(address));
        put(out, ",\"ip\":\"%s\"", address);
    }
    put(out, ",\"unknown\":[{}]}");
    return true;
}

static void check_spellings(const struct event *event)
{
    static struct rewritten rewritten;
    uint8_t content_id[IDENTITY_SIZE];
    struct rejection why = {REJECT_REASONS, ""};
    struct event again;

    identity_of_content(event, content_id);
    for (int spelling = 0; spelling < SPELLINGS; spelling++) {
        bool with_id = memcmp(content_id, event->id, IDENTITY_SIZE) != 0;

        if (!rewrite(event, with_id, (enum time_spelling)spelling, &rewritten))
            continue;
        CHECK(decode_event(other_decoder, rewritten.text, rewritten.length, &wide, &again, &why) ==
                  STATUS_OK,
              "rejected when written again: %s: %.*s", why.detail, (int)rewritten.length,
              rewritten.text);
        CHECK(same_event(event, &again), "another event when written again: %.*s",
              (int)rewritten.length, rewritten.text);
    }
}

/* ---- another JSON parser */

static void check_member(const json_t *object, const char *key, struct slice text)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL || json_is_null(value)) {
        CHECK(text.length == 0, "%s came from nowhere", key);
        return;
    }
    CHECK(json_is_string(value), "%s is no text", key);
    CHECK(same_text(text, (struct slice){json_string_value(value), json_string_length(value)}),
          "%s is \"%.*s\"", key, (int)text.length, text.data);
}

/* Members of the outermost object of good JSON, equal ones counted each time. */
static size_t count_members(const char *message, size_t size)
{
    size_t members = 0;
    int depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < size; i++) {
        if (in_string && message[i] == '\\')
            i++;
        else if (message[i] == '"')
            in_string = !in_string;
        else if (!in_string && (message[i] == '[' || message[i] == '{'))
            depth++;
        else if (!in_string && (message[i] == ']' || message[i] == '}'))
            depth--;
        else if (!in_string && depth == 1 && message[i] == ':')
            members++;
    }
    return members;
}

static bool ends_a_month(int64_t time_us)
{
    int64_t microsecond = (time_us % MICROSECONDS + MICROSECONDS) % MICROSECONDS;
    time_t next = (time_t)((time_us - microsecond) / MICROSECONDS) + 1;
    struct tm civil;

    return gmtime_r(&next, &civil) != NULL && civil.tm_mday == 1;
}

/* A time in UTC reads as the C library writes it, to the second. */
static void check_time(const json_t *value, int64_t time_us)
{
    struct rewritten written = {.length = 0};
    const char *text = json_string_value(value);
    static const char start[] = "{\"time\":\"";

    if (json_is_integer(value))
        CHECK(json_integer_value(value) * 1000 == time_us, "time is %" PRId64, time_us);
    if (!json_is_string(value) || strpbrk(text, "Zz") == NULL)
        return;
    CHECK(put_time(&written, time_us, SPELL_UTC), "a time that has no spelling");

    const char *expected = written.text + strlen(start);

    /* A leap second is taken for the second before it, and there is none but at a month's end. */
    bool leap = memcmp(text + 17, "60", 2) == 0;

    if (leap)
        CHECK(memcmp(expected + 17, "59", 2) == 0 && ends_a_month(time_us), "%s is no leap second",
              text);
    for (int i = 0; i < (leap ? 17 : 19); i++)
        CHECK(text[i] == expected[i] || (i == 10 && text[i] == 't'), "%s is taken for %s", text,
              expected);
}

static void check_members(const char *message, size_t size, const struct event *event)
{
    json_error_t error;
    json_t *root = json_loadb(message, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    if (root == NULL) {
        CHECK(json_error_code(&error) == json_error_numeric_overflow, "accepted, but no JSON: %s",
              error.text);
        return;
    }
    CHECK(json_is_object(root), "accepted, but no object");
    CHECK(json_object_size(root) == count_members(message, size), "accepted with a key twice");
    check_member(root, "name", event->name);
    check_member(root, "vendor", event->vendor);
    check_member(root, "product", event->product);
    check_member(root, "version", event->version);
    check_member(root, "action", event->action);
    check_member(root, "os", event->os);
    check_member(root, "segment", event->segment);
    check_time(json_object_get(root, "time"), event->time_us);
    json_decref(root);
}

/* Not exact where a message is broken: brackets in a string that never ends count. */
static bool nests_deep(const char *message, size_t size)
{
    int depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < size; i++) {
        if (in_string && message[i] == '\\')
            i++;
        else if (message[i] == '"')
            in_string = !in_string;
        else if (!in_string && (message[i] == '[' || message[i] == '{') && ++depth > NESTING_MAX)
            return true;
        else if (!in_string && (message[i] == ']' || message[i] == '}'))
            depth--;
    }
    return false;
}

/* Whether the reason is one that jansson's opinion agrees with. */
static void check_reason(const char *message, size_t size, enum reject_reason reason)
{
    json_error_t error;
    json_t *root = json_loadb(message, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    bool too_large = root == NULL && json_error_code(&error) == json_error_numeric_overflow;

    if (reason == REJECT_BAD_JSON)
        CHECK(root == NULL || nests_deep(message, size), "bad_json, but it is JSON");
    if (reason > REJECT_BAD_JSON)
        CHECK(root != NULL || too_large, "%s, but no JSON: %s", reject_reason_name(reason),
              error.text);
    if (reason == REJECT_EMPTY)
        CHECK(json_is_array(root) && json_array_size(root) == 0, "empty, but holds something");
    if (reason > REJECT_NOT_AN_OBJECT)
        CHECK(too_large || json_is_object(root), "%s, but no object", reject_reason_name(reason));
    json_decref(root);
    if (reason != REJECT_DUPLICATE_KEY || too_large)
        return;
    root = json_loadb(message, size, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES,
                      &error);
    CHECK(root == NULL, "duplicate_key, but all differ");
}

/* ---- the whole */

static void check_rejection(const char *message, size_t size, const struct rejection *why)
{
    CHECK(why->reason < REJECT_STORE, "no reason");
    CHECK(*why->detail != '\0', "no detail");
    for (const char *at = why->detail; *at != '\0'; at++)
        CHECK(*at >= ' ' && *at <= '~', "the detail is no plain text: %s", why->detail);
    /* The search for the fault agrees with the parser that there is one. */
    CHECK(why->reason != REJECT_BAD_JSON || strstr(why->detail, " at byte ") != NULL ||
              strstr(why->detail, "looks like ") != NULL,
          "no cause: %s", why->detail);
    if (size == 0 || size > EVENT_MESSAGE_MAX) {
        CHECK(why->reason == (size == 0 ? REJECT_EMPTY : REJECT_TOO_LARGE), "%s",
              reject_reason_name(why->reason));
        return;
    }
    CHECK(is_utf8(message, size) == (why->reason != REJECT_BAD_UTF8), "%s",
          reject_reason_name(why->reason));
    if (why->reason != REJECT_BAD_UTF8 && memchr(message, '\0', size) != NULL)
        CHECK(why->reason == REJECT_NUL, "%s", reject_reason_name(why->reason));
    check_reason(message, size, why->reason);
}

static void check_accepted(const char *message, size_t size, const struct event *event)
{
    struct rejection why = {REJECT_REASONS, ""};
    struct event again;

    CHECK(is_utf8(message, size), "accepted, but not UTF-8");
    CHECK(memchr(message, '\0', size) == NULL, "accepted with NUL");
    check_fields(event);
    check_members(message, size, event);
    check_spellings(event);

    bool in_range = event->time_us >= narrow.oldest_us && event->time_us <= narrow.newest_us;
    enum status status = decode_event(other_decoder, message, size, &narrow, &again, &why);

    CHECK((status == STATUS_OK) == in_range, "time %" PRId64 " is out of place", event->time_us);
    if (in_range)
        CHECK(same_event(event, &again), "another event when decoded again");
    else
        CHECK(why.reason == REJECT_TIME_OUT_OF_RANGE, "%s", reject_reason_name(why.reason));
}

/* What Confluent puts in front of JSON: a zero and four bytes. */
static void skip_framing(const char **message, size_t *size)
{
    size_t at = 5;

    if (*size <= 5 || *size > EVENT_MESSAGE_MAX || **message != '\0')
        return;
    while (at < *size && ((*message)[at] == ' ' || (*message)[at] == '\t' ||
                          (*message)[at] == '\r' || (*message)[at] == '\n'))
        at++;
    if (at < *size && ((*message)[at] == '{' || (*message)[at] == '[')) {
        *message += 5;
        *size -= 5;
    }
}

static void decode(const char *message, size_t size)
{
    struct rejection why = {REJECT_REASONS, ""};
    struct event event;
    struct event before;

    memset(&before, 0xA5, sizeof(before));
    memcpy(&event, &before, sizeof(event));

    enum status status = decode_event(decoder, message, size, &wide, &event, &why);

    skip_framing(&message, &size);
    if (status == STATUS_OK) {
        check_accepted(message, size, &event);
        return;
    }
    CHECK(status == STATUS_REJECT, "neither accepted nor rejected");
    CHECK(memcmp(&event, &before, sizeof(event)) == 0, "a rejected event was written");
    check_rejection(message, size, &why);
}

static void check_envelope(const char *line, size_t size, struct slice payload)
{
    json_error_t error;
    json_t *root = json_loadb(line, size, JSON_ALLOW_NUL, &error);

    if (root == NULL) {
        CHECK(json_error_code(&error) == json_error_numeric_overflow ||
                  json_error_code(&error) == json_error_null_byte_in_key ||
                  json_error_code(&error) == json_error_invalid_syntax,
              "an envelope that is no JSON: %s", error.text);
        return;
    }

    const json_t *value = json_object_get(root, "payload");

    CHECK(value != NULL, "an envelope without payload");
    if (payload.data == NULL)
        CHECK(json_is_null(value), "the payload got lost");
    else
        CHECK(json_is_string(value) &&
                  same_text(payload,
                            (struct slice){json_string_value(value), json_string_length(value)}),
              "another payload");
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *message = (const char *)data;
    struct slice payload = {NULL, 0};

    if (decoder == NULL) {
        decoder = decoder_new();
        other_decoder = decoder_new();
    }
    decode(message, size);
    if (decode_kcat_envelope(decoder, message, size, &payload) == 1) {
        check_envelope(message, size, payload);
        decode(payload.data, payload.length);
    }
    return 0;
}
