/* Half of the C++ of the project (mapped.cc is the other): simdjson's DOM parser behind a few C
 * functions. It hands plain
 * fields to validate.c and knows nothing of what they mean. */
#include "ingest/event/decode.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>
#include <string>
#include <string_view>

#include <strings.h>

#include "ingest/event/diagnosis.h"
#include "ingest/event/framing.h"
#include "ingest/event/json_limits.h"
#include "ingest/event/key_head.h"
#include "ingest/event/mapped.hh"
#include "ingest/event/repeated_key.hh"
#include "ingest/event/validate.h"
#include "text/base64.h"
#include "text/hex.h"

/* Events are flat, and what hangs below an unknown key is seldom deep: the parser that reads every
 * message is small, and what it refuses for its depth goes to the other one. Both refuse from this
 * depth on. */
static constexpr size_t usual_nesting = 65;
static constexpr size_t largest_nesting = JSON_NESTING_MAX + 1;

/* A member takes five bytes at least: "":1, */
static constexpr size_t members_max = EVENT_MESSAGE_MAX / 5 + 1;

/* A line of kcat: the message with each byte escaped into six at worst, its key and headers. What
 * is longer can't be an event that we would take. */
static constexpr size_t envelope_max = 1024 * 1024;

struct decoder {
    simdjson::dom::parser parser{EVENT_MESSAGE_MAX};
    simdjson::dom::parser deep_parser{EVENT_MESSAGE_MAX};
    /* Apart from the first one, so that an envelope's payload survives the next decode_event. Grows
     * to the longest envelope; nothing is spent on it when there is none. */
    simdjson::dom::parser envelope_parser{envelope_max};
    simdjson::dom::element envelope_headers = {}; /* of the last envelope */
    bool envelope_has_headers = false;
    simdjson::dom::parser encoded_parser{EVENT_MESSAGE_MAX}; /* of JSON in base64 */
    std::string_view keys[RAW_NAMES];                        /* raw_keys with their lengths */
    uint64_t heads[RAW_NAMES] = {}; /* of these keys, none of which is longer than seven bytes */
    size_t order[RAW_NAMES] = {};   /* where the last message had them */
    std::string_view unknown_keys[members_max];
    size_t unknown_count = 0;
    const struct mapping *mapping = nullptr; /* null: events are of our own format */
    struct mapped_headers headers = {};
    enum event_kind kind = EVENT_DETECTION; /* that is expected */
    /* simdjson reads a little past the end of what it parses. */
    char message[EVENT_MESSAGE_MAX + simdjson::SIMDJSON_PADDING];
    char encoded[EVENT_MESSAGE_MAX + simdjson::SIMDJSON_PADDING]; /* what was in base64 */
};

static bool reserve(simdjson::dom::parser &parser, size_t nesting)
{
    return parser.allocate(EVENT_MESSAGE_MAX, nesting) == simdjson::SUCCESS &&
           parser.doc.allocate(EVENT_MESSAGE_MAX) == simdjson::SUCCESS;
}

struct decoder *decoder_new(void)
{
    struct decoder *decoder = new (std::nothrow) struct decoder;

    if (decoder == nullptr)
        return nullptr;
    /* All memory is taken here, none per event. */
    if (!reserve(decoder->parser, usual_nesting) ||
        !reserve(decoder->deep_parser, largest_nesting) ||
        !reserve(decoder->encoded_parser, usual_nesting)) {
        delete decoder;
        return nullptr;
    }
    std::memset(decoder->message, 0, sizeof(decoder->message));
    std::memset(decoder->encoded, 0, sizeof(decoder->encoded));
    for (size_t name = 0; name < RAW_NAMES; name++) {
        decoder->keys[name] = raw_keys[name];
        decoder->heads[name] = key_head_of_text(raw_keys[name], decoder->keys[name].size());
    }
    return decoder;
}

void decoder_set_mapping(struct decoder *decoder, const struct mapping *mapping)
{
    decoder->mapping = mapping;
}

void decoder_set_headers(struct decoder *decoder,
                         size_t (*find)(void *context, struct slice name, struct slice *value),
                         void *context)
{
    decoder->headers = {find, context};
}

void decoder_set_kind(struct decoder *decoder, enum event_kind kind)
{
    decoder->kind = kind;
}

void decoder_free(struct decoder *decoder)
{
    delete decoder;
}

/* The value of "\uXXXX" at `at`; -1 when there is no such escape. */
static int32_t read_escape(const char *at, const char *end)
{
    uint8_t bytes[2];

    if (end - at < 6 || at[0] != '\\' || at[1] != 'u' || !hex_decode(at + 2, bytes, 2))
        return -1;
    return bytes[0] << 8 | bytes[1];
}

static bool is_high_surrogate(int32_t code)
{
    return code >= 0xD800 && code <= 0xDBFF;
}

static bool is_low_surrogate(int32_t code)
{
    return code >= 0xDC00 && code <= 0xDFFF;
}

/* JSON allows escapes of what is no text: NUL, and halves of surrogate pairs. PostgreSQL can store
 * neither. The first of them; nullptr: there is none. */
static const char *find_no_text(const char *at, const char *end)
{
    while ((at = static_cast<const char *>(std::memchr(at, '\\', static_cast<size_t>(end - at)))) !=
           nullptr) {
        int32_t code = read_escape(at, end);

        if (is_high_surrogate(code) && is_low_surrogate(read_escape(at + 6, end)))
            at += 12;
        else if (code == 0 || is_high_surrogate(code) || is_low_surrogate(code))
            return at;
        else
            at += std::min<ptrdiff_t>(code < 0 ? 2 : 6, end - at);
    }
    return nullptr;
}

static enum status check_escapes(const char *message, size_t length, struct rejection *why)
{
    const char *end = message + length;
    const char *found = find_no_text(message, end);

    if (found == nullptr)
        return STATUS_OK;
    if (read_escape(found, end) == 0)
        return rejection_set(why, REJECT_NUL, "NUL, escaped, at byte %td", found - message);
    return rejection_set(why, REJECT_LONE_SURROGATE, "half of a surrogate pair at byte %td",
                         found - message);
}

/* simdjson stops at whichever fault it meets first; the order of reasons is ours. */
static enum status reject_unparsed(const char *message, size_t length, struct rejection *why)
{
    struct slice text = {message, length};

    if (!simdjson::validate_utf8(message, length))
        return diagnosis_bad_utf8(text, why);
    if (std::memchr(message, '\0', length) != nullptr)
        return diagnosis_nul(text, why);
    if (check_escapes(message, length, why) != STATUS_OK)
        return STATUS_REJECT;
    return diagnosis_bad_json(text, why);
}

/* Parses decoder->message. What simdjson refuses although it is JSON is parsed once more. */
static simdjson::error_code parse_json(struct decoder *decoder, size_t length,
                                       simdjson::dom::element *root)
{
    simdjson::error_code code = decoder->parser.parse(decoder->message, length, false).get(*root);

    if (code != simdjson::NUMBER_ERROR && code != simdjson::DEPTH_ERROR)
        return code;
    if (json_limits_too_deep(decoder->message, length) >= 0)
        return simdjson::DEPTH_ERROR;
    json_limits_fit_numbers(decoder->message, length);
    return decoder->deep_parser.parse(decoder->message, length, false).get(*root);
}

/* RAW_NAMES for a key that is none of ours. Agents write their keys in the same order every time,
 * so what stood at this place in the last message is the first guess. */
static size_t find_name(struct decoder *decoder, size_t place, std::string_view key)
{
    uint64_t head = key_head(key.data(), key.size());
    size_t name = 0;

    if (place < RAW_NAMES && decoder->heads[decoder->order[place]] == head)
        return decoder->order[place];
    while (name < RAW_NAMES && decoder->heads[name] != head)
        name++;
    if (place < RAW_NAMES && name < RAW_NAMES)
        decoder->order[place] = name;
    return name;
}

static enum status reject_duplicate(std::string_view key, struct rejection *why)
{
    char quoted[DIAGNOSIS_KEY_SIZE];

    diagnosis_quote_key({key.data(), key.size()}, quoted);
    return rejection_set(why, REJECT_DUPLICATE_KEY, "%s: more than once", quoted);
}

/* Keys are compared as they read after unescaping. */
static enum status read_members(struct decoder *decoder, simdjson::dom::object object,
                                struct raw_event *raw, struct rejection *why)
{
    uint32_t seen = 0;
    size_t place = 0;

    decoder->unknown_count = 0;
    for (simdjson::dom::key_value_pair member : object) {
        size_t name = find_name(decoder, place++, member.key);

        if (name == RAW_NAMES) {
            decoder->unknown_keys[decoder->unknown_count++] = member.key;
            continue;
        }
        if (seen & 1u << name)
            return reject_duplicate(member.key, why);
        seen |= 1u << name;
        raw->fields[name] = mapped_field(member.value);
    }

    std::string_view *first = decoder->unknown_keys;
    std::string_view *last = first + decoder->unknown_count;

    std::string_view *twice = repeated_key(first, last);

    if (twice != last)
        return reject_duplicate(*twice, why);
    return STATUS_OK;
}

/* Reads the whole message as JSON. STATUS_REJECT: it is none, or too long. */
static enum status parse_message(struct decoder *decoder, const char *message, size_t length,
                                 simdjson::dom::element *root, struct rejection *why)
{
    if (length == 0)
        return rejection_set(why, REJECT_EMPTY, "no value");
    if (length > EVENT_MESSAGE_MAX)
        return rejection_set(why, REJECT_TOO_LARGE, "%zu bytes, more than %d", length,
                             EVENT_MESSAGE_MAX);
    std::memcpy(decoder->message, message, length);

    simdjson::error_code code = parse_json(decoder, length, root);

    if (code != simdjson::SUCCESS)
        return reject_unparsed(message, length, why);
    /* Which simdjson skips. */
    if (static_cast<unsigned char>(message[0]) == 0xEF)
        return diagnosis_bad_json({message, length}, why);
    return STATUS_OK;
}

static enum status reject_other(simdjson::dom::element root, struct rejection *why)
{
    struct raw_field field = mapped_field(root);
    simdjson::dom::array array;

    if (field.type == JSON_STRING)
        return diagnosis_string(field.text, why);
    if (root.get(array) == simdjson::SUCCESS && array.size() == 0)
        return rejection_set(why, REJECT_EMPTY, "an array without elements");
    return rejection_set(why, REJECT_NOT_AN_OBJECT, "JSON, but %s, not an object",
                         json_type_name(field.type));
}

/* Adds the key that differs in case alone from the one that is missing. */
static enum status name_other_case(const struct decoder *decoder, const struct raw_event *raw,
                                   struct rejection *why)
{
    if (why->reason != REJECT_MISSING_FIELD)
        return STATUS_REJECT;
    for (size_t name = 0; name <= RAW_COUNTRY; name++)
        for (size_t place = 0; place < decoder->unknown_count; place++) {
            std::string_view key = decoder->unknown_keys[place];

            if (raw->fields[name].type == JSON_ABSENT && key.size() == decoder->keys[name].size() &&
                strncasecmp(key.data(), raw_keys[name], key.size()) == 0) {
                rejection_add(why, "; there is \"%.*s\": the key is called %s, keys are lower case",
                              static_cast<int>(key.size()), key.data(), raw_keys[name]);
                return STATUS_REJECT;
            }
        }
    return STATUS_REJECT;
}

/* A message is no longer than EVENT_MESSAGE_MAX, so there is room for what a text in it is of. */
static enum status open_encoded(void *context, std::string_view text, simdjson::dom::object *out,
                                struct rejection *why)
{
    struct decoder *decoder = static_cast<struct decoder *>(context);
    simdjson::dom::element root;
    size_t length = 0;

    if (!base64_read(text.data(), text.size(), decoder->encoded, &length))
        return rejection_set(why, REJECT_BAD_JSON, "not base64");

    simdjson::error_code code =
        decoder->encoded_parser.parse(decoder->encoded, length, false).get(root);

    if (code == simdjson::NUMBER_ERROR) {
        json_limits_fit_numbers(decoder->encoded, length);
        code = decoder->encoded_parser.parse(decoder->encoded, length, false).get(root);
    }
    if (code != simdjson::SUCCESS)
        return reject_unparsed(decoder->encoded, length, why);
    if (check_escapes(decoder->encoded, length, why) != STATUS_OK)
        return STATUS_REJECT;
    if (root.get(*out) != simdjson::SUCCESS)
        return reject_other(root, why);
    return STATUS_OK;
}

static enum status decode_mapped(struct decoder *decoder, simdjson::dom::object object,
                                 const struct time_policy *policy, struct event *out,
                                 struct rejection *why)
{
    struct raw_event raw = {};

    struct mapped_encoded encoded = {open_encoded, decoder};

    raw.kind = decoder->kind;
    if (mapped_read(decoder->mapping, object, &decoder->headers, &encoded, decoder->unknown_keys,
                    &raw, why) != STATUS_OK)
        return STATUS_REJECT;
    return validate_event(&raw, policy, out, why);
}

/* What begins with a zero is no JSON, but JSON may stand behind it. */
static enum status decode_framed(struct decoder *decoder, struct slice message,
                                 const struct time_policy *policy, struct event *out,
                                 struct rejection *why)
{
    struct slice value = framing_skip(message);
    uint32_t schema_id;

    if (value.length == message.length)
        return reject_unparsed(message.data, message.length, why);

    enum status status = decode_event(decoder, value.data, value.length, policy, out, why);

    if (status != STATUS_OK && framing_read(message, &schema_id))
        rejection_add(why, " (behind Confluent framing, schema id %u)", schema_id);
    return status;
}

enum status decode_event(struct decoder *decoder, const char *message, size_t length,
                         const struct time_policy *policy, struct event *out, struct rejection *why)
{
    simdjson::dom::element root;
    simdjson::dom::object object;
    struct raw_event raw = {};

    if (length > 0 && length <= EVENT_MESSAGE_MAX && message[0] == '\0')
        return decode_framed(decoder, {message, length}, policy, out, why);
    if (parse_message(decoder, message, length, &root, why) != STATUS_OK ||
        check_escapes(message, length, why) != STATUS_OK)
        return STATUS_REJECT;
    if (root.get(object) != simdjson::SUCCESS)
        return reject_other(root, why);
    if (decoder->mapping != nullptr)
        return decode_mapped(decoder, object, policy, out, why);
    raw.kind = decoder->kind;
    if (read_members(decoder, object, &raw, why) != STATUS_OK)
        return STATUS_REJECT;
    if (validate_event(&raw, policy, out, why) == STATUS_OK)
        return STATUS_OK;
    return name_other_case(decoder, &raw, why);
}

/* Escapes of what is no text are JSON all the same, although simdjson refuses some, and harm the
 * element of an array that holds them, not the others. So decoder->message is looked at once more,
 * with blanks escaped in their place. A bare NUL is none. */
static bool is_json_but_for_escapes(struct decoder *decoder, size_t length,
                                    enum reject_reason reason)
{
    static constexpr std::string_view blank = "\\u0020";
    char *end = decoder->message + length;
    char *at = decoder->message;
    simdjson::dom::element root;

    if (reason != REJECT_LONE_SURROGATE && reason != REJECT_NUL)
        return false;
    while ((at = const_cast<char *>(find_no_text(at, end))) != nullptr)
        blank.copy(at, blank.size());
    return parse_json(decoder, length, &root) == simdjson::SUCCESS;
}

/* The message is an object in which the events are an array somewhere. */
static enum decode_elements open_each(struct decoder *decoder, struct slice array,
                                      struct elements *out, struct rejection *why)
{
    simdjson::dom::element root;
    simdjson::dom::object object;

    if (parse_message(decoder, array.data, array.length, &root, why) != STATUS_OK ||
        root.get(object) != simdjson::SUCCESS)
        return DECODE_ONE;
    if (mapped_find_each(decoder->mapping, root, &array, why) != STATUS_OK)
        return DECODE_REJECTED;
    return elements_open(array, out) ? DECODE_ELEMENTS : DECODE_ONE;
}

enum decode_elements decode_elements(struct decoder *decoder, const char *message, size_t length,
                                     struct elements *out, struct rejection *why)
{
    struct slice value = {message, length};
    simdjson::dom::element root;

    if (length > 0 && length <= EVENT_MESSAGE_MAX && message[0] == '\0')
        value = framing_skip(value);
    if (!elements_open(value, out))
        return decoder->mapping != nullptr && decoder->mapping->each_count > 0
                   ? open_each(decoder, value, out, why)
                   : DECODE_ONE;
    return parse_message(decoder, value.data, value.length, &root, why) == STATUS_OK ||
                   is_json_but_for_escapes(decoder, value.length, why->reason)
               ? DECODE_ELEMENTS
               : DECODE_ONE;
}

/* The members that make an object an envelope of kcat. */
enum { ENVELOPE_TOPIC, ENVELOPE_PARTITION, ENVELOPE_OFFSET, ENVELOPE_PAYLOAD, ENVELOPE_MEMBERS };

/* True when each of them is there once, with its type; *payload has no data when it is null. Its
 * headers are noted for decode_kcat_headers. */
static bool read_envelope(struct decoder *decoder, simdjson::dom::object object,
                          struct slice *payload)
{
    static constexpr std::string_view keys[] = {"topic", "partition", "offset", "payload"};
    simdjson::dom::element members[ENVELOPE_MEMBERS];
    uint32_t seen = 0;

    for (simdjson::dom::key_value_pair member : object) {
        ptrdiff_t place = std::find(std::begin(keys), std::end(keys), member.key) - keys;

        if (place == ENVELOPE_MEMBERS && member.key == "headers") {
            decoder->envelope_headers = member.value;
            decoder->envelope_has_headers = member.value.is_array();
        }
        if (place == ENVELOPE_MEMBERS)
            continue;
        if (seen & 1u << place)
            return false;
        seen |= 1u << place;
        members[place] = member.value;
    }
    if (seen != (1u << ENVELOPE_MEMBERS) - 1 || !members[ENVELOPE_TOPIC].is_string() ||
        !members[ENVELOPE_PARTITION].is_int64() || !members[ENVELOPE_OFFSET].is_int64())
        return false;

    struct raw_field field = mapped_field(members[ENVELOPE_PAYLOAD]);

    *payload = field.text;
    return field.type == JSON_STRING || field.type == JSON_ABSENT;
}

/* Tells most lines apart without parsing them: y is the rarest letter of the key. */
static bool may_be_envelope(const char *line, size_t length)
{
    static constexpr std::string_view key = "\"payload\"";
    static constexpr size_t before = key.find('y');
    static constexpr size_t behind = key.size() - before;
    const char *end = line + length;
    const char *at = line;

    if (length > envelope_max || length < key.size())
        return false;
    while ((at = static_cast<const char *>(std::memchr(at, 'y', static_cast<size_t>(end - at)))) !=
           nullptr) {
        if (static_cast<size_t>(at - line) >= before && static_cast<size_t>(end - at) >= behind &&
            std::memcmp(at - before, key.data(), key.size()) == 0)
            return true;
        at++;
    }
    return false;
}

int decode_kcat_envelope(struct decoder *decoder, const char *line, size_t length,
                         struct slice *payload)
{
    simdjson::dom::element root;
    simdjson::dom::object object;
    struct slice found = {nullptr, 0};

    decoder->envelope_has_headers = false;
    if (!may_be_envelope(line, length))
        return 0;

    simdjson::error_code code = decoder->envelope_parser.parse(line, length).get(root);

    if (code == simdjson::MEMALLOC) {
        /* simdjson leaves half a parser behind, which the next parse would take for a whole one. */
        decoder->envelope_parser = simdjson::dom::parser{envelope_max};
        return -1;
    }
    if (code != simdjson::SUCCESS || root.get(object) != simdjson::SUCCESS ||
        !read_envelope(decoder, object, &found)) {
        decoder->envelope_has_headers = false;
        return 0;
    }
    *payload = found;
    return 1;
}

bool decode_kcat_headers(struct decoder *decoder, decode_add_header *add, void *context)
{
    simdjson::dom::array array;
    struct slice name = {nullptr, 0};
    bool is_value = false;

    if (!decoder->envelope_has_headers || decoder->envelope_headers.get(array) != simdjson::SUCCESS)
        return true;
    for (simdjson::dom::element element : array) {
        struct slice text = mapped_field(element).text;

        if (is_value && name.data != nullptr && !add(context, name, text))
            return false;
        name = text;
        is_value = !is_value;
    }
    return true;
}

int decode_is_utf8(const char *text, size_t length)
{
    return simdjson::validate_utf8(text, length);
}

const char *decoder_library_version(void)
{
    /* SIMDJSON_VERSION is text in some of its versions, and bare numbers in others. */
    static const std::string version = std::to_string(simdjson::SIMDJSON_VERSION_MAJOR) + "." +
                                       std::to_string(simdjson::SIMDJSON_VERSION_MINOR) + "." +
                                       std::to_string(simdjson::SIMDJSON_VERSION_REVISION);

    return version.c_str();
}
