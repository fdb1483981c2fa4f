#include "ingest/event/diagnosis.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ingest/event/framing.h"
#include "ingest/event/json_fault.h"
#include "ingest/event/json_limits.h"
#include "ingest/event/scan.h"

/* How far marks inside a line are looked for. */
#define HEAD_SIZE 256

#define COMPRESSED ": leave compression to Kafka (compression.type of the producer)"
#define SERIALIZED ": kansen reads JSON; let the producer write it, or convert the topic"
#define ENCODED ": JSON is UTF-8; let the producer write that"
#define TEXT ": kansen reads JSON objects"

/* ---- by the first bytes */

#define MAGIC(bytes, looks)                                                                        \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, looks                                                            \
    }

static const struct {
    const char *bytes;
    size_t length;
    const char *looks;
} magics[] = {
    MAGIC("\x1F\x8B\x08", "gzip" COMPRESSED),
    MAGIC("\x28\xB5\x2F\xFD", "zstd" COMPRESSED),
    MAGIC("\x04\x22\x4D\x18", "lz4" COMPRESSED),
    MAGIC("\xFF\x06\x00\x00sNaPpY", "snappy (framed)" COMPRESSED),
    MAGIC("\x82SNAPPY\x00", "snappy (of Java)" COMPRESSED),
    MAGIC("\xFD\x37zXZ\x00", "xz" COMPRESSED),
    MAGIC("BZh", "bzip2" COMPRESSED),
    MAGIC("PK\x03\x04", "a zip archive" COMPRESSED),
    MAGIC("\x78\x9C", "zlib" COMPRESSED),
    MAGIC("\x78\xDA", "zlib" COMPRESSED),
    MAGIC("\xEF\xBB\xBF", "UTF-8 with a byte order mark in front: let the producer leave it out"),
    MAGIC("\xFF\xFE\x00\x00", "UTF-32" ENCODED),
    MAGIC("\x00\x00\xFE\xFF", "UTF-32" ENCODED),
    MAGIC("\xFF\xFE", "UTF-16" ENCODED),
    MAGIC("\xFE\xFF", "UTF-16" ENCODED),
    MAGIC("{\x00\x00\x00", "UTF-32" ENCODED),
    MAGIC("\x00\x00\x00{", "UTF-32" ENCODED),
    MAGIC("Obj\x01", "an Avro file" SERIALIZED),
    MAGIC("PAR1", "Parquet" SERIALIZED),
    MAGIC("\xAC\xED\x00\x05", "an object of Java" SERIALIZED),
};

static const char *look_of_magic(struct slice message)
{
    for (size_t index = 0; index < sizeof(magics) / sizeof(magics[0]); index++)
        if (message.length >= magics[index].length &&
            memcmp(message.data, magics[index].bytes, magics[index].length) == 0)
            return magics[index].looks;
    return NULL;
}

static bool is_printable(char character)
{
    return character >= ' ' && character <= '~';
}

/* Every other byte of the first ones is a NUL, and the others are text. */
static bool is_utf16(struct slice message, size_t text_place)
{
    size_t looked = message.length < 16 ? message.length - message.length % 2 : 16;

    for (size_t place = 0; place < looked; place += 2)
        if (!is_printable(message.data[place + text_place]) ||
            message.data[place + 1 - text_place] != '\0')
            return false;
    return looked >= 4;
}

/* A map with a short text as its first key. */
static const char *look_of_map(struct slice message)
{
    if (message.length < 2)
        return NULL;

    unsigned char map = (unsigned char)message.data[0];
    unsigned char key = (unsigned char)message.data[1];

    if (map >= 0x81 && map <= 0x8F && key >= 0xA1 && key <= 0xBF)
        return "MessagePack" SERIALIZED;
    if (((map >= 0xA1 && map <= 0xB7) || map == 0xBF) && key >= 0x61 && key <= 0x77)
        return "CBOR" SERIALIZED;
    return NULL;
}

static const char *look_of_bytes(struct slice message)
{
    const char *looks = look_of_magic(message);

    if (looks == NULL && (is_utf16(message, 0) || is_utf16(message, 1)))
        looks = "UTF-16" ENCODED;
    return looks != NULL ? looks : look_of_map(message);
}

/* True when *why is set: something known stands in the message in place of JSON. */
static bool say_look(struct slice message, enum reject_reason reason, const char *problem,
                     struct rejection *why)
{
    const char *looks = look_of_bytes(message);
    uint32_t schema_id;

    if (looks != NULL)
        rejection_set(why, reason, "%s, looks like %s", problem, looks);
    else if (message.length > 1 && message.data[0] == '\0' &&
             (message.data[1] == '{' || message.data[1] == '['))
        rejection_set(why, reason,
                      "%s, looks like JSON with a zero byte in front: let the "
                      "producer leave it out",
                      problem);
    else if (framing_read(message, &schema_id) && schema_id > 0)
        rejection_set(why, reason,
                      "%s, looks like Confluent framing, schema id %" PRIu32
                      ", with no JSON behind it (Avro or Protobuf?)" SERIALIZED,
                      problem, schema_id);
    else
        return false;
    return true;
}

/* ---- by the text */

static bool contains(struct slice text, const char *word)
{
    size_t length = strlen(word);
    size_t end = text.length < HEAD_SIZE ? text.length : HEAD_SIZE;

    for (size_t place = 0; place + length <= end; place++)
        if (memcmp(text.data + place, word, length) == 0)
            return true;
    return false;
}

static bool begins_with(struct slice text, const char *word)
{
    size_t length = strlen(word);

    return text.length >= length && memcmp(text.data, word, length) == 0;
}

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/* "<134>", or a date without a year: "Sep 13 16:05:28". */
static bool is_syslog(struct slice text)
{
    static const char months[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";

    if (text.length > 5 && text.data[0] == '<' && scan_is_digit(text.data[1]))
        return true;
    if (text.length < 15 || text.data[3] != ' ' || text.data[6] != ' ' || text.data[9] != ':')
        return false;
    for (size_t place = 0; place + 4 < sizeof(months); place += 4)
        if (memcmp(text.data, months + place, 4) == 0)
            return true;
    return false;
}

/* name=value */
static bool is_pairs(struct slice text)
{
    size_t length = 0;

    while (length < text.length && (is_letter(text.data[length]) || text.data[length] == '_'))
        length++;
    return length > 0 && length < text.length && text.data[length] == '=';
}

/* Two or more of one separator, and no braces. */
static bool is_csv(struct slice text)
{
    size_t end = text.length < HEAD_SIZE ? text.length : HEAD_SIZE;
    size_t commas = 0;
    size_t semicolons = 0;
    size_t tabs = 0;

    for (size_t place = 0; place < end; place++) {
        if (text.data[place] == '{' || text.data[place] == '[')
            return false;
        commas += text.data[place] == ',';
        semicolons += text.data[place] == ';';
        tabs += text.data[place] == '\t';
    }
    return commas >= 2 || semicolons >= 2 || tabs >= 2;
}

static const char *look_of_text(struct slice text)
{
    if (contains(text, "CEF:0|") || contains(text, "CEF:1|"))
        return "CEF" TEXT;
    if (contains(text, "LEEF:1.0|") || contains(text, "LEEF:2.0|"))
        return "LEEF" TEXT;
    if (is_syslog(text))
        return "a line of syslog" TEXT;
    if (begins_with(text, "<!DOCTYPE html") || begins_with(text, "<!doctype html") ||
        begins_with(text, "<html"))
        return "HTML" TEXT;
    if (text.data[0] == '<' && text.length > 1 &&
        (is_letter(text.data[1]) || text.data[1] == '?' || text.data[1] == '!'))
        return "XML" TEXT;
    if (begins_with(text, "eyJ"))
        return "JSON in base64: let the producer leave that out";
    if (is_pairs(text))
        return "a line of name=value pairs" TEXT;
    return is_csv(text) ? "a line of CSV" TEXT : NULL;
}

static struct slice without_blanks(struct slice text)
{
    while (text.length > 0 && text.data[0] != '\0' && strchr(" \t\r\n", text.data[0]) != NULL) {
        text.data++;
        text.length--;
    }
    return text;
}

/* ---- the reasons */

/* Length of the character that begins here (RFC 3629); 0: it is none. */
static size_t character_length(const unsigned char *at, size_t left)
{
    unsigned char least = 0x80;
    unsigned char most = 0xBF;
    size_t length;

    if (at[0] < 0x80)
        return 1;
    if (at[0] < 0xC2 || at[0] > 0xF4)
        return 0;
    length = at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if (at[0] == 0xE0)
        least = 0xA0;
    else if (at[0] == 0xED)
        most = 0x9F;
    else if (at[0] == 0xF0)
        least = 0x90;
    else if (at[0] == 0xF4)
        most = 0x8F;
    if (left < length || at[1] < least || at[1] > most)
        return 0;
    for (size_t place = 2; place < length; place++)
        if (at[place] < 0x80 || at[place] > 0xBF)
            return 0;
    return length;
}

enum status diagnosis_bad_utf8(struct slice message, struct rejection *why)
{
    const unsigned char *bytes = (const unsigned char *)message.data;
    size_t place = 0;
    size_t length = 1;

    if (say_look(message, REJECT_BAD_UTF8, "not UTF-8", why))
        return STATUS_REJECT;
    while (place < message.length && length > 0) {
        length = character_length(bytes + place, message.length - place);
        place += length;
    }
    return rejection_set(why, REJECT_BAD_UTF8,
                         "not UTF-8 at byte %zu: another encoding, or cut off", place);
}

enum status diagnosis_nul(struct slice message, struct rejection *why)
{
    const char *nul = memchr(message.data, '\0', message.length);

    if (say_look(message, REJECT_NUL, "NUL", why))
        return STATUS_REJECT;
    return rejection_set(why, REJECT_NUL, "NUL at byte %td", nul - message.data);
}

static enum status say_fault(struct slice message, struct rejection *why)
{
    struct json_fault fault;

    if (!json_fault_find(message, &fault))
        return rejection_set(why, REJECT_BAD_JSON, "not JSON");
    return rejection_set(why, REJECT_BAD_JSON, "not JSON: %s at byte %zu%s%s", fault.what, fault.at,
                         fault.advice != NULL ? "; " : "",
                         fault.advice != NULL ? fault.advice : "");
}

enum status diagnosis_bad_json(struct slice message, struct rejection *why)
{
    ptrdiff_t deep = json_limits_too_deep(message.data, message.length);
    struct slice text = without_blanks(message);
    const char *looks = NULL;

    if (say_look(message, REJECT_BAD_JSON, "not JSON", why))
        return STATUS_REJECT;
    if (deep >= 0)
        return rejection_set(why, REJECT_BAD_JSON,
                             "arrays and objects nested deeper than 1,024 at byte %td", deep);
    if (text.length > 0 && text.data[0] != '{' && text.data[0] != '[')
        looks = look_of_text(text);
    if (looks != NULL)
        return rejection_set(why, REJECT_BAD_JSON, "not JSON, looks like %s", looks);
    return say_fault(message, why);
}

enum status diagnosis_string(struct slice text, struct rejection *why)
{
    text = without_blanks(text);
    if (text.length > 0 && (text.data[0] == '{' || text.data[0] == '['))
        return rejection_set(why, REJECT_NOT_AN_OBJECT,
                             "JSON inside a JSON string: it was encoded twice");
    if (text.length > 1 && text.data[0] == '"' && strchr("{[\\", text.data[1]) != NULL)
        return rejection_set(why, REJECT_NOT_AN_OBJECT,
                             "JSON inside a JSON string in another: it was encoded three times");
    return rejection_set(why, REJECT_NOT_AN_OBJECT, "a JSON string, not an object");
}

void diagnosis_quote_key(struct slice key, char quoted[DIAGNOSIS_KEY_SIZE])
{
    /* One byte shown, the dots, the quote and the terminator. */
    const size_t reserve = 4 + 3 + 1 + 1;
    size_t length = 0;
    size_t place = 0;

    quoted[length++] = '"';
    for (; place < key.length && length + reserve <= DIAGNOSIS_KEY_SIZE; place++) {
        char character = key.data[place];

        if (is_printable(character) && character != '"' && character != '\\')
            quoted[length++] = character;
        else
            length += (size_t)snprintf(quoted + length, DIAGNOSIS_KEY_SIZE - length, "\\x%02X",
                                       (unsigned)(unsigned char)character);
    }
    snprintf(quoted + length, DIAGNOSIS_KEY_SIZE - length, "%s\"", place < key.length ? "..." : "");
}
