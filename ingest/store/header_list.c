#include "ingest/store/header_list.h"

#include <stdlib.h>
#include <string.h>

/* The length in front of each item, and what stands there for null. */
#define LENGTH_SIZE 4
#define NULL_LENGTH UINT32_MAX

void header_list_clear(struct header_list *list)
{
    free(list->bytes);
    memset(list, 0, sizeof(*list));
}

void header_list_reset(struct header_list *list)
{
    list->used = 0;
    list->is_full = false;
}

static bool make_room(struct header_list *list, size_t length)
{
    size_t needed = list->used + LENGTH_SIZE + length;
    size_t size = list->size * 2 > needed ? list->size * 2 : needed;
    char *grown;

    if (needed <= list->size)
        return true;
    grown = realloc(list->bytes, size);
    if (grown == NULL)
        return false;
    list->bytes = grown;
    list->size = size;
    return true;
}

static bool add_item(struct header_list *list, const void *bytes, size_t length)
{
    uint32_t head = bytes == NULL ? NULL_LENGTH : (uint32_t)length;
    const uint8_t big_endian[LENGTH_SIZE] = {(uint8_t)(head >> 24), (uint8_t)(head >> 16),
                                             (uint8_t)(head >> 8), (uint8_t)head};

    if (!make_room(list, length))
        return false;
    memcpy(list->bytes + list->used, big_endian, LENGTH_SIZE);
    list->used += LENGTH_SIZE;
    if (length > 0)
        memcpy(list->bytes + list->used, bytes, length);
    list->used += length;
    return true;
}

bool header_list_add(struct header_list *list, const char *name, const void *value, size_t length)
{
    size_t name_length = strlen(name);
    size_t room = HEADER_LIST_MAX - list->used;

    if (list->is_full || room < 2 * LENGTH_SIZE || room - 2 * LENGTH_SIZE < name_length) {
        list->is_full = true;
        return true;
    }
    room -= 2 * LENGTH_SIZE + name_length;
    if (value == NULL)
        length = 0;
    list->is_full = length > room;
    return add_item(list, name, name_length) &&
           add_item(list, value, length < room ? length : room);
}

struct slice header_list_items(const struct header_list *list)
{
    return list->used > 0 ? (struct slice){list->bytes, list->used} : (struct slice){NULL, 0};
}

int32_t header_list_count(struct slice items)
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
