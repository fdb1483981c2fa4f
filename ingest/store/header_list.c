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

bool header_list_add_bytes(struct header_list *list, struct slice name, struct slice value)
{
    size_t room = HEADER_LIST_MAX - list->used;

    if (list->is_full || room < 2 * LENGTH_SIZE || room - 2 * LENGTH_SIZE < name.length) {
        list->is_full = true;
        return true;
    }
    room -= 2 * LENGTH_SIZE + name.length;
    if (value.data == NULL)
        value.length = 0;
    list->is_full = value.length > room;
    return add_item(list, name.data == NULL ? "" : name.data, name.length) &&
           add_item(list, value.data, value.length < room ? value.length : room);
}

bool header_list_add(struct header_list *list, const char *name, const void *value, size_t length)
{
    return header_list_add_bytes(list, (struct slice){name, strlen(name)},
                                 (struct slice){value, length});
}

struct slice header_list_items(const struct header_list *list)
{
    return list->used > 0 ? (struct slice){list->bytes, list->used} : (struct slice){NULL, 0};
}

/* The item at *at, and moves behind it. */
static struct slice next_item(struct slice items, size_t *at)
{
    const uint8_t *head = (const uint8_t *)items.data + *at;
    uint32_t length =
        (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
    struct slice item = {items.data + *at + LENGTH_SIZE, length};

    if (length == NULL_LENGTH)
        item = (struct slice){NULL, 0};
    *at += LENGTH_SIZE + item.length;
    return item;
}

int32_t header_list_count(struct slice items)
{
    int32_t count = 0;

    for (size_t at = 0; at < items.length; count++)
        next_item(items, &at);
    return count;
}

size_t header_list_find(struct slice items, struct slice name, struct slice *value)
{
    size_t count = 0;

    for (size_t at = 0; at < items.length;) {
        struct slice found = next_item(items, &at);
        struct slice its_value = next_item(items, &at);

        if (found.length != name.length || memcmp(found.data, name.data, name.length) != 0)
            continue;
        if (count++ == 0)
            *value = its_value;
    }
    return count;
}
