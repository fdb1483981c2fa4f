#include "ingest/event/elements.h"

#include <stddef.h>
#include <string.h>

#include "ingest/event/scan.h"

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && scan_is_blank(*at))
        at++;
    return at;
}

/* Behind the element that begins at `at`, at its comma or the array's bracket, blanks included;
 * NULL when it does not end. */
static const char *skip_element(const char *at, const char *end)
{
    size_t depth = 0;

    while (at < end) {
        char byte = *at;

        if (byte == '"') {
            at = scan_skip_string(at, end);
            if (at == NULL)
                return NULL;
            continue;
        }
        if (depth == 0 && (byte == ',' || byte == ']' || byte == '}'))
            return at;
        depth += byte == '[' || byte == '{';
        depth -= byte == ']' || byte == '}';
        at++;
    }
    return NULL;
}

/* Reads an element and what ends it. */
static bool read_element(struct elements *elements, struct slice *out, char *ended_by)
{
    const char *start = skip_blanks(elements->at, elements->end);
    const char *stop = skip_element(start, elements->end);

    if (stop == NULL || stop == start)
        return false;
    *ended_by = *stop;
    elements->at = stop + 1;
    while (scan_is_blank(stop[-1]))
        stop--;
    *out = (struct slice){start, (size_t)(stop - start)};
    return true;
}

bool elements_open(struct slice text, struct elements *out)
{
    const char *end = text.data + text.length;
    const char *at = text.data == NULL ? end : skip_blanks(text.data, end);
    struct elements elements = {at + 1, end, 0};
    struct slice element;
    char ended_by = ',';

    if (at == end || *at != '[')
        return false;
    for (; ended_by == ','; elements.count++)
        if (!read_element(&elements, &element, &ended_by))
            return false;
    if (ended_by != ']' || skip_blanks(elements.at, end) != end)
        return false;
    /* Up to its closing bracket. */
    *out = (struct elements){at + 1, elements.at, elements.count};
    return true;
}

bool elements_next(struct elements *elements, struct slice *out)
{
    char ignored;

    return elements->at < elements->end && read_element(elements, out, &ignored);
}

bool elements_take(struct slice *text, size_t place)
{
    const char *end = text->data + text->length;
    const char *start = skip_blanks(text->data, end);
    struct elements elements = {start + 1, end, 0};
    struct slice element = {NULL, 0};
    char ended_by = ',';

    if (start == end)
        return false;
    for (size_t i = 0; i <= place; i++)
        if (ended_by != ',' || !read_element(&elements, &element, &ended_by))
            return false;
    *text = element;
    return true;
}

bool elements_take_member(struct slice *text, size_t place)
{
    struct slice member = *text;
    const char *at;
    const char *end;

    if (!elements_take(&member, place) || *member.data != '"')
        return false;
    end = member.data + member.length;
    at = scan_skip_string(member.data, end);
    at = at == NULL ? end : skip_blanks(at, end);
    if (at == end || *at != ':')
        return false;
    at = skip_blanks(at + 1, end);
    *text = (struct slice){at, (size_t)(end - at)};
    return true;
}
