#include "ingest/store/forgotten.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "text/hex.h"

static enum status read_machines(struct forgotten *out, const struct db_result *rows,
                                 struct error *error)
{
    for (int row = 0; row < db_rows(rows); row++) {
        struct forgotten_machine *machine = &out->machines[row];
        const char *digest = db_text(rows, row, 0);
        const char *salt = db_text(rows, row, 2);

        machine->until_us = db_int64(rows, row, 1);
        if (machine->until_us > out->until_us)
            out->until_us = machine->until_us;
        if (!hex_decode(digest, machine->digest, DIGEST_SIZE) ||
            !hex_decode_uuid(salt, HEX_UUID_LENGTH, out->salt))
            return error_set(error, STATUS_FATAL,
                             "PostgreSQL sent a digest or a UUID that is none");
    }
    return STATUS_OK;
}

enum status forgotten_load(struct forgotten *forgotten, struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    struct forgotten read = {.count = 0};
    enum status status = db_query(db, sql_forgotten_machines, 0, NULL, &rows, error);

    if (status == STATUS_OK)
        read.count = (size_t)db_rows(rows);
    if (read.count > 0 && ((read.machines = calloc(read.count, sizeof(*read.machines))) == NULL ||
                           (read.digest = digest_new()) == NULL))
        status = error_set(error, STATUS_FATAL, "out of memory");
    if (status == STATUS_OK)
        status = read_machines(&read, rows, error);
    db_result_free(rows);
    if (status != STATUS_OK) {
        forgotten_clear(&read);
        return status;
    }
    forgotten_clear(forgotten);
    *forgotten = read;
    return STATUS_OK;
}

void forgotten_clear(struct forgotten *forgotten)
{
    free(forgotten->machines);
    digest_free(forgotten->digest);
    *forgotten = (struct forgotten){.count = 0};
}

static int compare(const void *key, const void *element)
{
    return memcmp(key, ((const struct forgotten_machine *)element)->digest, DIGEST_SIZE);
}

static bool is_forgotten(void *context, const struct batch *batch, const struct batch_row *row)
{
    const struct forgotten *forgotten = context;
    const struct forgotten_machine *found;
    uint8_t bytes[FORGOTTEN_SALT_SIZE + sizeof(row->device)];
    unsigned char digest[DIGEST_SIZE];

    (void)batch;
    if (row->time_us >= forgotten->until_us)
        return false;
    memcpy(bytes, forgotten->salt, FORGOTTEN_SALT_SIZE);
    memcpy(bytes + FORGOTTEN_SALT_SIZE, row->device, sizeof(row->device));
    if (!digest_again(forgotten->digest, bytes, sizeof(bytes), digest))
        return false;
    found = bsearch(digest, forgotten->machines, forgotten->count, sizeof(*found), compare);
    return found != NULL && row->time_us < found->until_us;
}

bool forgotten_drop(const struct forgotten *forgotten, struct batch *batch)
{
    struct forgotten asked = *forgotten;

    return forgotten->count > 0 &&
           batch_reject_rows(batch, is_forgotten, &asked, REJECT_REASONS, NULL) > 0;
}
