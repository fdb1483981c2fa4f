#include "ingest/detections.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"

#define DETECTION_FIELDS 9

/* Times differ nearly always, and stand beside each other; rows would be looked up one by one. */
static int compare_keys(const void *left, const void *right)
{
    const struct detections_key *a = left;
    const struct detections_key *b = right;
    int order = (a->time_us > b->time_us) - (a->time_us < b->time_us);

    if (order == 0)
        order = memcmp(a->row->device, b->row->device, sizeof(a->row->device));
    return order != 0 ? order : memcmp(a->row->id, b->row->id, sizeof(a->row->id));
}

/* In the order of detection's key: neighbours in the index, and two workers with the same events
 * meet in the same order. */
void detections_sort(struct detections *detections, const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->row_count; i++)
        detections->keys[i] = (struct detections_key){batch->rows[i].time_us, &batch->rows[i]};
    qsort(detections->keys, batch->row_count, sizeof(detections->keys[0]), compare_keys);
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

static void copy_fields(struct detections *detections, const struct labels *labels,
                        const struct batch_row *row)
{
    struct copy *copy = &detections->copy;
    bool has_product = row->product != INTERN_NONE;
    bool has_action = row->action != INTERN_NONE;

    copy_timestamp(copy, row->time_us);
    copy_uuid(copy, row->device);
    copy_uuid(copy, row->id);
    copy_int32(copy, labels_name_id(labels, row->name));
    copy_id(copy, has_product, has_product ? labels_product_id(labels, row->product) : 0);
    copy_id(copy, has_action, has_action ? labels_action_id(labels, row->action) : 0);
    copy_bytes(copy, row->country, strlen(row->country));
    if (row->address_family == ADDRESS_NONE)
        copy_null(copy);
    else
        copy_inet(copy, row->address_family, row->address);
    if (row->has_sha256)
        copy_bytes(copy, row->sha256, sizeof(row->sha256));
    else
        copy_null(copy);
}

/* COPYs order[first … last-1] straight into detection, or numbered into the stage. copy_end is the
 * caller's. */
static enum status copy_rows(struct detections *detections, struct db *db,
                             const struct labels *labels, uint32_t first, uint32_t last,
                             bool staged, struct error *error)
{
    const char *sql = staged ? sql_detections_stage : sql_detections_copy;
    enum status status = copy_begin(&detections->copy, db, sql, error);

    if (status != STATUS_OK)
        return status;
    for (uint32_t i = first; i < last; i++) {
        copy_row(&detections->copy, staged ? DETECTION_FIELDS + 1 : DETECTION_FIELDS);
        if (staged)
            copy_int32(&detections->copy, (int32_t)i);
        copy_fields(detections, labels, detections->order[i]);
    }
    return STATUS_OK;
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
        repeats->conflicting += strcmp(db_text(rows, i, 1), "t") == 0;
    }
    db_result_free(rows);
    return status;
}

enum status detections_begin(struct detections *detections, struct db *db,
                             const struct labels *labels, uint32_t count, struct error *error)
{
    return copy_rows(detections, db, labels, 0, count, detections->staged, error);
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
                           const struct labels *labels, uint32_t first, uint32_t last,
                           struct error *error)
{
    struct detections_repeats ignored = {0};
    enum status status = copy_rows(detections, db, labels, first, last, true, error);

    if (status == STATUS_OK)
        status = copy_end(&detections->copy, error);
    return status == STATUS_OK ? add_staged(detections, db, &ignored, error) : status;
}
