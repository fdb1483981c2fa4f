#include "ingest/store/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/store/label_cache.h"
#include "sql/array.h"
#include "sql/embedded.h"

/* Columns of text that one label of a kind consists of, at most. */
#define PARTS_MAX 3

/* One kind of label, and where the last batch's are in the cache. */
struct dictionary_kind {
    const char *what; /* for people */
    struct label_cache cache;
    uint32_t *of_batch; /* number in the batch -> number in the cache */
    int parts;
    const char *add;  /* statement that adds missing ones */
    const char *find; /* statement that finds their ids */
};

struct dictionary {
    struct dictionary_kind names;
    struct dictionary_kind products;
    struct dictionary_kind actions;
    struct dictionary_kind systems;
    struct dictionary_kind segments;
    int32_t
        *threats; /* of names, each with a stretch of them; those of names that went lie between */
    size_t threats_used;
    size_t threats_size;
    struct array parts[PARTS_MAX];
    uint32_t *missing; /* numbers in the cache of the labels being looked up */
};

static enum status init_kind(struct dictionary_kind *kind, const char *what, int parts,
                             const char *add, const char *find, struct error *error)
{
    kind->what = what;
    kind->parts = parts;
    kind->add = add;
    kind->find = find;
    kind->of_batch = malloc(BATCH_DICTIONARY_ENTRIES * sizeof(*kind->of_batch));
    if (kind->of_batch == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    return label_cache_init(&kind->cache, DICTIONARY_ENTRIES, DICTIONARY_BYTES, error);
}

static void clear_kind(struct dictionary_kind *kind)
{
    label_cache_clear(&kind->cache);
    free(kind->of_batch);
}

enum status dictionary_new(struct dictionary **out, struct error *error)
{
    struct dictionary *dictionary = calloc(1, sizeof(*dictionary));
    enum status status;

    if (dictionary == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    dictionary->missing = malloc(BATCH_DICTIONARY_ENTRIES * sizeof(*dictionary->missing));
    if (dictionary->missing == NULL)
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
    free(dictionary->missing);
    free(dictionary);
}

void dictionary_forget(struct dictionary *dictionary)
{
    label_cache_reset(&dictionary->names.cache);
    label_cache_reset(&dictionary->products.cache);
    label_cache_reset(&dictionary->actions.cache);
    label_cache_reset(&dictionary->systems.cache);
    label_cache_reset(&dictionary->segments.cache);
    dictionary->threats_used = 0;
}

/* Writes the missing labels' texts into one array a column. */
static enum status fill_parts(struct dictionary *dictionary, const struct dictionary_kind *kind,
                              uint32_t count, const char **parameters, struct error *error)
{
    for (int part = 0; part < kind->parts; part++)
        array_reset(&dictionary->parts[part]);
    for (uint32_t i = 0; i < count; i++) {
        struct slice text = string_set_get(&kind->cache.texts, dictionary->missing[i]);

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

static size_t count_threats(const struct label_cache *cache)
{
    size_t count = 0;

    for (uint32_t i = 0; i < cache->texts.count; i++)
        count += cache->labels[i].threat_count;
    return count;
}

/* Puts the threats of the names that are left together, into memory that has room for as many, and
 * `more`. */
static enum status gather_threats(struct dictionary *dictionary, size_t more, struct error *error)
{
    struct label_cache *names = &dictionary->names.cache;
    size_t size = 2 * count_threats(names) + more + 1024;
    int32_t *gathered = malloc(size * sizeof(*gathered));
    uint32_t used = 0;

    if (gathered == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (uint32_t i = 0; i < names->texts.count; i++) {
        struct label *label = &names->labels[i];

        if (label->threat_count > 0)
            memcpy(gathered + used, dictionary->threats + label->threat_start,
                   label->threat_count * sizeof(*gathered));
        label->threat_start = used;
        used += label->threat_count;
    }
    free(dictionary->threats);
    dictionary->threats = gathered;
    dictionary->threats_used = used;
    dictionary->threats_size = size;
    return STATUS_OK;
}

/* Names of very many threats: some go before there are as many as that again. */
static enum status bound_threats(struct dictionary *dictionary, struct error *error)
{
    struct label_cache *names = &dictionary->names.cache;

    if (dictionary->threats_used <= DICTIONARY_THREATS)
        return STATUS_OK;
    while (count_threats(names) > DICTIONARY_THREATS / 2)
        label_cache_evict(names);
    return gather_threats(dictionary, 0, error);
}

static size_t count_items(const char *list)
{
    size_t count = *list != '\0';

    for (; *list != '\0'; list++)
        count += *list == ',';
    return count;
}

/* Appends the ids of "1,2,3". */
static enum status add_threats(struct dictionary *dictionary, struct label *label, const char *list,
                               struct error *error)
{
    size_t count = count_items(list);

    if (dictionary->threats_size - dictionary->threats_used < count) {
        enum status status = gather_threats(dictionary, count, error);

        if (status != STATUS_OK)
            return status;
    }
    label->threat_start = (uint32_t)dictionary->threats_used;
    label->threat_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        char *end;

        dictionary->threats[dictionary->threats_used++] = (int32_t)strtol(list, &end, 10);
        list = end + 1;
    }
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
        struct label *label = &kind->cache.labels[number];

        label->id = (int32_t)db_int64(rows, row, 1);
        if (kind == &dictionary->names)
            status = add_threats(dictionary, label, db_text(rows, row, 2), error);
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
    enum status status =
        label_cache_match(&kind->cache, batch, kind->of_batch, dictionary->missing, &count, error);

    if (status != STATUS_OK || count == 0)
        return status;
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
    enum status status = bound_threats(dictionary, error);

    if (status == STATUS_OK)
        status = resolve_kind(dictionary, &dictionary->names, db, &batch->names, error);
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

static int32_t id_of(const struct dictionary_kind *kind, uint32_t number)
{
    return kind->cache.labels[kind->of_batch[number]].id;
}

int32_t dictionary_name_id(const struct dictionary *dictionary, uint32_t name)
{
    return id_of(&dictionary->names, name);
}

int32_t dictionary_product_id(const struct dictionary *dictionary, uint32_t product)
{
    return id_of(&dictionary->products, product);
}

int32_t dictionary_action_id(const struct dictionary *dictionary, uint32_t action)
{
    return id_of(&dictionary->actions, action);
}

int32_t dictionary_os_id(const struct dictionary *dictionary, uint32_t os)
{
    return id_of(&dictionary->systems, os);
}

int32_t dictionary_segment_id(const struct dictionary *dictionary, uint32_t segment)
{
    return id_of(&dictionary->segments, segment);
}

const int32_t *dictionary_threats(const struct dictionary *dictionary, uint32_t name, size_t *count)
{
    const struct dictionary_kind *names = &dictionary->names;
    const struct label *label = &names->cache.labels[names->of_batch[name]];

    *count = label->threat_count;
    return dictionary->threats + label->threat_start;
}
