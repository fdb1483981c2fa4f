/* Where an element of a JSON array ends. Brackets and quotes are all that is looked at, so that an
 * element that is bad JSON is still told from the next one; it is judged where it is decoded.
 *
 * What can't be an element is noticed where lines meet: a string that goes on behind the end of a
 * line, and a line that can't follow the one before. So an array that lost its end (a logger that
 * was killed) does not swallow the lines that follow. */
#ifndef KANSEN_INGEST_FILES_ARRAY_SCAN_H
#define KANSEN_INGEST_FILES_ARRAY_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed at the first byte of an element, which is no blank. */
struct array_scan {
    int64_t braces; /* open ones */
    int64_t brackets;
    int64_t newlines; /* in it so far */
    bool in_string;
    bool escaped;
    bool is_scalar;
    bool behind_newline; /* nothing but blanks since the last one */
    bool wrapped;        /* something that is no blank has followed the end of a line */
    char last;           /* the last byte that is no blank, outside of strings */
    const char *damage;  /* what is wrong, when something is */
};

enum array_step { ARRAY_MORE, ARRAY_ENDED, ARRAY_DAMAGED };

/* Goes on with the next bytes. ARRAY_ENDED: the element ends in front of bytes[*used]. */
enum array_step array_scan_bytes(struct array_scan *scan, const char *bytes, size_t length,
                                 size_t *used);

#endif
