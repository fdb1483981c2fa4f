/* A token of OAUTHBEARER: until when it is good, and of whom. Kafka looks at it itself; librdkafka
 * wants to know when to ask for the next one. */
#ifndef KANSEN_INGEST_KAFKA_TOKEN_H
#define KANSEN_INGEST_KAFKA_TOKEN_H

#include <stdint.h>

#include "kansen/status.h"

/* Of a token that only its issuer can read: the next one is looked for before this is over. */
#define TOKEN_OPAQUE_MS (5 * 60 * 1000)

struct token {
    int64_t expires_ms; /* since 1970 */
    char subject[256];  /* "kansen" when the token names none */
};

/* Reads a JSON Web Token's claims `exp` and `sub`, without a look at its signature; what is no such
 * token is opaque. STATUS_REJECT: it has expired by now_ms. */
enum status token_read(const char *text, int64_t now_ms, struct token *out,
                       struct error *error) MUST_CHECK;

#endif
