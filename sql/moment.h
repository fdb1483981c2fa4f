/* A moment of the whole database: a transaction all of whose statements see the same batches, each
 * whole or not at all.
 *
 * On one PostgreSQL that is a snapshot. One that is distributed (Citus) has a snapshot on each
 * node, taken when it is first asked: there, each is taken while no batch is under way. */
#ifndef KANSEN_SQL_MOMENT_H
#define KANSEN_SQL_MOMENT_H

#include "kansen/status.h"
#include "sql/db.h"

/* Begins it, to read; db_rollback ends it. */
enum status moment_begin(struct db *db, struct error *error) MUST_CHECK;

#endif
