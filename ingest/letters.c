#include "ingest/letters.h"

#include <string.h>
#include <xxhash.h>

#include "sql/embedded.h"

#define LETTER_FIELDS 9

static void copy_slice(struct copy *copy, struct slice bytes)
{
    if (bytes.data == NULL)
        copy_null(copy);
    else
        copy_bytes(copy, bytes.data, bytes.length);
}

static void copy_letter(struct copy *copy, const struct batch_letter *letter)
{
    const struct message *message = &letter->message;
    const char *reason = reject_reason_name(letter->reason);
    XXH128_canonical_t hash;

    XXH128_canonicalFromHash(&hash, XXH3_128bits(message->value.data, message->value.length));
    copy_row(copy, LETTER_FIELDS);
    copy_bytes(copy, message->origin->source, strlen(message->origin->source));
    copy_bytes(copy, message->origin->topic, strlen(message->origin->topic));
    copy_int32(copy, message->origin->partition);
    copy_int64(copy, message->offset);
    copy_bytes(copy, hash.digest, sizeof(hash.digest));
    copy_bytes(copy, reason, strlen(reason));
    copy_bytes(copy, letter->detail, strlen(letter->detail));
    copy_slice(copy, message->key);
    copy_slice(copy, message->value);
}

enum status letters_store(struct copy *copy, struct db *db, const struct batch *batch,
                          struct error *error)
{
    enum status status;

    if (batch->letter_count == 0)
        return STATUS_OK;
    status = copy_begin(copy, db, sql_letters_stage, error);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < batch->letter_count; i++)
        copy_letter(copy, &batch->letters[i]);
    status = copy_end(copy, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_letters_add, 0, NULL, NULL, error);
    return status;
}
