/* Bytes as text of RFC 4648's 64 characters: for data inside pages, and of events inside others. */
#ifndef KANSEN_TEXT_BASE64_H
#define KANSEN_TEXT_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Padded, on one line. A failed write stays in the stream's error flag. */
void base64_write(FILE *out, const char *bytes, size_t length);

/* The most bytes that a text of that length can be of. */
#define BASE64_BYTES_MAX(length) ((length) / 4 * 3)

/* Puts what the text is of into out, which has room for BASE64_BYTES_MAX. False: it is no base64,
 * which is padded and has nothing else in it. */
bool base64_read(const char *text, size_t length, char *out, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
