/* Bytes of one message -> one valid event, or the reason why not. Nothing is guessed.
 *
 * The outer contract is the project's event format (README, "Event format"). Steps: decode.cc reads
 * the JSON (simdjson), validate.c turns its fields into an event, identity.c makes the 128-bit ids. */
#ifndef KANSEN_INGEST_DECODE_H
#define KANSEN_INGEST_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum reject_reason {
    REJECT_EMPTY, /* no value at all: a Kafka tombstone, or zero bytes */
    REJECT_TOO_LARGE,
    REJECT_BAD_JSON,
    REJECT_NOT_AN_OBJECT,
    REJECT_BAD_UTF8,
    REJECT_NUL,
    REJECT_LONE_SURROGATE,
    REJECT_DUPLICATE_KEY,
    REJECT_MISSING_FIELD,
    REJECT_WRONG_TYPE,
    REJECT_BAD_TIME,
    REJECT_TIME_OUT_OF_RANGE,
    REJECT_BAD_NAME,
    REJECT_BAD_DEVICE,
    REJECT_BAD_ID,
    REJECT_BAD_ADDRESS,
    REJECT_BAD_COUNTRY,
    REJECT_BAD_HASH,
    REJECT_BAD_LABEL, /* vendor, product, version or action */
    REJECT_STORE,     /* PostgreSQL refused the row (SQLSTATE class 22 or 23) */
    REJECT_REASONS
};

/* The word kept in dead_letter.reason, e.g. "bad_json". */
const char *reject_reason_name(enum reject_reason reason);

#define REJECTION_DETAIL_SIZE 256

struct rejection {
    enum reject_reason reason;
    /* One line of UTF-8 for people: names the field, and what is wrong with it. */
    char detail[REJECTION_DETAIL_SIZE];
};

/* Event times outside [oldest_us, newest_us] are rejected. Microseconds since the Unix epoch. */
struct time_policy {
    int64_t oldest_us;
    int64_t newest_us;
};

/* Holds the parser's memory; one per thread. */
struct decoder;

/* NULL when memory is short. */
struct decoder *decoder_new(void);
/* NULL is allowed. */
void decoder_free(struct decoder *decoder);

/* STATUS_OK: *out is valid until the decoder's next call; its text points into the decoder's memory.
 * out->country is "" when only an address came. STATUS_REJECT: *why says why, *out is untouched.
 * message needs no terminator and may be NULL when length is 0. */
enum status decode_event(struct decoder *decoder, const char *message, size_t length,
                         const struct time_policy *policy, struct event *out,
                         struct rejection *why) MUST_CHECK;

/* If the line is an envelope of `kcat -J` (an object with topic, partition, offset and payload),
 * *payload is the message inside it (borrowed until the decoder's next call but one; data NULL for a
 * tombstone) and the return value 1; 0 when it is none, and decode_event should read the line
 * itself, whether or not it is good JSON. */
int decode_kcat_envelope(struct decoder *decoder, const char *line, size_t length,
                         struct slice *payload);

#ifdef __cplusplus
}
#endif

#endif
