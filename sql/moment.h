/* A moment of the whole database: a transaction all of whose statements see the same batches, each
 * whole or not at all.
 *
 * On one PostgreSQL that is a snapshot. One that is distributed (Citus) has a snapshot on each
 * node, taken when it is first asked: there, each is taken while no batch is under way, and none
 * is left in doubt by a crash between the commits of two nodes. */
#ifndef KANSEN_SQL_MOMENT_H
#define KANSEN_SQL_MOMENT_H

#include "kansen/status.h"
#include "sql/db.h"

/* Begins it, with DB_READ_ONLY_SNAPSHOT or DB_SNAPSHOT; db_rollback or db_end ends it. On Citus it
 * waits for the batches under way, and STATUS_RETRY says which node has a commit in doubt. */
enum status moment_begin(struct db *db, enum db_isolation isolation,
                         struct error *error) MUST_CHECK;

#endif
