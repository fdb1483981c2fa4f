#include "ingest/headers.h"

#include <stdlib.h>
#include <string.h>

/* The length in front of each item, and what stands there for null. */
#define LENGTH_SIZE 4
#define NULL_LENGTH UINT32_MAX

void headers_clear(struct headers *headers)
{
    free(headers->bytes);
    memset(headers, 0, sizeof(*headers));
}

static bool make_room(struct headers *headers, size_t length)
{
    size_t needed = headers->used + LENGTH_SIZE + length;
    size_t size = headers->size * 2 > needed ? headers->size * 2 : needed;
    char *grown;

    if (needed <= headers->size)
        return true;
    grown = realloc(headers->bytes, size);
    if (grown == NULL)
        return false;
    headers->bytes = grown;
    headers->size = size;
    return true;
}

/* bytes NULL is a null value. */
static bool add(struct headers *headers, const void *bytes, size_t length)
{
    uint32_t head = bytes == NULL ? NULL_LENGTH : (uint32_t)length;
    const uint8_t big_endian[LENGTH_SIZE] = {(uint8_t)(head >> 24), (uint8_t)(head >> 16),
                                             (uint8_t)(head >> 8), (uint8_t)head};

    if (!make_room(headers, length))
        return false;
    memcpy(headers->bytes + headers->used, big_endian, LENGTH_SIZE);
    headers->used += LENGTH_SIZE;
    if (length > 0)
        memcpy(headers->bytes + headers->used, bytes, length);
    headers->used += length;
    return true;
}

bool headers_read(struct headers *headers, const rd_kafka_message_t *message, struct slice *out)
{
    rd_kafka_headers_t *list = NULL;
    const char *name;
    const void *value;
    size_t length;

    *out = (struct slice){NULL, 0};
    if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return true;
    headers->used = 0;
    for (size_t i = 0;
         rd_kafka_header_get_all(list, i, &name, &value, &length) == RD_KAFKA_RESP_ERR_NO_ERROR;
         i++)
        if (!add(headers, name, strlen(name)) || !add(headers, value, value == NULL ? 0 : length))
            return false;
    if (headers->used > 0)
        *out = (struct slice){headers->bytes, headers->used};
    return true;
}

int32_t headers_count(struct slice items)
{
    int32_t count = 0;

    for (size_t at = 0; at < items.length; count++) {
        const uint8_t *head = (const uint8_t *)items.data + at;
        uint32_t length =
            (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];

        at += LENGTH_SIZE + (length == NULL_LENGTH ? 0 : length);
    }
    return count;
}
