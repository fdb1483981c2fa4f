#include "ingest/event/json_fault.h"

#include <stdint.h>
#include <string.h>

#include "ingest/event/json_limits.h"
#include "ingest/event/scan.h"

/* What may come next. */
enum expected {
    VALUE,
    VALUE_OR_END, /* the first of an array */
    KEY,
    KEY_OR_END, /* the first of an object */
    COLON,
    COMMA_OR_END,
    NOTHING,
};

struct walk {
    const char *begin;
    const char *at;
    const char *end;
    enum expected expected;
    size_t depth;
    uint8_t is_object[JSON_NESTING_MAX]; /* of each level that is open */
    struct json_fault *fault;
};

/* Returns false, so that a step ends with it. */
static bool fail(struct walk *walk, const char *what, const char *advice)
{
    *walk->fault = (struct json_fault){what, advice, (size_t)(walk->at - walk->begin)};
    return false;
}

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_' || character == '$';
}

static bool begins_with(const struct walk *walk, const char *word)
{
    size_t length = strlen(word);

    return (size_t)(walk->end - walk->at) >= length && memcmp(walk->at, word, length) == 0;
}

/* ---- texts */

static bool fail_in_text(struct walk *walk)
{
    if (*walk->at == '\n' || *walk->at == '\r')
        return fail(walk, "a line break inside a text", "escaped, it is \\n");
    if (*walk->at == '\t')
        return fail(walk, "a tab inside a text", "escaped, it is \\t");
    return fail(walk, "a control character inside a text", "escaped, it is \\u00XX");
}

static bool read_escape(struct walk *walk)
{
    static const char known[] = "\"\\/bfnrtu";
    const char *next = walk->at + 1;

    if (next == walk->end) {
        walk->at = walk->end;
        return true;
    }
    if (*next == '\0' || strchr(known, *next) == NULL)
        return fail(walk, "a backslash before what JSON does not escape",
                    "a backslash itself is \\\\");
    walk->at += 2;
    if (*next != 'u')
        return true;
    for (int place = 0; place < 4 && walk->at < walk->end; place++, walk->at++)
        if (!scan_is_digit(*walk->at) && (*walk->at == '\0' || !strchr("abcdefABCDEF", *walk->at)))
            return fail(walk, "\\u without four hexadecimal digits", NULL);
    return true;
}

/* From its opening quote to behind its closing one. */
static bool read_text(struct walk *walk)
{
    walk->at++;
    while (walk->at < walk->end && *walk->at != '"') {
        if ((unsigned char)*walk->at < ' ')
            return fail_in_text(walk);
        if (*walk->at != '\\')
            walk->at++;
        else if (!read_escape(walk))
            return false;
    }
    if (walk->at == walk->end)
        return fail(walk, "ends too early, within a text,", "cut off on its way?");
    walk->at++;
    return true;
}

/* ---- numbers and words */

static bool skip_digits(struct walk *walk)
{
    const char *before = walk->at;

    while (walk->at < walk->end && scan_is_digit(*walk->at))
        walk->at++;
    return walk->at > before;
}

static bool is_at(const struct walk *walk, const char *characters)
{
    return walk->at < walk->end && *walk->at != '\0' && strchr(characters, *walk->at) != NULL;
}

static bool fail_in_number(struct walk *walk)
{
    if (walk->at == walk->end)
        return fail(walk, "ends too early, within a number,", "cut off on its way?");
    return fail(walk, "a number that JSON spells otherwise",
                "no 0, + or . in front, digits behind . and e");
}

static bool read_number(struct walk *walk)
{
    if (is_at(walk, "-"))
        walk->at++;
    if (begins_with(walk, "Inf") || begins_with(walk, "inf") || begins_with(walk, "NaN"))
        return fail(walk, "Infinity or NaN", "null says that there is no number");

    const char *first = walk->at;

    if (!skip_digits(walk) || (*first == '0' && walk->at - first > 1))
        return fail_in_number(walk);
    if (is_at(walk, ".")) {
        walk->at++;
        if (!skip_digits(walk))
            return fail_in_number(walk);
    }
    if (is_at(walk, "eE")) {
        walk->at++;
        if (is_at(walk, "+-"))
            walk->at++;
        if (!skip_digits(walk))
            return fail_in_number(walk);
    }
    if (walk->at < walk->end && (is_letter(*walk->at) || is_at(walk, ".+-")))
        return fail_in_number(walk);
    return true;
}

static const struct {
    const char *word;
    const char *what;
    const char *advice;
} strange_words[] = {
    {"NaN", "NaN", "null says that there is no number"},
    {"nan", "NaN", "null says that there is no number"},
    {"Infinity", "Infinity", "null says that there is no number"},
    {"inf", "Infinity", "null says that there is no number"},
    {"True", "True, as Python writes it", "JSON has true; json.dumps writes it"},
    {"False", "False, as Python writes it", "JSON has false; json.dumps writes it"},
    {"None", "None, as Python writes it", "JSON has null; json.dumps writes it"},
    {"undefined", "undefined, as JavaScript prints it", "JSON has null"},
    {"nil", "nil", "JSON has null"},
    {"ISODate(", "MongoDB's shell form", "export JSON"},
    {"NumberLong(", "MongoDB's shell form", "export JSON"},
    {"ObjectId(", "MongoDB's shell form", "export JSON"},
};

/* The length of the word that is cut off by the end of the text, or whole; 0: it is another. */
static size_t match_word(const struct walk *walk, const char *word)
{
    size_t left = (size_t)(walk->end - walk->at);
    size_t length = strlen(word) < left ? strlen(word) : left;

    return memcmp(walk->at, word, length) == 0 ? length : 0;
}

static bool read_word(struct walk *walk)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t index = 0; index < sizeof(words) / sizeof(words[0]); index++) {
        size_t length = match_word(walk, words[index]);

        if (length > 0 && (walk->at + length == walk->end || !is_letter(walk->at[length]))) {
            walk->at += length;
            if (length < strlen(words[index]))
                return fail(walk, "ends too early, within a word,", "cut off on its way?");
            return true;
        }
    }
    for (size_t index = 0; index < sizeof(strange_words) / sizeof(strange_words[0]); index++)
        if (begins_with(walk, strange_words[index].word))
            return fail(walk, strange_words[index].what, strange_words[index].advice);
    return fail(walk, "a word without quotes", "texts stand in double quotes");
}

/* ---- structure */

static bool fail_at_end(struct walk *walk)
{
    if (walk->depth == 0)
        return fail(walk, "nothing but blanks", NULL);
    return fail(walk,
                walk->is_object[walk->depth - 1] ? "ends too early, within an object,"
                                                 : "ends too early, within an array,",
                "cut off on its way?");
}

/* What stands where neither key nor value nor sign may stand, whichever was expected. */
static bool fail_strange(struct walk *walk, const char *otherwise)
{
    if (*walk->at == '\'')
        return fail(walk, "a single quote", "keys and texts stand in double quotes");
    if (begins_with(walk, "//") || begins_with(walk, "/*") || *walk->at == '#')
        return fail(walk, "a comment", "JSON has none");
    return fail(walk, otherwise, NULL);
}

static void open_level(struct walk *walk, bool is_object)
{
    walk->is_object[walk->depth++] = is_object;
    walk->expected = is_object ? KEY_OR_END : VALUE_OR_END;
    walk->at++;
}

static void close_level(struct walk *walk)
{
    walk->depth--;
    walk->at++;
    walk->expected = walk->depth == 0 ? NOTHING : COMMA_OR_END;
}

static bool is_closing(const struct walk *walk)
{
    return walk->depth > 0 && *walk->at == (walk->is_object[walk->depth - 1] ? '}' : ']');
}

static bool read_value(struct walk *walk)
{
    bool good;

    if (*walk->at == '{' || *walk->at == '[') {
        if (walk->depth == JSON_NESTING_MAX)
            return fail(walk, "nesting deeper than 1,024", NULL);
        open_level(walk, *walk->at == '{');
        return true;
    }
    if (is_closing(walk))
        return fail(walk, walk->is_object[walk->depth - 1] ? "no value" : "a comma too many", NULL);
    if (*walk->at == '"')
        good = read_text(walk);
    else if (*walk->at == '-' || *walk->at == '+' || *walk->at == '.' || scan_is_digit(*walk->at))
        good = read_number(walk);
    else if (is_letter(*walk->at))
        good = read_word(walk);
    else
        good = fail_strange(walk, "no value");
    walk->expected = walk->depth == 0 ? NOTHING : COMMA_OR_END;
    return good;
}

static bool read_key(struct walk *walk)
{
    if (*walk->at == '}')
        return fail(walk, "a comma too many", NULL);
    if (is_letter(*walk->at) || scan_is_digit(*walk->at))
        return fail(walk, "a key without quotes", "keys stand in double quotes");
    if (*walk->at != '"')
        return fail_strange(walk, "no key");
    walk->expected = COLON;
    return read_text(walk);
}

static bool read_comma(struct walk *walk)
{
    if (is_closing(walk)) {
        close_level(walk);
        return true;
    }
    if (*walk->at != ',')
        return fail_strange(walk, walk->is_object[walk->depth - 1]
                                      ? "neither a comma nor the object's end"
                                      : "neither a comma nor the array's end");
    walk->at++;
    walk->expected = walk->is_object[walk->depth - 1] ? KEY : VALUE;
    return true;
}

static bool read_rest(struct walk *walk)
{
    if (*walk->at == '{' || *walk->at == '[')
        return fail(walk, "another value begins",
                    "a message holds one event, or an array of them; a file one on each line");
    return fail_strange(walk, "text behind the end of the JSON");
}

static bool read_next(struct walk *walk)
{
    switch (walk->expected) {
    case VALUE_OR_END:
    case KEY_OR_END:
        if (is_closing(walk)) {
            close_level(walk);
            return true;
        }
        return walk->expected == KEY_OR_END ? read_key(walk) : read_value(walk);
    case VALUE:
        return read_value(walk);
    case KEY:
        return read_key(walk);
    case COLON:
        if (*walk->at != ':')
            return fail_strange(walk, "no colon behind a key");
        walk->at++;
        walk->expected = VALUE;
        return true;
    case COMMA_OR_END:
        return read_comma(walk);
    case NOTHING:
        break;
    }
    return read_rest(walk);
}

bool json_fault_find(struct slice text, struct json_fault *fault)
{
    struct walk walk = {
        .begin = text.data,
        .at = text.data,
        .end = text.data + text.length,
        .expected = VALUE,
        .fault = fault,
    };

    for (;;) {
        while (is_at(&walk, " \t\r\n"))
            walk.at++;
        if (walk.at == walk.end)
            return walk.expected != NOTHING && !fail_at_end(&walk);
        if (!read_next(&walk))
            return true;
    }
}
