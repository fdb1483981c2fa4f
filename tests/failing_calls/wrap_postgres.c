/* libpq. A lost connection is a real one: its socket is shut down, and libpq finds out by itself.
 */
#include "failing.h"

#include <libpq-fe.h>
#include <sys/socket.h>

static bool fails(const char *call, const void *place)
{
    return failing_now(FAILING_POSTGRES, call, place);
}

static void cut(PGconn *connection)
{
    shutdown(PQsocket(connection), SHUT_RDWR);
}

/* What libpq makes of a connection that was cut behind a command. */
static PGresult *lose_answer(PGconn *connection, PGresult *answer)
{
    PQclear(answer);
    cut(connection);
    return PQexec(connection, "");
}

static PGresult *spoil_answer(PGconn *connection, PGresult *answer)
{
    if (failing_how() == FAILING_ANSWER)
        return lose_answer(connection, answer);
    /* No SQLSTATE and a good connection: libpq's own lack of memory. */
    PQclear(answer);
    return PQmakeEmptyPGresult(connection, PGRES_FATAL_ERROR);
}

/* Whether it may be sent. */
static bool begin_sending(PGconn *connection, bool failing)
{
    if (failing && failing_how() == FAILING_SHORT)
        return false;
    if (failing && failing_how() == FAILING_CUT)
        cut(connection);
    return true;
}

/* Behind a command that the server may or may not have done. */
static void end_sending(PGconn *connection, bool failing)
{
    if (failing && failing_how() == FAILING_ANSWER)
        cut(connection);
}

int __real_PQsendQuery(PGconn *connection, const char *sql);
int __wrap_PQsendQuery(PGconn *connection, const char *sql);
int __wrap_PQsendQuery(PGconn *connection, const char *sql)
{
    bool failing = fails("PQsendQuery", FAILING_PLACE);
    int sent = begin_sending(connection, failing) ? __real_PQsendQuery(connection, sql) : 0;

    end_sending(connection, failing);
    return sent;
}

int __real_PQsendQueryParams(PGconn *connection, const char *sql, int count, const Oid *types,
                             const char *const *values, const int *lengths, const int *formats,
                             int format);
int __wrap_PQsendQueryParams(PGconn *connection, const char *sql, int count, const Oid *types,
                             const char *const *values, const int *lengths, const int *formats,
                             int format);
int __wrap_PQsendQueryParams(PGconn *connection, const char *sql, int count, const Oid *types,
                             const char *const *values, const int *lengths, const int *formats,
                             int format)
{
    bool failing = fails("PQsendQueryParams", FAILING_PLACE);
    int sent = begin_sending(connection, failing)
                   ? __real_PQsendQueryParams(connection, sql, count, types, values, lengths,
                                              formats, format)
                   : 0;

    end_sending(connection, failing);
    return sent;
}

PGresult *__real_PQgetResult(PGconn *connection);
PGresult *__wrap_PQgetResult(PGconn *connection);
PGresult *__wrap_PQgetResult(PGconn *connection)
{
    bool failing = fails("PQgetResult", FAILING_PLACE);

    if (failing && failing_how() == FAILING_CUT)
        cut(connection);

    PGresult *answer = __real_PQgetResult(connection);

    /* The NULL behind the last result takes no memory. */
    return failing && failing_how() != FAILING_CUT && answer != NULL
               ? spoil_answer(connection, answer)
               : answer;
}

int __real_PQputCopyData(PGconn *connection, const char *bytes, int size);
int __wrap_PQputCopyData(PGconn *connection, const char *bytes, int size);
int __wrap_PQputCopyData(PGconn *connection, const char *bytes, int size)
{
    bool failing = fails("PQputCopyData", FAILING_PLACE);
    int result;

    if (failing && failing_how() >= FAILING_SHORT)
        return -1;
    if (failing && failing_how() == FAILING_CUT)
        cut(connection);
    result = __real_PQputCopyData(connection, bytes, size);
    if (failing && failing_how() == FAILING_ANSWER)
        cut(connection);
    return result;
}

int __real_PQputCopyEnd(PGconn *connection, const char *why);
int __wrap_PQputCopyEnd(PGconn *connection, const char *why);
int __wrap_PQputCopyEnd(PGconn *connection, const char *why)
{
    bool failing = fails("PQputCopyEnd", FAILING_PLACE);
    int result;

    if (failing && failing_how() >= FAILING_SHORT)
        return -1;
    if (failing && failing_how() == FAILING_CUT)
        cut(connection);
    result = __real_PQputCopyEnd(connection, why);
    if (failing && failing_how() == FAILING_ANSWER)
        cut(connection);
    return result;
}

PQconninfoOption *__real_PQconninfoParse(const char *conninfo, char **why);
PQconninfoOption *__wrap_PQconninfoParse(const char *conninfo, char **why);
PQconninfoOption *__wrap_PQconninfoParse(const char *conninfo, char **why)
{
    return fails("PQconninfoParse", FAILING_PLACE) ? NULL : __real_PQconninfoParse(conninfo, why);
}

PGconn *__real_PQconnectdbParams(const char *const *keywords, const char *const *values,
                                 int expand);
PGconn *__wrap_PQconnectdbParams(const char *const *keywords, const char *const *values,
                                 int expand);
PGconn *__wrap_PQconnectdbParams(const char *const *keywords, const char *const *values, int expand)
{
    static const char *const nobody[] = {"host", NULL};
    static const char *const nowhere[] = {"/nonexistent", NULL};

    if (!fails("PQconnectdbParams", FAILING_PLACE))
        return __real_PQconnectdbParams(keywords, values, expand);
    return failing_how() >= FAILING_SHORT ? NULL : __real_PQconnectdbParams(nobody, nowhere, 0);
}

PGPing __real_PQpingParams(const char *const *keywords, const char *const *values, int expand);
PGPing __wrap_PQpingParams(const char *const *keywords, const char *const *values, int expand);
PGPing __wrap_PQpingParams(const char *const *keywords, const char *const *values, int expand)
{
    return fails("PQpingParams", FAILING_PLACE) ? PQPING_NO_RESPONSE
                                                : __real_PQpingParams(keywords, values, expand);
}
