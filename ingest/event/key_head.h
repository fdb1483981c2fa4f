/* The first bytes of a JSON key as a number, so that keys are told apart by one comparison.
 *
 * Keys hold no NUL, so two keys of at most seven bytes are equal when their heads are; of longer
 * ones the lengths, and what is behind the eighth byte, must be looked at, too. */
#ifndef KANSEN_INGEST_EVENT_KEY_HEAD_H
#define KANSEN_INGEST_EVENT_KEY_HEAD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define KEY_HEAD_SIZE 8

/* KEY_HEAD_SIZE bytes can be read at `key`, whatever its length, as at each of simdjson's texts. */
static inline uint64_t key_head(const char *key, size_t length)
{
    static const unsigned char ones_then_zeros[2 * KEY_HEAD_SIZE] = {0xFF, 0xFF, 0xFF, 0xFF,
                                                                     0xFF, 0xFF, 0xFF, 0xFF};
    uint64_t head;
    uint64_t mask;

    if (length > KEY_HEAD_SIZE)
        length = KEY_HEAD_SIZE;
    memcpy(&head, key, sizeof(head));
    memcpy(&mask, ones_then_zeros + KEY_HEAD_SIZE - length, sizeof(mask));
    return head & mask;
}

/* The same of a text behind whose end nothing may be read. */
static inline uint64_t key_head_of_text(const char *key, size_t length)
{
    char copy[KEY_HEAD_SIZE] = {0};

    memcpy(copy, key, length < sizeof(copy) ? length : sizeof(copy));
    return key_head(copy, length);
}

/* The last bytes of a key that is longer than its head, else 0: by head, length and tail keys of up
 * to twice as many bytes are told from all others. */
static inline uint64_t key_tail(const char *key, size_t length)
{
    uint64_t tail = 0;

    if (length > KEY_HEAD_SIZE)
        memcpy(&tail, key + length - KEY_HEAD_SIZE, sizeof(tail));
    return tail;
}

#endif
