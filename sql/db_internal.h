/* What the files of sql/ share about a connection. Nothing outside this folder includes it. */
#ifndef KANSEN_SQL_DB_INTERNAL_H
#define KANSEN_SQL_DB_INTERNAL_H

#include <libpq-fe.h>

#include "sql/db.h"

#define SQLSTATE_SIZE 6

struct db {
    PGconn *connection;
    int wire;                     /* the socket by a number that libpq does not close; see db_cut */
    char sqlstate[SQLSTATE_SIZE]; /* of the last failure; "" when it was the connection's */
};

/* Turns a failed result (NULL: out of memory or connection lost) into status and message, and
 * remembers its SQLSTATE. Does not clear the result. */
enum status db_failure(struct db *db, const PGresult *result, struct error *error);

/* What the SQLSTATE class says the caller should do. */
enum status db_status_of(const char *sqlstate);

#endif
