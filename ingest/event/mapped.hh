/* The members of another format's object, gathered by a mapping (mapping.h): part of decode.cc,
 * which is the only one to include it. */
#ifndef KANSEN_INGEST_EVENT_MAPPED_HH
#define KANSEN_INGEST_EVENT_MAPPED_HH

#include <cstddef>
#include <cstdint>
#include <string_view>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "ingest/event/mapping_internal.h"
#include "ingest/event/rejection.h"
#include "ingest/event/validate.h"

/* Looks for a header of the message: how often it is there, and its value. */
typedef size_t mapped_find_header(void *context, struct slice name, struct slice *value);

struct mapped_headers {
    mapped_find_header *find; /* NULL: the message has none */
    void *context;
};

/* Reads a text that is JSON in base64; what is in *out stays until the message has been validated.
 * STATUS_REJECT: it is none. */
typedef enum status mapped_open_encoded(void *context, std::string_view text,
                                        simdjson::dom::object *out, struct rejection *why);

struct mapped_encoded {
    mapped_open_encoded *open;
    void *context;
};

/* The value of a JSON element as validate.c reads it. */
static inline struct raw_field mapped_field(simdjson::dom::element value)
{
    struct raw_field field = {};
    std::string_view text;

    switch (value.type()) {
    case simdjson::dom::element_type::NULL_VALUE:
        field.type = JSON_ABSENT;
        break;
    case simdjson::dom::element_type::STRING:
        field.type = JSON_STRING;
        if (value.get(text) == simdjson::SUCCESS)
            field.text = {text.data(), text.size()};
        break;
    case simdjson::dom::element_type::INT64:
        field.type = JSON_INTEGER;
        if (value.get(field.integer) != simdjson::SUCCESS)
            field.type = JSON_NUMBER;
        break;
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE:
        field.type = JSON_NUMBER;
        if (value.get(field.number) != simdjson::SUCCESS)
            field.number = 0;
        break;
    case simdjson::dom::element_type::BOOL:
        field.type = JSON_BOOLEAN;
        break;
    case simdjson::dom::element_type::ARRAY:
        field.type = JSON_ARRAY;
        break;
    case simdjson::dom::element_type::OBJECT:
        field.type = JSON_OBJECT;
        break;
    }
    return field;
}

/* Fills raw with what the mapping finds in the object. STATUS_REJECT: something that it reads is
 * there twice, is no text, or says that this is no detection. scratch has room for the object's
 * members. */
enum status mapped_read(const struct mapping *mapping, simdjson::dom::object object,
                        const struct mapped_headers *headers, const struct mapped_encoded *encoded,
                        std::string_view *scratch, struct raw_event *raw, struct rejection *why);

/* The text of the array that the mapping's `each` names: *array is the whole message before, and
 * the array afterwards. STATUS_REJECT: there is none, or it is empty. */
enum status mapped_find_each(const struct mapping *mapping, simdjson::dom::element root,
                             struct slice *array, struct rejection *why);

#endif
