#include "ingest/store/detections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "ingest/store/look_up.h"
#include "ingest/store/string_set.h"
#include "sql/array.h"
#include "sql/embedded.h"

#define DETECTION_FIELDS 12

/* Half a million events are remembered. Whatever is taken for one of them by mistake costs three
 * times as much. */
#define MET_BYTES (1024 * 1024)
#define MET_BITS 16

/* Batches behind the last one with repeats in which what was met is looked at. A look for nothing
 * costs a few milliseconds, a refusal a whole batch. */
#define WATCHFUL_BATCHES 64

/* "2013-09-01 00:00:00+00", with years of five digits. */
#define SECOND_SIZE 32

/* The digits that times are sorted by. */
#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

enum status detections_init(struct detections *detections, struct error *error)
{
    enum status status = bloom_init(&detections->met, MET_BYTES, MET_BITS, error);

    detections->horizon_us = INT64_MIN;
    detections->newest_us = INT64_MIN;
    return status == STATUS_OK ? string_set_draw_seed(&detections->seed, error) : status;
}

void detections_clear(struct detections *detections)
{
    bloom_clear(&detections->met);
}

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

static void take(struct detections *detections, uint32_t place, const struct batch_row *row)
{
    detections->order[place] = row;
    detections->hashes[place] =
        XXH3_64bits_withSeed(row->id, sizeof(row->id), detections->seed + (uint64_t)row->time_us);
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
        take(detections, i, detections->keys[i].row);
    detections->count = batch->row_count;
    detections->stored = 0;
    detections->looked_at = 0;
    detections->newest_us = latest > detections->newest_us ? latest : detections->newest_us;
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

static void send(struct detections *detections, const struct dictionary *dictionary, uint32_t place,
                 bool staged)
{
    copy_row(&detections->copy, staged ? DETECTION_FIELDS + 1 : DETECTION_FIELDS);
    if (staged)
        copy_int32(&detections->copy, (int32_t)place);
    copy_fields(detections, dictionary, detections->order[place]);
}

/* ---- those that may be stored */

/* A second in front of a time, or behind it, for what the planner must know. */
static void format_second(int64_t time_us, int64_t shift_s, char text[SECOND_SIZE])
{
    time_t second = (time_t)(time_us / 1000000 + shift_s);
    struct tm civil;

    if (gmtime_r(&second, &civil) == NULL ||
        strftime(text, SECOND_SIZE, "%Y-%m-%d %H:%M:%S+00", &civil) == 0)
        snprintf(text, SECOND_SIZE, "%s", shift_s < 0 ? "-infinity" : "infinity");
}

/* Stores the rows of the stage that are not there, and marks the others, which lie in
 * order[first … last-1]. */
static enum status add_staged(struct detections *detections, struct db *db, uint32_t first,
                              uint32_t last, struct detections_repeats *repeats,
                              struct error *error)
{
    char from[SECOND_SIZE];
    char to[SECOND_SIZE];
    const char *const parameters[] = {from, to};
    struct db_result *rows = NULL;
    enum status status;

    format_second(detections->order[first]->time_us, -1, from);
    format_second(detections->order[last - 1]->time_us, 1, to);
    status = look_up(db, sql_detections_add_staged, 2, parameters, &rows, error);
    if (status != STATUS_OK)
        return status;

    const char *stored = db_text(rows, 0, 0);
    const char *conflicting = db_text(rows, 0, 1);
    int64_t place;

    for (; array_next(&stored, &place); repeats->stored++)
        detections->is_stored[place] = true;
    while (array_next(&conflicting, &place))
        repeats->conflicting++;
    db_result_free(rows);
    return STATUS_OK;
}

/* Looks at those of order[first … last-1] that are marked. */
static enum status look_at(struct detections *detections, struct db *db,
                           const struct dictionary *dictionary, uint32_t first, uint32_t last,
                           struct detections_repeats *repeats, struct error *error)
{
    enum status status = copy_begin(&detections->copy, db, sql_detections_stage, error);

    if (status != STATUS_OK)
        return status;
    for (uint32_t i = first; i < last; i++)
        if (detections->is_looked_at[i])
            send(detections, dictionary, i, true);
    status = copy_end(&detections->copy, error);
    return status == STATUS_OK ? add_staged(detections, db, first, last, repeats, error) : status;
}

/* Rows between the one whose memory is fetched and the one that is asked for. */
#define EXPECTED_AHEAD 16

static bool may_be_stored(const struct detections *detections, uint32_t place)
{
    return detections->order[place]->time_us <= detections->horizon_us ||
           bloom_may_have(&detections->met, detections->hashes[place]);
}

/* Marks those that are looked at; returns how many. *others is how many are not. */
static uint32_t mark(struct detections *detections, uint32_t *others)
{
    uint32_t marked = 0;

    *others = 0;
    for (uint32_t i = 0; i < detections->count; i++) {
        if (i + EXPECTED_AHEAD < detections->count)
            batch_prefetch_row(detections->order[i + EXPECTED_AHEAD]);
        detections->is_looked_at[i] = false;
        if (batch_is_heartbeat(detections->order[i]))
            continue;
        detections->is_looked_at[i] =
            detections->staged || (detections->watchful > 0 && may_be_stored(detections, i));
        marked += detections->is_looked_at[i];
        *others += !detections->is_looked_at[i];
    }
    return marked;
}

enum status detections_begin(struct detections *detections, struct db *db,
                             const struct dictionary *dictionary,
                             struct detections_repeats *repeats, struct error *error)
{
    uint32_t others;
    uint32_t marked = mark(detections, &others);
    enum status status = STATUS_OK;

    detections->copying = others > 0;
    if (marked > 0)
        status = look_at(detections, db, dictionary, 0, detections->count, repeats, error);
    detections->stored = repeats->stored;
    detections->looked_at = marked;
    if (status == STATUS_OK && detections->copying)
        status = copy_begin(&detections->copy, db, sql_detections_copy, error);
    return status;
}

/* ---- all others */

void detections_send(struct detections *detections, const struct dictionary *dictionary,
                     uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i < last; i++)
        if (!detections->is_looked_at[i] && !batch_is_heartbeat(detections->order[i]))
            send(detections, dictionary, i, false);
}

enum status detections_end(struct detections *detections, struct error *error)
{
    return detections->copying ? copy_end(&detections->copy, error) : STATUS_OK;
}

static bool any_may_be_stored(const struct detections *detections)
{
    for (uint32_t i = 0; i < detections->count; i++)
        if (may_be_stored(detections, i))
            return true;
    return false;
}

bool detections_were_refused(struct detections *detections)
{
    if (detections->staged)
        return false;
    detections->staged = detections->watchful > 0 || !any_may_be_stored(detections);
    detections->watchful = WATCHFUL_BATCHES;
    if (detections->staged)
        detections->horizon_us = detections->newest_us;
    return true;
}

/* How the next batches are looked at. */
static void learn(struct detections *detections)
{
    if (detections->looked_at == 0)
        return;
    if (detections->stored > 0)
        detections->watchful = WATCHFUL_BATCHES;
    else if (detections->watchful > 0)
        detections->watchful--;
    if (detections->stored <= detections->looked_at / 8)
        detections->staged = false;
}

void detections_committed(struct detections *detections)
{
    learn(detections);
    for (uint32_t i = 0; i < detections->count; i++) {
        if (i + EXPECTED_AHEAD < detections->count) {
            batch_prefetch_row(detections->order[i + EXPECTED_AHEAD]);
            bloom_prefetch(&detections->met, detections->hashes[i + EXPECTED_AHEAD]);
        }
        if (batch_is_heartbeat(detections->order[i]))
            continue;
        if (bloom_is_full(&detections->met))
            detections->horizon_us = detections->newest_us;
        bloom_add(&detections->met, detections->hashes[i]);
    }
    detections->count = 0;
}

enum status detections_try(struct detections *detections, struct db *db,
                           const struct dictionary *dictionary, uint32_t first, uint32_t last,
                           struct error *error)
{
    struct detections_repeats ignored = {0};

    for (uint32_t i = first; i < last; i++)
        detections->is_looked_at[i] = !batch_is_heartbeat(detections->order[i]);
    return look_at(detections, db, dictionary, first, last, &ignored, error);
}
