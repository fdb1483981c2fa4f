#include "ingest/store/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "sql/array.h"
#include "sql/embedded.h"

/* Columns of text that one label of a kind consists of, at most. */
#define PARTS_MAX 3

/* One kind of label: its texts, their ids, and where the last batch's labels are among them. */
struct dictionary_kind {
    const char *what; /* for people */
    struct string_set texts;
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

struct dictionary {
    struct dictionary_kind names;
    struct dictionary_kind products;
    struct dictionary_kind actions;
    struct dictionary_kind systems;
    struct dictionary_kind segments;
    struct threat_range *threats; /* by number in names.texts */
    int32_t *pool;
    size_t pool_used;
    size_t pool_size;
    struct array parts[PARTS_MAX];
    uint32_t *missing; /* numbers in texts of the labels being looked up */
};

static enum status init_kind(struct dictionary_kind *kind, const char *what, int parts,
                             const char *add, const char *find, struct error *error)
{
    kind->what = what;
    kind->parts = parts;
    kind->add = add;
    kind->find = find;
    kind->ids = malloc(DICTIONARY_ENTRIES * sizeof(*kind->ids));
    kind->of_batch = malloc(BATCH_DICTIONARY_ENTRIES * sizeof(*kind->of_batch));
    if (kind->ids == NULL || kind->of_batch == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    return string_set_init(&kind->texts, DICTIONARY_ENTRIES, DICTIONARY_BYTES, error);
}

static void clear_kind(struct dictionary_kind *kind)
{
    string_set_clear(&kind->texts);
    free(kind->ids);
    free(kind->of_batch);
}

enum status dictionary_new(struct dictionary **out, struct error *error)
{
    struct dictionary *dictionary = calloc(1, sizeof(*dictionary));
    enum status status;

    if (dictionary == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    dictionary->threats = malloc(DICTIONARY_ENTRIES * sizeof(*dictionary->threats));
    dictionary->missing = malloc(BATCH_DICTIONARY_ENTRIES * sizeof(*dictionary->missing));
    if (dictionary->threats == NULL || dictionary->missing == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status =
            init_kind(&dictionary->names, "malware names", 1, sql_names_add, sql_names_find, error);
    if (status == STATUS_OK)
        status = init_kind(&dictionary->products, "products", 3, sql_products_add,
                           sql_products_find, error);
    if (status == STATUS_OK)
        status =
            init_kind(&dictionary->actions, "actions", 1, sql_actions_add, sql_actions_find, error);
    if (status == STATUS_OK)
        status = init_kind(&dictionary->systems, "operating systems", 1, sql_systems_add,
                           sql_systems_find, error);
    if (status == STATUS_OK)
        status = init_kind(&dictionary->segments, "segments", 1, sql_segments_add,
                           sql_segments_find, error);
    if (status != STATUS_OK) {
        dictionary_free(dictionary);
        return status;
    }
    *out = dictionary;
    return STATUS_OK;
}

void dictionary_free(struct dictionary *dictionary)
{
    if (dictionary == NULL)
        return;
    clear_kind(&dictionary->names);
    clear_kind(&dictionary->products);
    clear_kind(&dictionary->actions);
    clear_kind(&dictionary->systems);
    clear_kind(&dictionary->segments);
    for (int i = 0; i < PARTS_MAX; i++)
        array_clear(&dictionary->parts[i]);
    free(dictionary->threats);
    free(dictionary->pool);
    free(dictionary->missing);
    free(dictionary);
}

void dictionary_forget(struct dictionary *dictionary)
{
    string_set_reset(&dictionary->names.texts);
    string_set_reset(&dictionary->products.texts);
    string_set_reset(&dictionary->actions.texts);
    string_set_reset(&dictionary->systems.texts);
    string_set_reset(&dictionary->segments.texts);
    dictionary->pool_used = 0;
}

/* Finds the batch's labels among the cached ones and adds the missing; false when they don't fit.
 */
static bool match_batch(struct dictionary *dictionary, struct dictionary_kind *kind,
                        const struct string_set *batch, uint32_t *missing_count)
{
    *missing_count = 0;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct slice text = string_set_get(batch, i);
        bool is_new;
        uint32_t number = string_set_add(&kind->texts, text.data, text.length, &is_new);

        if (number == STRING_SET_NONE)
            return false;
        kind->of_batch[i] = number;
        if (is_new)
            dictionary->missing[(*missing_count)++] = number;
    }
    return true;
}

/* Writes the missing labels' texts into one array a column. */
static enum status fill_parts(struct dictionary *dictionary, const struct dictionary_kind *kind,
                              uint32_t count, const char **parameters, struct error *error)
{
    for (int part = 0; part < kind->parts; part++)
        array_reset(&dictionary->parts[part]);
    for (uint32_t i = 0; i < count; i++) {
        struct slice text = string_set_get(&kind->texts, dictionary->missing[i]);

        if (kind->parts == 1) {
            array_add_text(&dictionary->parts[0], text.data, text.length);
            continue;
        }
        /* Each part ends with a NUL: see struct batch. */
        for (int part = 0; part < kind->parts; part++) {
            size_t length = strnlen(text.data, text.length);

            array_add_text(&dictionary->parts[part], text.data, length);
            text.data += length + 1;
            text.length -= length + 1;
        }
    }
    for (int part = 0; part < kind->parts; part++) {
        parameters[part] = array_text(&dictionary->parts[part]);
        if (parameters[part] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    }
    return STATUS_OK;
}

/* Appends the ids of "1,2,3" to the pool. */
static enum status add_threats(struct dictionary *dictionary, uint32_t number, const char *list,
                               struct error *error)
{
    struct threat_range range = {(uint32_t)dictionary->pool_used, 0};

    while (*list != '\0') {
        char *end;
        int32_t threat_id = (int32_t)strtol(list, &end, 10);

        if (dictionary->pool_used == dictionary->pool_size) {
            size_t size = dictionary->pool_size == 0 ? 1024 : dictionary->pool_size * 2;
            int32_t *grown = realloc(dictionary->pool, size * sizeof(*grown));

            if (grown == NULL)
                return error_set(error, STATUS_FATAL, "out of memory");
            dictionary->pool = grown;
            dictionary->pool_size = size;
        }
        dictionary->pool[dictionary->pool_used++] = threat_id;
        range.count++;
        list = *end == ',' ? end + 1 : end;
    }
    dictionary->threats[number] = range;
    return STATUS_OK;
}

static enum status read_ids(struct dictionary *dictionary, struct dictionary_kind *kind,
                            uint32_t count, const struct db_result *rows, struct error *error)
{
    enum status status = STATUS_OK;

    if (db_rows(rows) != (int)count)
        return error_set(error, STATUS_RETRY, "a label that was just added is gone");
    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        uint32_t number = dictionary->missing[db_int64(rows, row, 0)];

        kind->ids[number] = (int32_t)db_int64(rows, row, 1);
        if (kind == &dictionary->names)
            status = add_threats(dictionary, number, db_text(rows, row, 2), error);
    }
    return status;
}

/* Ids are never given twice, so there is an end to them. */
static enum status add_labels(const struct dictionary_kind *kind, struct db *db,
                              const char *const *parameters, struct error *error)
{
    enum status status = db_query(db, kind->add, kind->parts, parameters, NULL, error);

    if (status == STATUS_REJECT && strcmp(db_sqlstate(db), "2200H") == 0)
        return error_set(error, STATUS_FATAL,
                         "the database can't take one more of its %s: it has given out all %d ids; "
                         "nothing of this batch was stored",
                         kind->what, INT32_MAX);
    return status;
}

static enum status resolve_kind(struct dictionary *dictionary, struct dictionary_kind *kind,
                                struct db *db, const struct string_set *batch, struct error *error)
{
    const char *parameters[PARTS_MAX] = {NULL};
    struct db_result *rows = NULL;
    uint32_t count = 0;
    enum status status;

    if (!match_batch(dictionary, kind, batch, &count)) {
        if (kind == &dictionary->names)
            dictionary->pool_used = 0;
        string_set_reset(&kind->texts);
        if (!match_batch(dictionary, kind, batch, &count))
            return error_set(error, STATUS_FATAL, "the labels of one batch don't fit the cache");
    }
    if (count == 0)
        return STATUS_OK;
    status = fill_parts(dictionary, kind, count, parameters, error);
    if (status == STATUS_OK)
        status = add_labels(kind, db, parameters, error);
    if (status == STATUS_OK)
        status = db_query(db, kind->find, kind->parts, parameters, &rows, error);
    if (status == STATUS_OK)
        status = read_ids(dictionary, kind, count, rows, error);
    db_result_free(rows);
    return status;
}

enum status dictionary_resolve(struct dictionary *dictionary, struct db *db,
                               const struct batch *batch, struct error *error)
{
    enum status status = resolve_kind(dictionary, &dictionary->names, db, &batch->names, error);

    if (status == STATUS_OK)
        status = resolve_kind(dictionary, &dictionary->products, db, &batch->products, error);
    if (status == STATUS_OK)
        status = resolve_kind(dictionary, &dictionary->actions, db, &batch->actions, error);
    if (status == STATUS_OK)
        status = resolve_kind(dictionary, &dictionary->systems, db, &batch->systems, error);
    if (status == STATUS_OK)
        status = resolve_kind(dictionary, &dictionary->segments, db, &batch->segments, error);
    if (status != STATUS_OK)
        /* Labels without ids must not be found later. */
        dictionary_forget(dictionary);
    return status;
}

int32_t dictionary_name_id(const struct dictionary *dictionary, uint32_t name)
{
    return dictionary->names.ids[dictionary->names.of_batch[name]];
}

int32_t dictionary_product_id(const struct dictionary *dictionary, uint32_t product)
{
    return dictionary->products.ids[dictionary->products.of_batch[product]];
}

int32_t dictionary_action_id(const struct dictionary *dictionary, uint32_t action)
{
    return dictionary->actions.ids[dictionary->actions.of_batch[action]];
}

int32_t dictionary_os_id(const struct dictionary *dictionary, uint32_t os)
{
    return dictionary->systems.ids[dictionary->systems.of_batch[os]];
}

int32_t dictionary_segment_id(const struct dictionary *dictionary, uint32_t segment)
{
    return dictionary->segments.ids[dictionary->segments.of_batch[segment]];
}

const int32_t *dictionary_threats(const struct dictionary *dictionary, uint32_t name, size_t *count)
{
    struct threat_range range = dictionary->threats[dictionary->names.of_batch[name]];

    *count = range.count;
    return dictionary->pool + range.start;
}
