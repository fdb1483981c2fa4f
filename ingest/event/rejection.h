/* Why a message can't become an event: a word for machines and a line for people.
 *
 * Both are stored beside the message in dead_letter. The line never repeats the message's own
 * text, which is untrusted and stored whole anyway: with the exception of a key, where that is what
 * helps, in printable ASCII and cut short (diagnosis_quote_key). */
#ifndef KANSEN_INGEST_EVENT_REJECTION_H
#define KANSEN_INGEST_EVENT_REJECTION_H

#include "kansen/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* When a message breaks several rules: the first two look at its length alone, the next three at
 * its bytes, then it is read as JSON, and only then are its fields looked at
 * (ingest/event/validate.h).
 */
enum reject_reason {
    REJECT_EMPTY, /* nothing in it: a Kafka tombstone, zero bytes, an array without elements */
    REJECT_TOO_LARGE,
    REJECT_BAD_UTF8,
    REJECT_NUL,
    REJECT_LONE_SURROGATE,
    REJECT_BAD_JSON,
    REJECT_NOT_AN_OBJECT,
    REJECT_DUPLICATE_KEY,
    REJECT_NOT_A_DETECTION, /* of another format, which says that it is something else */
    REJECT_NOT_A_HEARTBEAT, /* where heartbeats are expected: it has a name */
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
    REJECT_BAD_LABEL,    /* vendor, product, version, action, os or segment */
    REJECT_STORE,        /* PostgreSQL refused the row (SQLSTATE class 22 or 23) */
    REJECT_CLOSED_MONTH, /* nothing of its month is stored any more */
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

/* Begins the detail of a REJECT_NOT_A_DETECTION that has nothing where its format has something: an
 * event of another format rather. */
#define REJECTION_NOTHING_AT "nothing at "

/* Returns STATUS_REJECT, so that a check ends with `return rejection_set(why, …)`. The detail is
 * cut at the size of the struct; it must be ASCII, so that the cut can't split a character. */
enum status rejection_set(struct rejection *why, enum reject_reason reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds to the detail, under the same rules. */
void rejection_add(struct rejection *why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif

#endif
