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

#include <stddef.h>
#include <stdint.h>

#include "ingest/event/elements.h"
#include "ingest/event/rejection.h"
#include "ingest/event/time_policy.h"
#include "kansen/event.h"
#include "kansen/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Holds the parser's memory; one per thread. */
struct decoder;

/* NULL when memory is short. */
struct decoder *decoder_new(void);
/* NULL is allowed. */
void decoder_free(struct decoder *decoder);

/* STATUS_OK: *out is valid until the decoder's next call; its text points into the decoder's
 * memory. out->country is "" when only an address came. STATUS_REJECT: *why says why, *out is
 * untouched. message needs no terminator and may be NULL when length is 0. */
enum status decode_event(struct decoder *decoder, const char *message, size_t length,
                         const struct time_policy *policy, struct event *out,
                         struct rejection *why) MUST_CHECK;

/* Is the message an array with elements, of EVENT_MESSAGE_MAX bytes at most? Then each of them is
 * an event of its own, which decode_event reads: *out are their bytes within the message
 * (borrowed), and the return value is 1. What is not JSON as a whole is no array: 0, and
 * decode_event says why. An element whose text breaks the rules (NUL, half of a surrogate pair)
 * harms itself alone. */
int decode_elements(struct decoder *decoder, const char *message, size_t length,
                    struct elements *out);

/* If the line is an envelope of `kcat -J` (an object with topic, partition, offset and payload, of
 * at most 1 MiB), *payload is the message inside it (borrowed until the next decode_kcat_envelope;
 * data NULL for a tombstone) and the return value 1; 0 when it is none, and decode_event should
 * read the line itself, whether or not it is good JSON; -1 when memory is short and nobody knows
 * what the line is. */
int decode_kcat_envelope(struct decoder *decoder, const char *line, size_t length,
                         struct slice *payload);

/* Is this the UTF-8 that the rules for text ask for? 1 or 0. */
int decode_is_utf8(const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
