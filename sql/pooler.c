#include "sql/pooler.h"

#include <stdbool.h>
#include <stdlib.h>

#include "sql/connect.h"
#include "sql/embedded.h"

/* For the second connection to be given a backend. */
#define SECOND_MS 2000

/* Who is asked, in order. A pooler hands out the connection that was given back last (then both get
 * the same one), or each in turn (then the same one gets two different ones in a row), or any:
 * every order of two stands here, so that only a session's own connection answers all the same. */
static const char order[] = "fsffssfsf";

#define NO_BACKEND 0

static int backend_of(const PGresult *answer)
{
    return PQresultStatus(answer) == PGRES_TUPLES_OK ? atoi(PQgetvalue(answer, 0, 0)) : NO_BACKEND;
}

static enum status ask(PGconn *connection, int *backend, struct error *error)
{
    PGresult *answer = PQexecParams(connection, sql_backend_pid, 0, NULL, NULL, NULL, NULL, 0);
    enum status status = STATUS_OK;

    *backend = backend_of(answer);
    if (*backend == NO_BACKEND) {
        status = error_set(error, STATUS_RETRY, "PostgreSQL: %s", PQerrorMessage(connection));
        connect_one_line(error->message);
    }
    PQclear(answer);
    return status;
}

static enum status refuse(struct error *error)
{
    return error_set(
        error, STATUS_FATAL,
        "a pooler stands in front of PostgreSQL and gives out its connections by "
        "transaction; kansen needs one for a whole session: set pool_mode = session for "
        "it in the pooler, or connect to PostgreSQL itself");
}

/* A second connection that waits for a backend while the first, which came later, is answered: the
 * first has one of its own, and the pooler has no more to give. */
static enum status wait_for_second(PGconn *first, PGconn *second, bool *full, struct error *error)
{
    int backend;
    enum status status = STATUS_OK;

    *full = false;
    if (!PQsendQueryParams(second, sql_backend_pid, 0, NULL, NULL, NULL, NULL, 0))
        return error_set(error, STATUS_RETRY, "PostgreSQL: %s", PQerrorMessage(second));
    if (!connect_await(second, SECOND_MS)) {
        status = ask(first, &backend, error);
        *full = status == STATUS_OK && !connect_await(second, 0);
    }
    if (status == STATUS_OK && !*full)
        for (PGresult *answer; (answer = PQgetResult(second)) != NULL;)
            PQclear(answer);
    return status;
}

static enum status compare(PGconn *first, PGconn *second, struct error *error)
{
    int backends[] = {NO_BACKEND, NO_BACKEND};

    for (const char *who = order; *who != '\0'; who++) {
        int *known = &backends[*who == 's'];
        int backend;
        enum status status = ask(*who == 's' ? second : first, &backend, error);

        if (status != STATUS_OK)
            return status;
        if (*known != NO_BACKEND && *known != backend)
            return refuse(error);
        *known = backend;
        if (backends[0] == backends[1])
            return refuse(error);
    }
    return STATUS_OK;
}

enum status pooler_check(PGconn *connection, const char *conninfo, struct error *error)
{
    PGconn *second = NULL;
    bool full = false;
    enum status status = connect_server(conninfo, CONNECT_TIMEOUT, &second, error);

    if (status == STATUS_OK)
        status = wait_for_second(connection, second, &full, error);
    if (status == STATUS_OK && !full)
        status = compare(connection, second, error);
    PQfinish(second);
    return status;
}
