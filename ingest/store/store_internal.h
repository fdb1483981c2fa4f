/* What store.c and transaction.c share: the connection, and everything that is kept between batches
 * because it was read from that connection or is expensive to make. */
#ifndef KANSEN_INGEST_STORE_STORE_INTERNAL_H
#define KANSEN_INGEST_STORE_STORE_INTERNAL_H

#include <pthread.h>

#include "ingest/store/calendar.h"
#include "ingest/store/detections.h"
#include "ingest/store/dictionary.h"
#include "ingest/store/infections.h"
#include "ingest/store/store.h"
#include "sql/copy.h"
#include "sql/db.h"

struct store {
    char *conninfo;
    const struct logger *logger;
    pthread_mutex_t lock; /* guards db against store_cut, and totals */
    struct db *db;
    int64_t catalogue_version; /* by which names were matched with threats */
    int64_t geoip_build;       /* of the MaxMind DB that the database knows of; 0: none */
    struct calendar calendar;
    struct dictionary *dictionary;
    struct infections *infections;
    struct store_totals totals;
    struct offsets offsets;
    struct detections detections;
    struct copy copy; /* scratch of dead_letters_store */
};

/* Makes the connection good. STATUS_RETRY: PostgreSQL is away. A server that refuses us now took us
 * before: it is on its way down or up. */
enum status store_connect(struct store *store, struct error *error) MUST_CHECK;
void store_disconnect(struct store *store);

/* The one number that a query answers. */
enum status store_query_int64(struct store *store, const char *sql, int64_t *out,
                              struct error *error) MUST_CHECK;

#endif
