#include "simulate/foreign.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* No field: what stands in `before` is always written. */
#define ALWAYS EVENT_FIELDS

/* Text around a field's value, written when the event has the field. */
struct piece {
    const char *before;
    enum event_field field;
    const char *after;
};

struct foreign_format {
    const char *name;
    const struct piece *pieces; /* the last one has no text */
};

static const struct piece ocsf[] = {
    {"{\"class_uid\":2004,\"category_uid\":2,\"activity_id\":1,\"type_uid\":200401,\"severity_id\":"
     "4",
     ALWAYS, ""},
    {",\"time\":", FIELD_TIME, ""},
    {",\"metadata\":{\"version\":\"1.3.0\"", ALWAYS, ""},
    {",\"uid\":", FIELD_ID, ""},
    {",\"product\":{\"lang\":\"en\"", ALWAYS, ""},
    {",\"vendor_name\":", FIELD_VENDOR, ""},
    {",\"name\":", FIELD_PRODUCT, ""},
    {",\"version\":", FIELD_VERSION, ""},
    {"}},\"device\":{\"type_id\":2", ALWAYS, ""},
    {",\"uid\":", FIELD_DEVICE, ""},
    {",\"ip\":", FIELD_IP, ""},
    {",\"location\":{\"country\":", FIELD_COUNTRY, "}"},
    {",\"os\":{\"type_id\":100,\"name\":", FIELD_OS, "}"},
    {",\"hostname\":", FIELD_EXTRA, ""},
    {"},\"malware\":[{\"classification_ids\":[20]", ALWAYS, ""},
    {",\"name\":", FIELD_NAME, ""},
    {"}]", ALWAYS, ""},
    {",\"evidences\":[{\"file\":{\"hashes\":[{\"algorithm_id\":3,\"value\":", FIELD_SHA256,
     "}]}}]"},
    {",\"disposition\":", FIELD_ACTION, ""},
    {",\"unmapped\":{\"segment\":", FIELD_SEGMENT, "}"},
    {"}", ALWAYS, ""},
    {NULL, ALWAYS, NULL},
};

static const struct piece ecs[] = {
    {"{\"ecs\":{\"version\":\"8.11.0\"}", ALWAYS, ""},
    {",\"@timestamp\":", FIELD_TIME, ""},
    {",\"event\":{\"kind\":\"alert\",\"category\":[\"malware\"]", ALWAYS, ""},
    {",\"id\":", FIELD_ID, ""},
    {",\"action\":", FIELD_ACTION, ""},
    {"},\"host\":{\"type\":\"desktop\"", ALWAYS, ""},
    {",\"id\":", FIELD_DEVICE, ""},
    {",\"ip\":[", FIELD_IP, "]"},
    {",\"geo\":{\"country_iso_code\":", FIELD_COUNTRY, "}"},
    {",\"os\":{\"name\":", FIELD_OS, "}"},
    {",\"architecture\":", FIELD_EXTRA, ""},
    {"},\"observer\":{\"type\":\"edr\"", ALWAYS, ""},
    {",\"vendor\":", FIELD_VENDOR, ""},
    {",\"product\":", FIELD_PRODUCT, ""},
    {",\"version\":", FIELD_VERSION, ""},
    {"},\"rule\":{\"ruleset\":\"signatures\"", ALWAYS, ""},
    {",\"name\":", FIELD_NAME, ""},
    {"}", ALWAYS, ""},
    {",\"file.hash.sha256\":", FIELD_SHA256, ""},
    {",\"labels\":{\"segment\":", FIELD_SEGMENT, "}"},
    {"}", ALWAYS, ""},
    {NULL, ALWAYS, NULL},
};

static const struct piece cloudevents[] = {
    {"{\"specversion\":\"1.0\",\"type\":\"com.example.detection\"", ALWAYS, ""},
    {",\"source\":", FIELD_DEVICE, ""},
    {",\"id\":", FIELD_ID, ""},
    {",\"time\":", FIELD_TIME, ""},
    {",\"datacontenttype\":\"application/json\",\"data\":{\"schema\":1", ALWAYS, ""},
    {",\"name\":", FIELD_NAME, ""},
    {",\"ip\":", FIELD_IP, ""},
    {",\"country\":", FIELD_COUNTRY, ""},
    {",\"sha256\":", FIELD_SHA256, ""},
    {",\"vendor\":", FIELD_VENDOR, ""},
    {",\"product\":", FIELD_PRODUCT, ""},
    {",\"version\":", FIELD_VERSION, ""},
    {",\"action\":", FIELD_ACTION, ""},
    {",\"os\":", FIELD_OS, ""},
    {",\"segment\":", FIELD_SEGMENT, ""},
    {",\"room\":", FIELD_EXTRA, ""},
    {"}}", ALWAYS, ""},
    {NULL, ALWAYS, NULL},
};

static const struct foreign_format formats[] = {
    {"ocsf", ocsf}, {"ecs", ecs}, {"cloudevents", cloudevents}};

const char *foreign_name_at(size_t index)
{
    return index < sizeof(formats) / sizeof(formats[0]) ? formats[index].name : NULL;
}

const struct foreign_format *foreign_find(const char *name)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static char *put(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    return at + length;
}

char *foreign_write(const struct foreign_format *format, char *at,
                    const struct slice fields[EVENT_FIELDS])
{
    for (const struct piece *piece = format->pieces; piece->before != NULL; piece++) {
        bool always = piece->field == ALWAYS;

        if (!always && fields[piece->field].length == 0)
            continue;
        at = put(at, piece->before, strlen(piece->before));
        if (!always)
            at = put(at, fields[piece->field].data, fields[piece->field].length);
        at = put(at, piece->after, strlen(piece->after));
    }
    return at;
}
