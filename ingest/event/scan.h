/* What the readers of a message's bytes ask of them, whatever they look for. */
#ifndef KANSEN_INGEST_EVENT_SCAN_H
#define KANSEN_INGEST_EVENT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

static inline bool scan_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* JSON's white space. */
static inline bool scan_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Behind the closing quote of the JSON string whose opening one is at `at`; NULL when it has none.
 */
static inline const char *scan_skip_string(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

#endif
