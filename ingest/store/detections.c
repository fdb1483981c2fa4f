#include "ingest/store/detections.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"

#define DETECTION_FIELDS 12

/* The digits that times are sorted by. */
#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

/* Of two rows of the same time. */
static int compare_ties(const void *left, const void *right)
{
    const struct detections_key *a = left;
    const struct detections_key *b = right;
    int order = memcmp(a->row->device, b->row->device, sizeof(a->row->device));

    return order != 0 ? order : memcmp(a->row->id, b->row->id, sizeof(a->row->id));
}

/* One pass of a radix sort: by the digit at `shift` of the time since `earliest`; what is equal
 * keeps its order. */
static void sort_digit(const struct detections_key *from, struct detections_key *to, uint32_t count,
                       int64_t earliest, int64_t shift)
{
    uint32_t ends[DIGITS + 1] = {0};

    for (uint32_t i = 0; i < count; i++)
        ends[((uint64_t)(from[i].time_us - earliest) >> shift) % DIGITS + 1]++;
    for (uint32_t digit = 1; digit < DIGITS; digit++)
        ends[digit + 1] += ends[digit];
    for (uint32_t i = 0; i < count; i++)
        to[ends[((uint64_t)(from[i].time_us - earliest) >> shift) % DIGITS]++] = from[i];
}

/* Sorts the keys by time. Comparing them costs six times as much. */
static void sort_times(struct detections *detections, uint32_t count, int64_t earliest,
                       int64_t latest)
{
    const int pass_bits = 2 * DIGIT_BITS; /* there and back */

    for (int64_t span = latest - earliest, shift = 0; span > 0; span >>= pass_bits) {
        sort_digit(detections->keys, detections->spare, count, earliest, shift);
        sort_digit(detections->spare, detections->keys, count, earliest, shift + DIGIT_BITS);
        shift += pass_bits;
    }
}

/* Sorts what is of the same microsecond by the rest of detection's key. */
static void sort_ties(struct detections_key *keys, uint32_t count)
{
    uint32_t end;

    for (uint32_t start = 0; start < count; start = end) {
        for (end = start + 1; end < count && keys[end].time_us == keys[start].time_us; end++)
            ;
        if (end - start > 1)
            qsort(keys + start, end - start, sizeof(*keys), compare_ties);
    }
}

/* In the order of detection's key: neighbours in the index, and two workers with the same events
 * meet in the same order. */
void detections_sort(struct detections *detections, const struct batch *batch)
{
    int64_t earliest = INT64_MAX;
    int64_t latest = INT64_MIN;

    for (uint32_t i = 0; i < batch->row_count; i++) {
        const struct batch_row *row = &batch->rows[i];

        detections->keys[i] = (struct detections_key){row->time_us, row};
        earliest = row->time_us < earliest ? row->time_us : earliest;
        latest = row->time_us > latest ? row->time_us : latest;
    }
    if (batch->row_count > 1)
        sort_times(detections, batch->row_count, earliest, latest);
    sort_ties(detections->keys, batch->row_count);
    for (uint32_t i = 0; i < batch->row_count; i++)
        detections->order[i] = detections->keys[i].row;
    memset(detections->is_stored, 0, batch->row_count * sizeof(detections->is_stored[0]));
}

static void copy_id(struct copy *copy, bool present, int32_t id)
{
    if (present)
        copy_int32(copy, id);
    else
        copy_null(copy);
}

static void copy_fields(struct detections *detections, const struct dictionary *dictionary,
                        const struct batch_row *row)
{
    struct copy *copy = &detections->copy;
    bool has_product = row->product != STRING_SET_NONE;
    bool has_action = row->action != STRING_SET_NONE;
    bool has_os = row->os != STRING_SET_NONE;
    bool has_segment = row->segment != STRING_SET_NONE;

    copy_timestamp(copy, row->time_us);
    copy_uuid(copy, row->device);
    copy_uuid(copy, row->id);
    copy_int32(copy, dictionary_name_id(dictionary, row->name));
    copy_id(copy, has_product, has_product ? dictionary_product_id(dictionary, row->product) : 0);
    copy_id(copy, has_action, has_action ? dictionary_action_id(dictionary, row->action) : 0);
    copy_bytes(copy, row->country, strlen(row->country));
    if (row->address_family == ADDRESS_NONE)
        copy_null(copy);
    else
        copy_inet(copy, row->address_family, row->address);
    if (row->has_sha256)
        copy_bytes(copy, row->sha256, sizeof(row->sha256));
    else
        copy_null(copy);
    copy_int16(copy, detections->geoip_ids[row->country_origin]);
    copy_id(copy, has_os, has_os ? dictionary_os_id(dictionary, row->os) : 0);
    copy_id(copy, has_segment, has_segment ? dictionary_segment_id(dictionary, row->segment) : 0);
}

/* Straight into detection, or numbered into the stage. */
static enum status begin(struct detections *detections, struct db *db, bool staged,
                         struct error *error)
{
    return copy_begin(&detections->copy, db, staged ? sql_detections_stage : sql_detections_copy,
                      error);
}

static void send(struct detections *detections, const struct dictionary *dictionary, uint32_t first,
                 uint32_t last, bool staged)
{
    for (uint32_t i = first; i < last; i++) {
        if (batch_is_heartbeat(detections->order[i]))
            continue;
        copy_row(&detections->copy, staged ? DETECTION_FIELDS + 1 : DETECTION_FIELDS);
        if (staged)
            copy_int32(&detections->copy, (int32_t)i);
        copy_fields(detections, dictionary, detections->order[i]);
    }
}

/* Stores the rows of the stage of which some may be there already, and marks those. */
static enum status add_staged(struct detections *detections, struct db *db,
                              struct detections_repeats *repeats, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_detections_add_staged, 0, NULL, &rows, error);

    for (int i = 0; status == STATUS_OK && i < db_rows(rows); i++) {
        detections->is_stored[db_int64(rows, i, 0)] = true;
        repeats->stored++;
        repeats->conflicting += db_bool(rows, i, 1);
    }
    db_result_free(rows);
    return status;
}

enum status detections_begin(struct detections *detections, struct db *db, struct error *error)
{
    return begin(detections, db, detections->staged, error);
}

void detections_send(struct detections *detections, const struct dictionary *dictionary,
                     uint32_t first, uint32_t last)
{
    send(detections, dictionary, first, last, detections->staged);
}

enum status detections_end(struct detections *detections, struct db *db,
                           struct detections_repeats *repeats, struct error *error)
{
    enum status status = copy_end(&detections->copy, error);

    if (status != STATUS_OK || !detections->staged)
        return status;
    status = add_staged(detections, db, repeats, error);
    if (status == STATUS_OK && repeats->stored == 0)
        detections->staged = false;
    return status;
}

enum status detections_try(struct detections *detections, struct db *db,
                           const struct dictionary *dictionary, uint32_t first, uint32_t last,
                           struct error *error)
{
    struct detections_repeats ignored = {0};
    enum status status = begin(detections, db, true, error);

    if (status == STATUS_OK) {
        send(detections, dictionary, first, last, true);
        status = copy_end(&detections->copy, error);
    }
    return status == STATUS_OK ? add_staged(detections, db, &ignored, error) : status;
}
