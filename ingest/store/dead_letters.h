/* The dead letters of one batch: rejected messages, kept whole in the transaction of its rows; and
 * those that are replayed, marked in the transaction of their events. */
#ifndef KANSEN_INGEST_STORE_DEAD_LETTERS_H
#define KANSEN_INGEST_STORE_DEAD_LETTERS_H

#include "ingest/store/batch.h"
#include "kansen/status.h"
#include "sql/copy.h"
#include "sql/db.h"

/* Inside the caller's transaction; `copy` is scratch. A dead letter that is kept already is not
 * kept twice. */
enum status dead_letters_store(struct copy *copy, struct db *db, const struct batch *batch,
                               struct error *error) MUST_CHECK;

#endif
