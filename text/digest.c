#include "text/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of a file, at a time. */
#define PIECE_SIZE (64 * 1024)

struct digest {
    EVP_MD_CTX *context;
};

static void write_text(const unsigned char *bytes, unsigned size, char text[DIGEST_TEXT_SIZE])
{
    for (unsigned i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

bool digest_of(const void *bytes, size_t length, char text[DIGEST_TEXT_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL) != 1)
        return false;
    write_text(digest, size, text);
    return true;
}

struct digest *digest_new(void)
{
    struct digest *digest = calloc(1, sizeof(*digest));

    if (digest == NULL)
        return NULL;
    digest->context = EVP_MD_CTX_new();
    if (digest->context == NULL || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1) {
        digest_free(digest);
        return NULL;
    }
    return digest;
}

bool digest_add(struct digest *digest, const void *bytes, size_t length)
{
    return EVP_DigestUpdate(digest->context, bytes, length) == 1;
}

bool digest_end(struct digest *digest, char text[DIGEST_TEXT_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_DigestFinal_ex(digest->context, bytes, &size) != 1)
        return false;
    write_text(bytes, size, text);
    return true;
}

bool digest_again(struct digest *digest, const void *bytes, size_t length,
                  unsigned char out[DIGEST_SIZE])
{
    unsigned size = 0;

    return EVP_DigestInit_ex(digest->context, NULL, NULL) == 1 &&
           EVP_DigestUpdate(digest->context, bytes, length) == 1 &&
           EVP_DigestFinal_ex(digest->context, out, &size) == 1;
}

void digest_free(struct digest *digest)
{
    if (digest == NULL)
        return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

bool digest_of_file(int file, char text[DIGEST_TEXT_SIZE])
{
    struct digest *digest = digest_new();
    char *piece = malloc(PIECE_SIZE);
    ssize_t length = 0;
    bool done = digest != NULL && piece != NULL;

    while (done && (length = read(file, piece, PIECE_SIZE)) != 0) {
        if (length < 0 && errno == EINTR)
            continue;
        done = length > 0 && digest_add(digest, piece, (size_t)length);
    }
    done = done && digest_end(digest, text);
    digest_free(digest);
    free(piece);
    return done;
}
