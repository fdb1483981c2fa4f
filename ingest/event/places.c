#include "ingest/event/places.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/hex.h"

#define HEADER_PREFIX "header:"

/* Between ' ' and '~' of what is shown of a place. */
#define SHOWN_MAX 200

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Cuts the next alternative off, without the blanks around it. False: a quote is not closed. */
static bool cut_alternative(const char **at, struct slice *out)
{
    const char *start = *at + strspn(*at, " \t");
    const char *end = start;

    if (*start == '"') {
        end = strchr(start + 1, '"');
        if (end == NULL)
            return false;
        end++;
    }
    end += strcspn(end, "|");
    *at = *end == '|' ? end + 1 : end;
    /* A bar at the end has an empty alternative behind it, which the caller would never see. */
    if (*end == '|' && (*at)[strspn(*at, " \t")] == '\0')
        end = start;
    while (end > start && is_blank(end[-1]))
        end--;
    *out = (struct slice){start, (size_t)(end - start)};
    return true;
}

static enum status refuse(struct slice text, const char *why, struct error *error)
{
    int shown = text.length < SHOWN_MAX ? (int)text.length : SHOWN_MAX;

    return error_set(error, STATUS_REJECT, "\"%.*s\": %s", shown, text.data, why);
}

/* The byte written at *at, and moves on. False: % or ~ is written wrongly. */
static bool read_byte(const char **at, const char *end, bool is_fragment, char *byte)
{
    uint8_t value;

    *byte = *(*at)++;
    if (is_fragment && *byte == '%') {
        if (end - *at < 2 || !hex_decode(*at, &value, 1))
            return false;
        *byte = (char)value;
        *at += 2;
    }
    if (*byte != '~')
        return true;
    if (*at == end || (**at != '0' && **at != '1'))
        return false;
    *byte = *(*at)++ == '0' ? '~' : '/';
    return true;
}

/* Splits behind the first slash. */
static enum status read_pointer(struct slice text, struct place *out, struct error *error)
{
    const char *at = text.data + (*text.data == '#');
    const char *end = text.data + text.length;
    bool is_fragment = *text.data == '#';
    size_t used = 0;

    out->kind = PLACE_POINTER;
    out->step_count = 0;
    if (text.length > PLACE_BYTES_MAX)
        return refuse(text, "a JSON Pointer of more than 1,024 bytes", error);
    while (at < end) {
        struct slice *step = &out->steps[out->step_count];

        if (out->step_count == PLACE_STEPS_MAX)
            return refuse(text, "a JSON Pointer of more than 32 steps", error);
        *step = (struct slice){out->bytes + used, 0};
        for (at++; at < end && *at != '/'; step->length++)
            if (!read_byte(&at, end, is_fragment, &out->bytes[used++]))
                return refuse(text,
                              is_fragment
                                  ? "in a JSON Pointer ~ is written ~0 and / ~1; behind # a "
                                    "byte is written %XX"
                                  : "in a JSON Pointer ~ is written ~0 and / ~1",
                              error);
        out->step_count++;
    }
    return STATUS_OK;
}

static bool is_number(struct slice text, int64_t *number)
{
    char digits[24];
    char *end;

    if (text.length >= sizeof(digits) ||
        (*text.data != '-' && (*text.data < '0' || *text.data > '9')))
        return false;
    memcpy(digits, text.data, text.length);
    digits[text.length] = '\0';
    errno = 0;
    *number = strtoll(digits, &end, 10);
    return errno == 0 && *end == '\0' && end > digits;
}

static bool starts_with(struct slice text, const char *prefix)
{
    return text.length >= strlen(prefix) && memcmp(text.data, prefix, strlen(prefix)) == 0;
}

enum status place_read(const char **at, struct place *out, struct error *error)
{
    struct slice text;

    if (!cut_alternative(at, &text))
        return error_set(error, STATUS_REJECT, "a text begins with \" and has none at its end");
    if (text.length == 0)
        return error_set(error, STATUS_REJECT,
                         "a place is missing: it is /a/json/pointer, header:NAME or \"a text\"");
    if (*text.data == '"') {
        if (text.data[text.length - 1] != '"' ||
            memchr(text.data + 1, '"', text.length - 2) != NULL)
            return refuse(text, "something stands behind the closing quote", error);
        out->kind = PLACE_CONSTANT;
        out->text = (struct slice){text.data + 1, text.length - 2};
        return STATUS_OK;
    }
    if (starts_with(text, "/") || starts_with(text, "#/"))
        return read_pointer(text, out, error);
    if (starts_with(text, HEADER_PREFIX) && text.length > strlen(HEADER_PREFIX)) {
        out->kind = PLACE_HEADER;
        out->text =
            (struct slice){text.data + strlen(HEADER_PREFIX), text.length - strlen(HEADER_PREFIX)};
        return STATUS_OK;
    }
    out->kind = PLACE_NUMBER;
    if (is_number(text, &out->number))
        return STATUS_OK;
    out->kind = PLACE_NULL;
    if (text.length == 4 && memcmp(text.data, "null", 4) == 0)
        return STATUS_OK;
    return refuse(
        text,
        "no place: a JSON Pointer begins with /, a header is header:NAME, a text stands in "
        "quotes",
        error);
}
