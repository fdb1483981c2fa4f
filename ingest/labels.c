#include "ingest/labels.h"

#include <stdlib.h>
#include <string.h>

#include "sql/array.h"
#include "sql/embedded.h"

/* Columns of text that one label of a kind consists of, at most. */
#define PARTS_MAX 3

/* One kind of label: its texts, their ids, and where the last batch's labels are among them. */
struct label_kind {
    struct intern texts;
    int32_t *ids;
    uint32_t *of_batch; /* number in the batch -> number in texts */
    int parts;
    const char *add;  /* statement that adds missing ones */
    const char *find; /* statement that finds their ids */
};

/* The threats of one name: a stretch of the pool. */
struct threat_range {
    uint32_t start;
    uint32_t count;
};

struct labels {
    struct label_kind names;
    struct label_kind products;
    struct label_kind actions;
    struct threat_range *threats; /* by number in names.texts */
    int32_t *pool;
    size_t pool_used;
    size_t pool_size;
    struct array parts[PARTS_MAX];
    uint32_t *missing; /* numbers in texts of the labels being looked up */
};

static enum status init_kind(struct label_kind *kind, int parts, const char *add, const char *find,
                             struct error *error)
{
    kind->parts = parts;
    kind->add = add;
    kind->find = find;
    kind->ids = malloc(LABELS_KEPT * sizeof(*kind->ids));
    kind->of_batch = malloc(BATCH_LABELS * sizeof(*kind->of_batch));
    if (kind->ids == NULL || kind->of_batch == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    return intern_init(&kind->texts, LABELS_KEPT, LABELS_BYTES, error);
}

static void clear_kind(struct label_kind *kind)
{
    intern_clear(&kind->texts);
    free(kind->ids);
    free(kind->of_batch);
}

enum status labels_new(struct labels **out, struct error *error)
{
    struct labels *labels = calloc(1, sizeof(*labels));
    enum status status;

    if (labels == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    labels->threats = malloc(LABELS_KEPT * sizeof(*labels->threats));
    labels->missing = malloc(BATCH_LABELS * sizeof(*labels->missing));
    if (labels->threats == NULL || labels->missing == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = init_kind(&labels->names, 1, sql_names_add, sql_names_find, error);
    if (status == STATUS_OK)
        status = init_kind(&labels->products, 3, sql_products_add, sql_products_find, error);
    if (status == STATUS_OK)
        status = init_kind(&labels->actions, 1, sql_actions_add, sql_actions_find, error);
    if (status != STATUS_OK) {
        labels_free(labels);
        return status;
    }
    *out = labels;
    return STATUS_OK;
}

void labels_free(struct labels *labels)
{
    if (labels == NULL)
        return;
    clear_kind(&labels->names);
    clear_kind(&labels->products);
    clear_kind(&labels->actions);
    for (int i = 0; i < PARTS_MAX; i++)
        array_clear(&labels->parts[i]);
    free(labels->threats);
    free(labels->pool);
    free(labels->missing);
    free(labels);
}

void labels_forget(struct labels *labels)
{
    intern_reset(&labels->names.texts);
    intern_reset(&labels->products.texts);
    intern_reset(&labels->actions.texts);
    labels->pool_used = 0;
}

/* Finds the batch's labels among the cached ones and adds the missing; false when they don't fit.
 */
static bool match_batch(struct labels *labels, struct label_kind *kind, const struct intern *batch,
                        uint32_t *missing_count)
{
    *missing_count = 0;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct slice text = intern_get(batch, i);
        bool is_new;
        uint32_t number = intern_add(&kind->texts, text.data, text.length, &is_new);

        if (number == INTERN_NONE)
            return false;
        kind->of_batch[i] = number;
        if (is_new)
            labels->missing[(*missing_count)++] = number;
    }
    return true;
}

/* Writes the missing labels' texts into one array a column. */
static enum status fill_parts(struct labels *labels, const struct label_kind *kind, uint32_t count,
                              const char **parameters, struct error *error)
{
    for (int part = 0; part < kind->parts; part++)
        array_reset(&labels->parts[part]);
    for (uint32_t i = 0; i < count; i++) {
        struct slice text = intern_get(&kind->texts, labels->missing[i]);

        if (kind->parts == 1) {
            array_add_text(&labels->parts[0], text.data, text.length);
            continue;
        }
        /* Each part ends with a NUL: see struct batch. */
        for (int part = 0; part < kind->parts; part++) {
            size_t length = strnlen(text.data, text.length);

            array_add_text(&labels->parts[part], text.data, length);
            text.data += length + 1;
            text.length -= length + 1;
        }
    }
    for (int part = 0; part < kind->parts; part++) {
        parameters[part] = array_text(&labels->parts[part]);
        if (parameters[part] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    }
    return STATUS_OK;
}

/* Appends the ids of "1,2,3" to the pool. */
static enum status add_threats(struct labels *labels, uint32_t number, const char *list,
                               struct error *error)
{
    struct threat_range range = {(uint32_t)labels->pool_used, 0};

    while (*list != '\0') {
        char *end;
        int32_t threat_id = (int32_t)strtol(list, &end, 10);

        if (labels->pool_used == labels->pool_size) {
            size_t size = labels->pool_size == 0 ? 1024 : labels->pool_size * 2;
            int32_t *grown = realloc(labels->pool, size * sizeof(*grown));

            if (grown == NULL)
                return error_set(error, STATUS_FATAL, "out of memory");
            labels->pool = grown;
            labels->pool_size = size;
        }
        labels->pool[labels->pool_used++] = threat_id;
        range.count++;
        list = *end == ',' ? end + 1 : end;
    }
    labels->threats[number] = range;
    return STATUS_OK;
}

static enum status read_ids(struct labels *labels, struct label_kind *kind, uint32_t count,
                            const struct db_result *rows, struct error *error)
{
    enum status status = STATUS_OK;

    if (db_rows(rows) != (int)count)
        return error_set(error, STATUS_RETRY, "a label that was just added is gone");
    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        uint32_t number = labels->missing[db_int64(rows, row, 0)];

        kind->ids[number] = (int32_t)db_int64(rows, row, 1);
        if (kind == &labels->names)
            status = add_threats(labels, number, db_text(rows, row, 2), error);
    }
    return status;
}

static enum status resolve_kind(struct labels *labels, struct label_kind *kind, struct db *db,
                                const struct intern *batch, struct error *error)
{
    const char *parameters[PARTS_MAX] = {NULL};
    struct db_result *rows = NULL;
    uint32_t count = 0;
    enum status status;

    if (!match_batch(labels, kind, batch, &count)) {
        if (kind == &labels->names)
            labels->pool_used = 0;
        intern_reset(&kind->texts);
        if (!match_batch(labels, kind, batch, &count))
            return error_set(error, STATUS_FATAL, "the labels of one batch don't fit the cache");
    }
    if (count == 0)
        return STATUS_OK;
    status = fill_parts(labels, kind, count, parameters, error);
    if (status == STATUS_OK)
        status = db_query(db, kind->add, kind->parts, parameters, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, kind->find, kind->parts, parameters, &rows, error);
    if (status == STATUS_OK)
        status = read_ids(labels, kind, count, rows, error);
    db_result_free(rows);
    return status;
}

enum status labels_resolve(struct labels *labels, struct db *db, const struct batch *batch,
                           struct error *error)
{
    enum status status = resolve_kind(labels, &labels->names, db, &batch->names, error);

    if (status == STATUS_OK)
        status = resolve_kind(labels, &labels->products, db, &batch->products, error);
    if (status == STATUS_OK)
        status = resolve_kind(labels, &labels->actions, db, &batch->actions, error);
    if (status != STATUS_OK)
        /* Labels without ids must not be found later. */
        labels_forget(labels);
    return status;
}

int32_t labels_name_id(const struct labels *labels, uint32_t name)
{
    return labels->names.ids[labels->names.of_batch[name]];
}

int32_t labels_product_id(const struct labels *labels, uint32_t product)
{
    return labels->products.ids[labels->products.of_batch[product]];
}

int32_t labels_action_id(const struct labels *labels, uint32_t action)
{
    return labels->actions.ids[labels->actions.of_batch[action]];
}

const int32_t *labels_threats(const struct labels *labels, uint32_t name, size_t *count)
{
    struct threat_range range = labels->threats[labels->names.of_batch[name]];

    *count = range.count;
    return labels->pool + range.start;
}
