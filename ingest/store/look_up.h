/* A statement that looks rows of a batch up by their key, in a table of any size. */
#ifndef KANSEN_INGEST_STORE_LOOK_UP_H
#define KANSEN_INGEST_STORE_LOOK_UP_H

#include "kansen/status.h"
#include "sql/db.h"

/* db_query, within a transaction, of a statement in which what is staged is joined with one table
 * and nothing else: each staged row is looked for in its key, whatever PostgreSQL expects. Of a
 * month that it has no statistics of yet it expects few rows, and reads all of them to find
 * those of each batch. *out is NULL before. */
enum status look_up(struct db *db, const char *sql, int count, const char *const *parameters,
                    struct db_result **out, struct error *error) MUST_CHECK;

#endif
