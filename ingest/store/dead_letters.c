#include "ingest/store/dead_letters.h"

#include <string.h>
#include <xxhash.h>

#include "ingest/store/header_list.h"
#include "sql/array.h"
#include "sql/embedded.h"

#define DEAD_LETTER_FIELDS 13

/* dead_letter_id, reason, detail */
#define SETTLE_ARRAYS 3

static void copy_slice(struct copy *copy, struct slice bytes)
{
    if (bytes.data == NULL)
        copy_null(copy);
    else
        copy_bytes(copy, bytes.data, bytes.length);
}

static void copy_dead_letter(struct copy *copy, const struct batch_dead_letter *dead_letter)
{
    const struct message *message = &dead_letter->message;
    const char *reason = reject_reason_name(dead_letter->reason);
    XXH128_canonical_t hash;

    XXH128_canonicalFromHash(&hash, XXH3_128bits(message->value.data, message->value.length));
    copy_row(copy, DEAD_LETTER_FIELDS);
    copy_bytes(copy, message->origin->source, strlen(message->origin->source));
    copy_bytes(copy, message->origin->topic, strlen(message->origin->topic));
    copy_int32(copy, message->origin->partition);
    copy_int64(copy, message->offset);
    copy_int32(copy, (int32_t)message->element);
    copy_bytes(copy, hash.digest, sizeof(hash.digest));
    copy_bytes(copy, reason, strlen(reason));
    copy_bytes(copy, dead_letter->detail, strlen(dead_letter->detail));
    copy_slice(copy, message->key);
    copy_slice(copy, message->value);
    if (message->headers.length == 0)
        copy_null(copy);
    else
        copy_bytes_array(copy, header_list_count(message->headers), message->headers.data,
                         message->headers.length);
    if (message->arrived_us > 0)
        copy_timestamp(copy, message->arrived_us);
    else
        copy_null(copy);
    copy_bool(copy, message->origin->kind == EVENT_HEARTBEAT);
}

/* A batch is of new messages or of dead letters that are replayed, never of both. */
static bool is_replay(const struct batch *batch)
{
    return batch->replayed_count > 0 ||
           (batch->dead_letter_count > 0 && batch->dead_letters[0].message.dead_letter_id != 0);
}

static void list_replayed(const struct batch *batch, struct array arrays[SETTLE_ARRAYS])
{
    for (uint32_t i = 0; i < batch->replayed_count; i++) {
        array_add_int64(&arrays[0], batch->replayed[i].dead_letter_id);
        array_add_null(&arrays[1]);
        array_add_null(&arrays[2]);
    }
    for (uint32_t i = 0; i < batch->dead_letter_count; i++) {
        const struct batch_dead_letter *dead_letter = &batch->dead_letters[i];
        const char *reason = reject_reason_name(dead_letter->reason);

        array_add_int64(&arrays[0], dead_letter->message.dead_letter_id);
        array_add_text(&arrays[1], reason, strlen(reason));
        array_add_text(&arrays[2], dead_letter->detail, strlen(dead_letter->detail));
    }
}

/* Which dead letters are stored with this batch, and why the others are not. */
static enum status settle(struct db *db, const struct batch *batch, struct error *error)
{
    struct array arrays[SETTLE_ARRAYS] = {0};
    const char *parameters[SETTLE_ARRAYS];
    enum status status = STATUS_OK;

    list_replayed(batch, arrays);
    for (int i = 0; i < SETTLE_ARRAYS; i++) {
        parameters[i] = array_text(&arrays[i]);
        if (parameters[i] == NULL)
            status = error_set(error, STATUS_FATAL, "out of memory");
    }
    if (status == STATUS_OK)
        status = db_query(db, sql_dead_letters_settle, SETTLE_ARRAYS, parameters, NULL, error);
    for (int i = 0; i < SETTLE_ARRAYS; i++)
        array_clear(&arrays[i]);
    return status;
}

enum status dead_letters_store(struct copy *copy, struct db *db, const struct batch *batch,
                               struct error *error)
{
    enum status status;

    if (is_replay(batch))
        return settle(db, batch, error);
    if (batch->dead_letter_count == 0)
        return STATUS_OK;
    status = copy_begin(copy, db, sql_dead_letters_stage, error);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < batch->dead_letter_count; i++)
        copy_dead_letter(copy, &batch->dead_letters[i]);
    status = copy_end(copy, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_dead_letters_add, 0, NULL, NULL, error);
    return status;
}
