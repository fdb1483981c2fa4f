#include "ingest/store/store.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/store/store_internal.h"
#include "sql/embedded.h"
#include "sql/schema.h"

enum status store_read_catalogue(struct store *store, struct catalogue *out, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(store->db, sql_catalogue_version, 0, NULL, &rows, error);

    if (status == STATUS_OK)
        *out = (struct catalogue){db_int64(rows, 0, 0), db_int64(rows, 0, 1), db_int64(rows, 0, 2)};
    db_result_free(rows);
    return status;
}

void store_disconnect(struct store *store)
{
    struct db *db = store->db;

    pthread_mutex_lock(&store->lock);
    store->db = NULL;
    pthread_mutex_unlock(&store->lock);
    db_close(db);
}

/* A new connection may lead to another server than the last one (a standby that took over): nothing
 * that was read from the last one is believed. */
static enum status open_anew(struct store *store, struct error *error)
{
    struct db *db = NULL;
    enum status status;

    store_disconnect(store);
    dictionary_forget(store->dictionary);
    infections_forget(store->infections);
    infections_reset(store->infections);
    geoip_notes_forget(&store->geoip_notes);
    status = db_open(store->conninfo, &db, error);
    if (status != STATUS_OK)
        return status;
    db_log_warnings(db, store->logger);
    pthread_mutex_lock(&store->lock);
    store->db = db;
    pthread_mutex_unlock(&store->lock);
    return STATUS_OK;
}

static enum status read_anew(struct store *store, struct error *error)
{
    enum status status = db_script(store->db, sql_stage_create, error);

    if (status == STATUS_OK)
        status = offsets_connected(&store->offsets, store->db, error);
    if (status == STATUS_OK)
        status = store_read_catalogue(store, &store->catalogue, error);
    /* Behind the version: should they be newer, the first batch will see that it is, too. */
    if (status == STATUS_OK)
        status = barred_load(&store->barred, store->db, error);
    return status;
}

/* STATUS_REJECT: the database was migrated, or put back, to what this program doesn't know. */
static enum status connect_anew(struct store *store, struct error *error)
{
    enum status status = open_anew(store, error);

    if (status == STATUS_OK)
        status = schema_stays(store->db, error);
    if (status == STATUS_OK) {
        status = read_anew(store, error);
        status = status == STATUS_REJECT ? STATUS_FATAL : status;
    }
    if (status != STATUS_OK)
        store_disconnect(store);
    else
        metrics_add(store->metrics, METRIC_CONNECTIONS, 1);
    return status;
}

bool store_is_away(const struct store *store)
{
    return store->db == NULL || db_is_broken(store->db);
}

/* A server that refuses us now took us before: it is on its way down or up. */
enum status store_connect(struct store *store, struct error *error)
{
    if (!store_is_away(store))
        return STATUS_OK;

    enum status status = connect_anew(store, error);

    if (status == STATUS_REJECT)
        return STATUS_FATAL;
    return status == STATUS_OK ? STATUS_OK : STATUS_RETRY;
}

enum status store_explain(struct store *store, enum status status, struct error *error)
{
    struct error why = {""};

    if (status != STATUS_FATAL || store_is_away(store))
        return status;
    db_rollback(store->db);
    if (schema_stays(store->db, &why) == STATUS_REJECT)
        *error = why;
    return status;
}

enum status store_open(const char *conninfo, size_t infection_cache_mib,
                       const struct logger *logger, struct watch *watch, struct store **out,
                       struct error *error)
{
    struct store *store = calloc(1, sizeof(*store));
    enum status status;

    if (store == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    pthread_mutex_init(&store->lock, NULL);
    store->logger = logger;
    store->metrics = watch_metrics(watch);
    store->conninfo = strdup(conninfo == NULL ? "" : conninfo);
    if (store->conninfo == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = dictionary_new(&store->dictionary, error);
    if (status == STATUS_OK)
        status = infections_new(infection_cache_mib, &store->infections, error);
    if (status == STATUS_OK)
        status = detections_init(&store->detections, error);
    if (status == STATUS_OK)
        status = geoip_notes_init(&store->geoip_notes, error);
    if (status == STATUS_OK)
        status = connect_anew(store, error);
    if (status == STATUS_REJECT)
        status = STATUS_FATAL;
    if (status == STATUS_OK)
        status = calendar_load(&store->calendar, store->db, error);
    if (status != STATUS_OK) {
        store_close(store);
        return status;
    }
    *out = store;
    return STATUS_OK;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    store_disconnect(store);
    calendar_clear(&store->calendar);
    geoip_notes_clear(&store->geoip_notes);
    barred_clear(&store->barred);
    dictionary_free(store->dictionary);
    infections_free(store->infections);
    detections_clear(&store->detections);
    offsets_clear(&store->offsets);
    pthread_mutex_destroy(&store->lock);
    free(store->conninfo);
    free(store);
}

void store_cut(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    if (store->db != NULL)
        db_cut(store->db);
    pthread_mutex_unlock(&store->lock);
}

bool store_has_closed_months(const struct store *store)
{
    return store->barred.closed.count > 0;
}

struct store_totals store_totals(struct store *store)
{
    struct store_totals totals;

    pthread_mutex_lock(&store->lock);
    totals = store->totals;
    pthread_mutex_unlock(&store->lock);
    return totals;
}

void store_take_rejected(struct store *store, struct rejected *out)
{
    pthread_mutex_lock(&store->lock);
    *out = store->rejected;
    store->rejected = (struct rejected){0};
    pthread_mutex_unlock(&store->lock);
}

enum status store_perform(struct store *store, store_task *task, void *context, struct error *error)
{
    enum status status = store_connect(store, error);

    if (status == STATUS_OK)
        status = task(store->db, &store->offsets, context, error);
    return store_explain(store, status, error);
}
