#include "ingest/kafka/fingerprint.h"

#include <string.h>
#include <xxhash.h>

/* The part of a key or value that a message is recognised by: a small message may unpack to
 * gigabytes, which would keep the main loop from everything else. */
#define HASHED_MAX ((size_t)16 * 1024 * 1024)

static uint64_t hash(const void *data, size_t length)
{
    return XXH3_64bits(data, length < HASHED_MAX ? length : HASHED_MAX);
}

void fingerprint_of(const rd_kafka_message_t *message, uint8_t fingerprint[FINGERPRINT_SIZE])
{
    const uint64_t parts[] = {
        (uint64_t)message->offset,  (uint64_t)rd_kafka_message_timestamp(message, NULL),
        (uint64_t)message->key_len, hash(message->key, message->key_len),
        (uint64_t)message->len,     hash(message->payload, message->len),
    };
    XXH128_canonical_t canonical;

    XXH128_canonicalFromHash(&canonical, XXH3_128bits(parts, sizeof(parts)));
    memcpy(fingerprint, canonical.digest, FINGERPRINT_SIZE);
}
