/* What a message that is no event looks like, in words for people: called only when it is rejected
 * already, so that nobody pays for it who sends what we read. Nothing is taken from a guess. */
#ifndef KANSEN_INGEST_EVENT_DIAGNOSIS_H
#define KANSEN_INGEST_EVENT_DIAGNOSIS_H

#include <stddef.h>

#include "ingest/event/rejection.h"
#include "kansen/event.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Each sets *why with the reason of its name, a place in the message and, where the message looks
 * like something known (compressed, UTF-16, Confluent's framing, XML, CSV, syslog …), what it is
 * and the way on. Returns STATUS_REJECT. */
enum status diagnosis_bad_utf8(struct slice message, struct rejection *why);
enum status diagnosis_nul(struct slice message, struct rejection *why);
enum status diagnosis_bad_json(struct slice message, struct rejection *why);

/* Of a message that is a JSON string. */
enum status diagnosis_string(struct slice text, struct rejection *why);

#define DIAGNOSIS_KEY_SIZE 80

/* Part of a key, in quotes and printable ASCII: all else is shown as \xNN. */
void diagnosis_quote_key(struct slice key, char quoted[DIAGNOSIS_KEY_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
