/* What store.c and transaction.c share: the connection, and everything that is kept between batches
 * because it was read from that connection or is expensive to make. */
#ifndef KANSEN_INGEST_STORE_STORE_INTERNAL_H
#define KANSEN_INGEST_STORE_STORE_INTERNAL_H

#include <pthread.h>

#include "ingest/store/barred.h"
#include "ingest/store/calendar.h"
#include "ingest/store/detections.h"
#include "ingest/store/dictionary.h"
#include "ingest/store/geoip_notes.h"
#include "ingest/store/infections.h"
#include "ingest/store/store.h"
#include "sql/copy.h"
#include "sql/db.h"

/* Each grows: whenever the threats change; whenever infections that were stored are dropped;
 * whenever notes of what countries were looked up in are taken back. */
struct catalogue {
    int64_t version;
    int64_t forgotten;
    int64_t renoted;
};

struct store {
    char *conninfo;
    const struct logger *logger;
    struct metrics *metrics; /* NULL: nobody watches */
    pthread_mutex_t lock;    /* guards db against store_cut, totals and rejected */
    struct db *db;
    struct catalogue catalogue; /* by which names were matched with threats */
    struct barred barred;       /* of that version */
    struct calendar calendar;
    struct geoip_notes geoip_notes;
    struct dictionary *dictionary;
    struct infections *infections;
    struct store_totals totals;
    struct rejected rejected;
    struct offsets offsets;
    struct detections detections;
    struct copy copy; /* scratch of dead_letters_store */
};

/* Makes the connection good. STATUS_RETRY: PostgreSQL is away. A server that refuses us now took us
 * before: it is on its way down or up. STATUS_FATAL: the database is another program's by now. */
enum status store_connect(struct store *store, struct error *error) MUST_CHECK;
void store_disconnect(struct store *store);

/* Behind a statement that failed for good: tables that another program has changed are a better
 * reason than the statement that met them. Returns `status`. */
enum status store_explain(struct store *store, enum status status, struct error *error) MUST_CHECK;

/* As it is now. Outside of the lock of catalogue_share it may be an older one a moment later. */
enum status store_read_catalogue(struct store *store, struct catalogue *out,
                                 struct error *error) MUST_CHECK;

#endif
