/* Where events of another format have what is ours: for each of our keys the places of its value.
 *
 * A mapping is made of the lines of a format file (docs/event-formats.md). Its JSON Pointers
 * (RFC 6901) become one tree, so that a message is walked once however many there are
 * (ingest/event/mapped.cc), and nothing is allocated for an event. */
#ifndef KANSEN_INGEST_EVENT_MAPPING_H
#define KANSEN_INGEST_EVENT_MAPPING_H

#include <stdbool.h>

#include "kansen/event.h"
#include "kansen/status.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mapping;

/* NULL when memory is short. */
struct mapping *mapping_new(void);
/* NULL is allowed. */
void mapping_free(struct mapping *mapping);

/* One line of a format file (a keyfile_line of config/keyfile.h): `mapping` is the context.
 * STATUS_REJECT names the key, what is wrong with its value, and what is allowed. */
enum status mapping_line(void *mapping, const char *section, const char *key, const char *value,
                         struct error *error) MUST_CHECK;

/* Behind the last line. STATUS_REJECT when a key is missing that every event of that kind needs. */
enum status mapping_finish(const struct mapping *mapping, enum event_kind kind,
                           struct error *error) MUST_CHECK;

/* May a value stand in a header of the message? */
bool mapping_reads_headers(const struct mapping *mapping);

#ifdef __cplusplus
}
#endif

#endif
