/* Bytes as text of RFC 4648's 64 characters, for data inside pages. */
#ifndef KANSEN_TEXT_BASE64_H
#define KANSEN_TEXT_BASE64_H

#include <stddef.h>
#include <stdio.h>

/* Padded, on one line. A failed write stays in the stream's error flag. */
void base64_write(FILE *out, const char *bytes, size_t length);

#endif
