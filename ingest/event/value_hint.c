#include "ingest/event/value_hint.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ingest/event/address.h"
#include "ingest/event/country.h"
#include "ingest/event/scan.h"

#define IS_DIGITS "0123456789"
#define IS_HEX IS_DIGITS "abcdefABCDEF"
#define IS_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define IS_BASE64 IS_LETTERS IS_DIGITS "+/=-_"

/* Bytes of a SHA-256 in base64. */
#define SHA256_BASE64_LENGTH 44
/* A name of a country is longer than its codes. */
#define NAME_LENGTH_MIN 4
/* ::ffff:255.255.255.255 and what may stand around it. */
#define ADDRESS_LENGTH_MAX 64

static const char *say(char hint[VALUE_HINT_SIZE], const char *text)
{
    snprintf(hint, VALUE_HINT_SIZE, "%s", text);
    return hint;
}

static bool is_made_of(struct slice text, const char *characters)
{
    for (size_t place = 0; place < text.length; place++)
        if (text.data[place] == '\0' || strchr(characters, text.data[place]) == NULL)
            return false;
    return text.length > 0;
}

static bool has_blanks_around(struct slice text)
{
    return text.length > 0 &&
           (scan_is_blank(text.data[0]) || scan_is_blank(text.data[text.length - 1]));
}

/* ---- countries */

/* Codes of two letters that many use, and ISO 3166-1 doesn't have. */
static const struct {
    char code[3];
    const char *looks;
} other_codes[] = {
    {"UK", "the United Kingdom, whose code is GB"},
    {"EL", "Greece, whose code is GR"},
    {"EU", "the European Union, which is no country"},
    {"AP", "a region (Asia/Pacific), which is no country"},
    {"XX", "an unknown country, which is ZZ or absent"},
};

static const char *hint_of_two_letters(struct slice text, char hint[VALUE_HINT_SIZE])
{
    char code[3] = {(char)(text.data[0] & ~0x20), (char)(text.data[1] & ~0x20), '\0'};

    for (size_t index = 0; index < sizeof(other_codes) / sizeof(other_codes[0]); index++)
        if (strcmp(other_codes[index].code, code) == 0)
            return say(hint, other_codes[index].looks);
    if (!country_is_known(code))
        return NULL;
    snprintf(hint, VALUE_HINT_SIZE, "the code %s, not in upper case", code);
    return hint;
}

const char *value_hint_of_country(struct slice text, char hint[VALUE_HINT_SIZE])
{
    if (text.length == 0)
        return say(hint, "an absent country: leave the key out, or null");
    if (has_blanks_around(text))
        return say(hint, "a code with blanks around it");
    if (text.length == 3 && is_made_of(text, IS_DIGITS))
        return say(hint, "a numeric code");
    if (!is_made_of(text, IS_LETTERS " .,'()-"))
        return NULL;
    if (text.length == 2 && is_made_of(text, IS_LETTERS))
        return hint_of_two_letters(text, hint);
    if (text.length == 3 && is_made_of(text, IS_LETTERS))
        return say(hint, "a code of three letters (alpha-3)");
    return text.length >= NAME_LENGTH_MIN ? say(hint, "a name, not a code") : NULL;
}

/* ---- addresses */

static bool is_address(const char *data, size_t length)
{
    struct event unused = {0};

    return length > 0 && address_parse((struct slice){data, length}, &unused);
}

/* Bytes in front of a character; all, where it isn't. */
static size_t length_before(struct slice text, char character)
{
    const char *found = memchr(text.data, character, text.length);

    return found == NULL ? text.length : (size_t)(found - text.data);
}

/* 010.1.2.3 is 10.1.2.3 to some and 8.1.2.3 to others. */
static bool has_leading_zeros(struct slice text)
{
    char plain[ADDRESS_LENGTH_MAX];
    size_t length = 0;

    if (text.length >= sizeof(plain) || !is_made_of(text, IS_DIGITS "."))
        return false;
    for (size_t place = 0; place < text.length; place++) {
        bool is_in_front = length == 0 || plain[length - 1] == '.';
        bool goes_on = place + 1 < text.length && text.data[place + 1] != '.';

        /* All zeros but the last digit of a part. */
        if (text.data[place] != '0' || !goes_on || !is_in_front)
            plain[length++] = text.data[place];
    }
    return is_address(plain, length);
}

const char *value_hint_of_address(struct slice text, char hint[VALUE_HINT_SIZE])
{
    static const struct {
        char character;
        const char *looks;
    } ends[] = {
        {'/', "a network (with /)"},
        {',', "several addresses"},
        {' ', "an address with text behind it"},
        {';', "several addresses"},
        {'%', "an address with its interface (%)"},
        {':', "an address with a port"},
    };

    if (text.length == 0)
        return NULL;
    if (has_blanks_around(text))
        return say(hint, "an address with blanks around it");
    for (size_t index = 0; index < sizeof(ends) / sizeof(ends[0]); index++) {
        size_t length = length_before(text, ends[index].character);

        if (length < text.length && is_address(text.data, length))
            return say(hint, ends[index].looks);
    }
    if (text.data[0] == '[' && is_address(text.data + 1, length_before(text, ']') - 1))
        return say(hint, "an address in brackets");
    if (has_leading_zeros(text))
        return say(hint, "an address with leading zeros");
    return is_made_of(text, IS_DIGITS) ? say(hint, "an address as one number") : NULL;
}

/* ---- SHA-256 */

const char *value_hint_of_sha256(struct slice text, char hint[VALUE_HINT_SIZE])
{
    static const struct {
        size_t length;
        const char *looks;
    } others[] = {{32, "MD5"}, {40, "SHA-1"}, {56, "SHA-224"}, {96, "SHA-384"}, {128, "SHA-512"}};

    if (text.length == 0)
        return say(hint, "an absent hash: leave the key out, or null");
    if (has_blanks_around(text))
        return say(hint, "a hash with blanks around it");
    for (size_t index = 0; index < sizeof(others) / sizeof(others[0]); index++)
        if (text.length == others[index].length && is_made_of(text, IS_HEX))
            return say(hint, others[index].looks);
    if (length_before(text, ':') < text.length)
        return say(hint, "a hash with its kind in front (sha256:)");
    if (text.length > 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x')
        return say(hint, "a hash with 0x in front");
    return text.length == SHA256_BASE64_LENGTH && is_made_of(text, IS_BASE64) ? say(hint, "base64")
                                                                              : NULL;
}
