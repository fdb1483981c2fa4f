/* SHA-256 (FIPS 180-4) of bytes, as `sha256sum` prints it. */
#ifndef KANSEN_TEXT_DIGEST_H
#define KANSEN_TEXT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

/* 64 digits, lower case, and the terminator. */
#define DIGEST_TEXT_SIZE 65

/* False when memory is short: nothing else can fail. */
bool digest_of(const void *bytes, size_t length, char text[DIGEST_TEXT_SIZE]);

#endif
