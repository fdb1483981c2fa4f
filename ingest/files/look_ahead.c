#include "ingest/files/look_ahead.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE (64 * 1024)

bool look_ahead_is_full(const struct look_ahead *ahead)
{
    return ahead->count == LOOK_AHEAD_LINES || ahead->used >= LOOK_AHEAD_BYTES;
}

/* The text may be longer than the bound by one record. */
static enum status make_room(struct look_ahead *ahead, size_t length, struct error *error)
{
    size_t size = ahead->size == 0 ? FIRST_SIZE : ahead->size;
    char *grown;

    while (size - ahead->used < length)
        size *= 2;
    if (size == ahead->size)
        return STATUS_OK;
    grown = realloc(ahead->bytes, size);
    if (grown == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    ahead->bytes = grown;
    ahead->size = size;
    return STATUS_OK;
}

enum status look_ahead_add(struct look_ahead *ahead, const struct file_record *record,
                           struct error *error)
{
    enum status status = make_room(ahead, record->text.length, error);

    if (status != STATUS_OK)
        return status;
    ahead->records[ahead->count] = *record;
    ahead->offsets[ahead->count++] = ahead->used;
    memcpy(ahead->bytes + ahead->used, record->text.data, record->text.length);
    ahead->used += record->text.length;
    return STATUS_OK;
}

struct file_record look_ahead_get(const struct look_ahead *ahead, size_t index)
{
    struct file_record record = ahead->records[index];

    record.text.data = ahead->bytes + ahead->offsets[index];
    return record;
}

void look_ahead_clear(struct look_ahead *ahead)
{
    free(ahead->bytes);
    *ahead = (struct look_ahead){0};
}
