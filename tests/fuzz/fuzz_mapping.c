#define _GNU_SOURCE /* memmem */
/* A format file, a line with a dot, and a message: what a stranger sends is read by what a user
 * wrote.
 *
 * What it is held against: jansson and a second reader of format lines and JSON Pointers, for the
 * name; our own format written as a mapping, for everything; jansson's arrays, for elements. */
#include "ingest/event/mapping.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>

#include "check.h"
#include "config/keyfile.h"
#include "ingest/event/decode.h"

#define FORMAT_MAX 4096
#define SEPARATOR "\n.\n"

static const struct time_policy policy = {INT64_MIN, INT64_MAX};

static const char own_format[] =
    "time = /time\ndevice = /device\nname = /name\nip = /ip\ncountry = /country\nid = /id\n"
    "sha256 = /sha256\nvendor = /vendor\nproduct = /product\nversion = /version\n"
    "action = /action\nos = /os\nsegment = /segment\n";

static struct decoder *decoder;     /* of the format that came */
static struct decoder *own_decoder; /* of our own format */
static struct decoder *written;     /* of our own format as a mapping */

static struct mapping *read_format(const char *text)
{
    struct mapping *mapping = mapping_new();
    struct error error = {""};
    enum status status = keyfile_read_text(text, "format", mapping_line, mapping, &error);

    if (status == STATUS_OK)
        status = mapping_finish(mapping, EVENT_DETECTION, &error);
    if (status == STATUS_OK)
        return mapping;
    CHECK(status == STATUS_REJECT && *error.message != '\0', "a mistake without a word");
    mapping_free(mapping);
    return NULL;
}

static void check_detail(const struct rejection *why)
{
    CHECK(why->reason < REJECT_STORE && *why->detail != '\0', "no reason");
    for (const char *at = why->detail; *at != '\0'; at++)
        CHECK(*at >= ' ' && *at <= '~', "the detail is no plain text: %s", why->detail);
}

/* ---- our own format, twice */

static bool same_text(struct slice one, struct slice other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

static void check_own_format(const char *message, size_t size)
{
    struct rejection own_why = {REJECT_REASONS, ""};
    struct rejection why = {REJECT_REASONS, ""};
    struct event own;
    struct event event;
    enum status own_status = decode_event(own_decoder, message, size, &policy, &own, &own_why);
    enum status status = decode_event(written, message, size, &policy, &event, &why);

    CHECK(status == own_status, "%s, but %s", why.detail, own_why.detail);
    if (status == STATUS_REJECT) {
        CHECK(why.reason == own_why.reason, "%s, but %s", why.detail, own_why.detail);
        return;
    }
    CHECK(own.time_us == event.time_us && memcmp(own.device, event.device, 16) == 0 &&
              memcmp(own.id, event.id, 16) == 0 && memcmp(own.address, event.address, 16) == 0 &&
              memcmp(own.sha256, event.sha256, 32) == 0 &&
              strcmp(own.country, event.country) == 0 && same_text(own.name, event.name) &&
              same_text(own.vendor, event.vendor) && same_text(own.product, event.product) &&
              same_text(own.version, event.version) && same_text(own.action, event.action) &&
              same_text(own.os, event.os) && same_text(own.segment, event.segment),
          "another event");
}

/* ---- the name, by another reader */

/* The value of the key `name` in the format; false: it has none that the model understands. */
static bool find_name_line(const char *format, char *value, size_t size)
{
    for (const char *line = format; line != NULL; line = strchr(line, '\n')) {
        size_t length;

        line += strspn(line, " \t\r\n");
        if (*line == '[')
            return false;
        if (strncmp(line, "name", 4) != 0)
            continue;
        line += 4 + strspn(line + 4, " \t");
        if (*line != '=')
            continue;
        length = strcspn(++line, "\r\n");
        snprintf(value, size, "%.*s", (int)length, line);
        return length < size && strpbrk(value, "\"#[") == NULL && strstr(value, "header:") == NULL;
    }
    return false;
}

/* A JSON Pointer, of RFC 6901 step by step; NULL: it leads nowhere. */
static const json_t *follow(const json_t *value, const char *pointer, const char *end)
{
    while (value != NULL && pointer < end) {
        char key[FORMAT_MAX];
        size_t length = 0;
        char *digits_end;

        for (pointer++; pointer < end && *pointer != '/'; pointer++) {
            key[length] = *pointer;
            if (*pointer == '~')
                key[length] = *++pointer == '0' ? '~' : '/';
            length++;
        }
        key[length] = '\0';
        if (json_is_object(value)) {
            value = json_object_get(value, key);
            continue;
        }

        unsigned long place = strtoul(key, &digits_end, 10);
        bool is_index = length > 0 && strspn(key, "0123456789") == length &&
                        (length == 1 || *key != '0') && length < 6;

        value = json_is_array(value) && is_index ? json_array_get(value, place) : NULL;
    }
    return value;
}

static const json_t *expected_name(const json_t *root, const char *places)
{
    while (*places != '\0') {
        size_t length;
        const char *end;
        const json_t *found;

        places += strspn(places, " \t");
        length = strcspn(places, "|");
        end = places + length;
        while (end > places && (end[-1] == ' ' || end[-1] == '\t'))
            end--;
        found = follow(root, places, end);
        if (found != NULL && !json_is_null(found))
            return found;
        places += length + (places[length] == '|');
    }
    return NULL;
}

static void check_name(const char *format, const char *message, size_t size, enum status status,
                       const struct event *event, const struct rejection *why)
{
    char places[FORMAT_MAX];
    json_error_t error;
    json_t *root = json_loadb(message, size, JSON_REJECT_DUPLICATES, &error);
    const json_t *name;

    if (root != NULL && json_is_object(root) && find_name_line(format, places, sizeof(places))) {
        name = expected_name(root, places);
        if (status == STATUS_OK)
            CHECK(json_is_string(name) &&
                      same_text(event->name,
                                (struct slice){json_string_value(name), json_string_length(name)}),
                  "another name");
        else if (why->reason == REJECT_MISSING_FIELD && strncmp(why->detail, "name:", 5) == 0)
            CHECK(name == NULL, "there is a name");
    }
    json_decref(root);
}

/* ---- the whole */

static void decode(const char *format, const char *message, size_t size)
{
    struct rejection why = {REJECT_REASONS, ""};
    struct event event;
    enum status status = decode_event(decoder, message, size, &policy, &event, &why);

    if (status == STATUS_REJECT)
        check_detail(&why);
    check_name(format, message, size, status, &event, &why);
}

static void decode_all(const char *format, const char *message, size_t size)
{
    struct rejection why = {REJECT_REASONS, ""};
    struct elements elements;
    struct slice element;
    uint32_t count = 0;
    json_error_t error;

    switch (decode_elements(decoder, message, size, &elements, &why)) {
    case DECODE_ONE:
        decode(format, message, size);
        return;
    case DECODE_REJECTED:
        check_detail(&why);
        return;
    case DECODE_ELEMENTS:
        break;
    }
    for (; elements_next(&elements, &element); count++) {
        json_t *root =
            json_loadb(element.data, element.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

        CHECK(element.data >= message && element.data + element.length <= message + size,
              "an element outside of its message");
        CHECK(root != NULL || json_error_code(&error) != json_error_end_of_input_expected,
              "more than an element");
        json_decref(root);
        decode(format, element.data, element.length);
    }
    CHECK(count == elements.count && count > 0, "%u elements instead of %u", count, elements.count);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *separator = size == 0 ? NULL : memmem(data, size, SEPARATOR, strlen(SEPARATOR));
    size_t length = separator == NULL ? 0 : (size_t)(separator - (const char *)data);
    const char *message = separator == NULL ? (const char *)data : separator + strlen(SEPARATOR);
    size_t message_size = size - (size_t)(message - (const char *)data);
    char format[FORMAT_MAX];
    struct mapping *mapping;

    if (decoder == NULL) {
        decoder = decoder_new();
        own_decoder = decoder_new();
        written = decoder_new();
        decoder_set_mapping(written, read_format(own_format));
    }
    check_own_format(message, message_size);
    if (length == 0 || length >= sizeof(format))
        return 0;
    memcpy(format, data, length);
    format[length] = '\0';
    mapping = memchr(format, '\0', length) == NULL ? read_format(format) : NULL;
    if (mapping == NULL)
        return 0;
    decoder_set_mapping(decoder, mapping);
    decode_all(format, message, message_size);
    decoder_set_mapping(decoder, NULL);
    mapping_free(mapping);
    return 0;
}
