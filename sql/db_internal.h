/* What the files of sql/ share about a connection. Nothing outside this folder includes it. */
#ifndef KANSEN_SQL_DB_INTERNAL_H
#define KANSEN_SQL_DB_INTERNAL_H

#include <libpq-fe.h>

#include "sql/connect.h"
#include "sql/db.h"
#include "sql/lock_wait.h"

#define SQLSTATE_SIZE 6

struct db {
    PGconn *connection;
    char *conninfo;
    int wire;                     /* the socket by a number that libpq does not close; see db_cut */
    char sqlstate[SQLSTATE_SIZE]; /* of the last failure; "" when it was the connection's */
    struct lock_wait wait;
    bool interrupted; /* by the user, while an answer was awaited */
    bool has_citus;
    bool may_get_citus; /* has it, or will have it once somebody makes the extension */
    bool is_distributed;
    void (*listener)(void *context, const char *sql, int count, const char *const *parameters);
    void *listener_context;
};

/* Runs statements without parameters, and returns the result of the last, as PQexec does; it may be
 * that of a COPY. */
PGresult *db_execute(struct db *db, const char *sql);

/* PQgetResult for a statement that was sent; `sql` tells statements apart. */
PGresult *db_next_result(struct db *db, const char *sql);

/* Turns a failed result (NULL: out of memory or connection lost) into status and message, and
 * remembers its SQLSTATE. Does not clear the result. */
enum status db_failure(struct db *db, const PGresult *result, struct error *error);

/* What the SQLSTATE class says the caller should do. */
enum status db_status_of(const char *sqlstate);

#endif
