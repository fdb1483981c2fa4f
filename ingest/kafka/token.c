#include "ingest/kafka/token.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text/base64.h"

#define MS_PER_S 1000

/* The claims, which stand between the two dots in base64url without padding; NULL: it is another
 * kind of token. */
static json_t *read_claims(const char *text)
{
    const char *begin = strchr(text, '.');
    const char *end = begin == NULL ? NULL : strchr(begin + 1, '.');
    size_t length = end == NULL ? 0 : (size_t)(end - begin) - 1;
    char *padded = calloc(length + 4, 1);
    char *bytes = calloc(BASE64_BYTES_MAX(length + 4) + 1, 1);
    size_t count = 0;
    json_t *claims = NULL;

    if (length > 0 && padded != NULL && bytes != NULL) {
        for (size_t i = 0; i < length; i++)
            padded[i] = begin[1 + i] == '-' ? '+' : begin[1 + i] == '_' ? '/' : begin[1 + i];
        while (length % 4 != 0)
            padded[length++] = '=';
        if (base64_read(padded, length, bytes, &count))
            claims = json_loadb(bytes, count, 0, NULL);
    }
    free(padded);
    free(bytes);
    return claims;
}

static enum status refuse_expired(int64_t expires_ms, struct error *error)
{
    time_t seconds = (time_t)(expires_ms / MS_PER_S);
    char text[32] = "?";
    struct tm utc;

    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return error_set(error, STATUS_REJECT, "the token has expired at %s", text);
}

enum status token_read(const char *text, int64_t now_ms, struct token *out, struct error *error)
{
    struct token token = {now_ms + TOKEN_OPAQUE_MS, "kansen"};
    json_t *claims = read_claims(text);
    const json_t *expires = json_object_get(claims, "exp");
    const char *subject = json_string_value(json_object_get(claims, "sub"));

    if (json_is_number(expires) && json_number_value(expires) < 0)
        token.expires_ms = 0;
    else if (json_is_number(expires) && json_number_value(expires) < (double)(INT64_MAX / MS_PER_S))
        token.expires_ms = (int64_t)(json_number_value(expires) * MS_PER_S);
    if (subject != NULL && *subject != '\0')
        snprintf(token.subject, sizeof(token.subject), "%s", subject);
    json_decref(claims);
    if (token.expires_ms <= now_ms)
        return refuse_expired(token.expires_ms, error);
    *out = token;
    return STATUS_OK;
}
