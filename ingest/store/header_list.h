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

/* Bytes of headers that are kept, with the lengths in front of them: a small message may bring
 * headers that unpack to gigabytes. */
#define HEADER_LIST_MAX ((size_t)16 * 1024 * 1024)

/* Memory that is reused from message to message. Zeroed is empty. */
struct header_list {
    char *bytes;
    size_t used;
    size_t size;
    bool is_full; /* something did not fit below HEADER_LIST_MAX */
};

void header_list_clear(struct header_list *list);
void header_list_reset(struct header_list *list);

/* value NULL is a null value. A value that reaches beyond HEADER_LIST_MAX is cut there, and headers
 * behind it are left out. False: memory is short. */
bool header_list_add(struct header_list *list, const char *name, const void *value, size_t length);

/* The same; a value without data is a null value. */
bool header_list_add_bytes(struct header_list *list, struct slice name, struct slice value);

/* Borrowed until the next call with this list; data is NULL when there are no headers. */
struct slice header_list_items(const struct header_list *list);

/* How many headers of the items have the name; *value is that of the first one, with data NULL when
 * it is a null value. */
size_t header_list_find(struct slice items, struct slice name, struct slice *value);

/* How many items, two a header. */
int32_t header_list_count(struct slice items);

#endif
