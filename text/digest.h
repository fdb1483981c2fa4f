/* SHA-256 (FIPS 180-4) of bytes, as `sha256sum` prints it. */
#ifndef KANSEN_TEXT_DIGEST_H
#define KANSEN_TEXT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

/* 64 digits, lower case, and the terminator. */
#define DIGEST_TEXT_SIZE 65

/* False when memory is short: nothing else can fail. */
bool digest_of(const void *bytes, size_t length, char text[DIGEST_TEXT_SIZE]);

/* The same piece by piece. NULL and false when memory is short. */
struct digest;
struct digest *digest_new(void);
bool digest_add(struct digest *digest, const void *bytes, size_t length);
/* Of all that was added. */
bool digest_end(struct digest *digest, char text[DIGEST_TEXT_SIZE]);
/* Of these bytes alone, as bytes, without memory of its own: for whoever asks often. */
#define DIGEST_SIZE 32
bool digest_again(struct digest *digest, const void *bytes, size_t length,
                  unsigned char out[DIGEST_SIZE]);
/* NULL is allowed. */
void digest_free(struct digest *digest);

/* Of the rest of an open file. False with errno set. */
bool digest_of_file(int file, char text[DIGEST_TEXT_SIZE]);

#endif
