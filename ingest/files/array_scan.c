#include "ingest/files/array_scan.h"

#include <string.h>

static enum array_step damage(struct array_scan *scan, const char *why)
{
    scan->damage = why;
    return ARRAY_DAMAGED;
}

/* May a line that begins with this byte follow one that ends with that? */
static bool may_follow(char last, char byte)
{
    switch (last) {
    case '{':
        return byte == '"' || byte == '}';
    case '[':
        return byte != ',' && byte != ':' && byte != '}';
    case ',':
    case ':':
        return byte != ',' && byte != ':';
    default: /* the end of a value, or of a key */
        return strchr(",:}]", byte) != NULL;
    }
}

static enum array_step string_byte(struct array_scan *scan, char byte)
{
    if (byte == '\n')
        return damage(scan, "a string does not end in its line");
    if (scan->escaped || byte == '\\')
        scan->escaped = !scan->escaped;
    else if (byte == '"')
        scan->in_string = false;
    return ARRAY_MORE;
}

static enum array_step close(struct array_scan *scan, int64_t *open)
{
    if (*open == 0)
        return damage(scan, "a bracket is closed that was not opened");
    --*open;
    return ARRAY_MORE;
}

static enum array_step byte_outside(struct array_scan *scan, char byte)
{
    if (scan->behind_newline) {
        if (!may_follow(scan->last, byte))
            return damage(scan, "an element does not end in its line, and the next line is none of "
                                "its own");
        scan->behind_newline = false;
        scan->wrapped = true;
    }
    if (scan->last == '\0')
        scan->is_scalar = strchr("{[\"", byte) == NULL;
    scan->last = byte;
    switch (byte) {
    case '{':
        scan->braces++;
        return ARRAY_MORE;
    case '[':
        scan->brackets++;
        return ARRAY_MORE;
    case '}':
        return close(scan, &scan->braces);
    case ']':
        return close(scan, &scan->brackets);
    case '"':
        scan->in_string = true;
        return ARRAY_MORE;
    default:
        return ARRAY_MORE;
    }
}

static bool is_over(const struct array_scan *scan)
{
    return scan->braces == 0 && scan->brackets == 0 && !scan->in_string;
}

static bool ends_scalar(char byte)
{
    return byte == ',' || byte == ']' || byte == '}' || byte == ' ' || byte == '\t' ||
           byte == '\r' || byte == '\n';
}

enum array_step array_scan_bytes(struct array_scan *scan, const char *bytes, size_t length,
                                 size_t *used)
{
    for (size_t i = 0; i < length; i++) {
        char byte = bytes[i];
        enum array_step step;

        *used = i;
        if (scan->is_scalar && ends_scalar(byte))
            return ARRAY_ENDED;
        if (scan->in_string) {
            step = string_byte(scan, byte);
        } else if (byte == '\n') {
            scan->newlines++;
            scan->behind_newline = true;
            continue;
        } else if (byte == ' ' || byte == '\t' || byte == '\r') {
            continue;
        } else {
            step = byte_outside(scan, byte);
        }
        if (step != ARRAY_MORE)
            return step;
        *used = i + 1;
        if (!scan->is_scalar && is_over(scan))
            return ARRAY_ENDED;
    }
    *used = length;
    return ARRAY_MORE;
}
