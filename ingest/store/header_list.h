/* Headers of a message as one run of bytes, kept with the message when it is rejected.
 *
 * Items are names and values in turn, each its length as a big-endian int32 (-1 for a null value)
 * and its bytes: what sql/copy.h sends as an array. Order and repeated names stay. */
#ifndef KANSEN_INGEST_STORE_HEADER_LIST_H
#define KANSEN_INGEST_STORE_HEADER_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/event.h"

/* Memory that is reused from message to message. Zeroed is empty. */
struct header_list {
    char *bytes;
    size_t used;
    size_t size;
};

void header_list_clear(struct header_list *list);
void header_list_reset(struct header_list *list);

/* value NULL is a null value. False: memory is short. */
bool header_list_add(struct header_list *list, const char *name, const void *value, size_t length);

/* Borrowed until the next call with this list; data is NULL when there are no headers. */
struct slice header_list_items(const struct header_list *list);

/* How many items, two a header. */
int32_t header_list_count(struct slice items);

#endif
