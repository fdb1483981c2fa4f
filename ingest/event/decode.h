/* Bytes of one message -> one valid event, or the reason why not. Nothing is guessed.
 *
 * The outer contract is the project's event format (README, "Event format"). A message that holds
 * an array is as many events as it has elements (decode_elements). Steps: decode.cc reads the JSON
 * (simdjson), validate.c turns its fields into an event, identity.c makes the 128-bit ids.
 *
 * The rules for text (UTF-8, no NUL, no lone surrogates) hold for the whole message, unknown keys
 * and their values included. Keys must differ at the top level, after unescaping; below an unknown
 * key nobody looks. Numbers there may have any size, and objects and arrays may nest 1,024 deep;
 * beyond that, the message is bad_json. */
#ifndef KANSEN_INGEST_EVENT_DECODE_H
#define KANSEN_INGEST_EVENT_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/event/elements.h"
#include "ingest/event/mapping.h"
#include "ingest/event/rejection.h"
#include "ingest/event/time_policy.h"
#include "kansen/event.h"
#include "kansen/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Holds the parser's memory; one per thread. */
struct decoder;

/* Of simdjson, by which messages are read. */
const char *decoder_library_version(void);

/* NULL when memory is short. */
struct decoder *decoder_new(void);
/* Events are of another format from now on. It is borrowed; NULL: they are of our own. */
void decoder_set_mapping(struct decoder *decoder, const struct mapping *mapping);
/* What the messages that come now are expected to be; detections unless it is said. */
void decoder_set_kind(struct decoder *decoder, enum event_kind kind);
/* Where a mapping finds the headers of the messages that come now: how often one is there, and its
 * value. NULL: they have none. */
void decoder_set_headers(struct decoder *decoder,
                         size_t (*find)(void *context, struct slice name, struct slice *value),
                         void *context);
/* NULL is allowed. */
void decoder_free(struct decoder *decoder);

/* STATUS_OK: *out is valid until the decoder's next call; its text points into the decoder's
 * memory. out->country is "" when only an address came. STATUS_REJECT: *why says why, *out is
 * untouched. message needs no terminator and may be NULL when length is 0. */
enum status decode_event(struct decoder *decoder, const char *message, size_t length,
                         const struct time_policy *policy, struct event *out,
                         struct rejection *why) MUST_CHECK;

enum decode_elements {
    DECODE_ONE, /* the message is one event, which decode_event reads, or says why it is none */
    DECODE_ELEMENTS, /* each element is an event of its own, which decode_event reads */
    DECODE_REJECTED, /* the format says where an array is, and there is none */
};

/* Is the message an array with elements, or (a mapping has `each`) one that holds such an array, of
 * EVENT_MESSAGE_MAX bytes at most? Then *out are their bytes within the message (borrowed). What is
 * not JSON as a whole is no array. An element whose text breaks the rules (NUL, half of a surrogate
 * pair) harms itself alone. *why is of a DECODE_REJECTED. */
enum decode_elements decode_elements(struct decoder *decoder, const char *message, size_t length,
                                     struct elements *out, struct rejection *why);

/* If the line is an envelope of `kcat -J` (an object with topic, partition, offset and payload, of
 * at most 1 MiB), *payload is the message inside it (borrowed until the next decode_kcat_envelope;
 * data NULL for a tombstone) and the return value 1; 0 when it is none, and decode_event should
 * read the line itself, whether or not it is good JSON; -1 when memory is short and nobody knows
 * what the line is. */
int decode_kcat_envelope(struct decoder *decoder, const char *line, size_t length,
                         struct slice *payload);

/* Adds the headers of the envelope that was unpacked last, which are names and values in turn; a
 * value without data is a null one. False: `add` has said so. */
typedef bool decode_add_header(void *context, struct slice name, struct slice value);
bool decode_kcat_headers(struct decoder *decoder, decode_add_header *add, void *context);

/* Is this the UTF-8 that the rules for text ask for? 1 or 0. */
int decode_is_utf8(const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
