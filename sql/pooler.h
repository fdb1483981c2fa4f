/* Does a pooler in front of PostgreSQL give us a connection for our session, or for each
 * transaction?
 *
 * What kansen keeps on a connection (advisory locks, temporary tables, settings) would then stay
 * behind on one that serves somebody else next. Only files of this folder include it. */
#ifndef KANSEN_SQL_POOLER_H
#define KANSEN_SQL_POOLER_H

#include <libpq-fe.h>

#include "kansen/status.h"

/* For a connection behind a pooler that has nothing open: compares the backends that it and a
 * second one of our own are given, over and over. STATUS_FATAL: by transaction, or by statement;
 * nothing was changed. STATUS_RETRY: no answer. */
enum status pooler_check(PGconn *connection, const char *conninfo, struct error *error) MUST_CHECK;

#endif
