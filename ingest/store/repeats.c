#include "ingest/store/repeats.h"

#include <string.h>

/* A country that was looked up is none of the event's. */
static bool countries_differ(const struct batch_row *row, const struct batch_row *other)
{
    bool own = row->country_origin == BATCH_COUNTRY_OWN;

    return own != (other->country_origin == BATCH_COUNTRY_OWN) ||
           (own && strcmp(row->country, other->country) != 0);
}

static bool differs(const struct batch_row *row, const struct batch_row *other)
{
    size_t address_size = row->address_family == ADDRESS_IPV4 ? 4 : 16;

    if (row->name != other->name || row->product != other->product ||
        row->action != other->action || row->os != other->os || row->segment != other->segment ||
        row->has_sha256 != other->has_sha256 || row->address_family != other->address_family ||
        countries_differ(row, other))
        return true;
    if (row->address_family != ADDRESS_NONE &&
        memcmp(row->address, other->address, address_size) != 0)
        return true;
    return row->has_sha256 && memcmp(row->sha256, other->sha256, sizeof(row->sha256)) != 0;
}

static bool are_same(const struct detections_key *key, const struct detections_key *other)
{
    return key->time_us == other->time_us &&
           memcmp(key->row->device, other->row->device, sizeof(key->row->device)) == 0 &&
           memcmp(key->row->id, other->row->id, sizeof(key->row->id)) == 0;
}

/* Of rows that are the same: the others of this kind stand behind the first one. Dead letters of
 * both kinds may be replayed in one batch. */
static void drop_kind(struct batch *batch, const struct detections_key *keys, uint32_t count,
                      bool is_heartbeat)
{
    const struct batch_row *first = NULL;

    for (uint32_t i = 0; i < count; i++)
        if (batch_is_heartbeat(keys[i].row) == is_heartbeat &&
            (first == NULL || keys[i].row < first))
            first = keys[i].row;
    for (uint32_t i = 0; i < count; i++) {
        const struct batch_row *row = keys[i].row;

        if (batch_is_heartbeat(row) != is_heartbeat || row == first)
            continue;
        batch->stands_for[row - batch->rows] = (uint32_t)(first - batch->rows);
        batch->repeated++;
        batch->conflicting += differs(first, row);
    }
}

/* Moves the rows that stand together. What stands for a row lies in front of it, and has moved. */
static void close_gaps(struct batch *batch)
{
    uint32_t *moved_to = batch->stands_for;
    uint32_t kept = 0;

    for (uint32_t row = 0; row < batch->row_count; row++) {
        if (batch->stands_for[row] != row) {
            moved_to[row] = moved_to[batch->stands_for[row]];
            continue;
        }
        batch->rows[kept] = batch->rows[row];
        batch->messages[kept] = batch->messages[row];
        moved_to[row] = kept++;
    }
    for (uint32_t i = 0; i < batch->replayed_count; i++)
        batch->replayed[i].row = moved_to[batch->replayed[i].row];
    batch->row_count = kept;
}

bool repeats_drop(struct batch *batch, const struct detections_key *keys)
{
    uint64_t before = batch->repeated;
    bool any = false;
    uint32_t end;

    for (uint32_t start = 0; start < batch->row_count; start = end) {
        for (end = start + 1; end < batch->row_count && are_same(&keys[start], &keys[end]); end++)
            ;
        if (end - start == 1)
            continue;
        for (uint32_t row = 0; !any && row < batch->row_count; row++)
            batch->stands_for[row] = row;
        any = true;
        drop_kind(batch, keys + start, end - start, false);
        drop_kind(batch, keys + start, end - start, true);
    }
    if (any)
        close_gaps(batch);
    return batch->repeated > before;
}
