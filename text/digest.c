#include "text/digest.h"

#include <openssl/evp.h>
#include <stdio.h>

bool digest_of(const void *bytes, size_t length, char text[DIGEST_TEXT_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL) != 1)
        return false;
    for (unsigned i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return true;
}
