#include "sql/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sql/db_internal.h"

/* search_path is fixed so that no schema of somebody else's can stand in front of ours; dates and
 * bytes are read back as text. PostgreSQL guesses that a statement over many partitions is worth
 * compiling, which then takes a hundred times as long as running it. */
#define SESSION_OPTIONS                                                                            \
    "-c search_path=kansen,pg_catalog -c timezone=UTC -c datestyle=ISO -c bytea_output=hex "       \
    "-c client_min_messages=warning -c client_encoding=UTF8 -c jit=off"

/* Seconds to wait for a server that does not answer. */
#define CONNECT_TIMEOUT "10"

/* Refusals by a server that takes connections, until they are believed. */
#define CONNECT_ATTEMPTS 3

/* A host that vanished without a word is noticed after a minute, not after the system's two hours:
 * seconds of silence, seconds between probes, probes; milliseconds until sent data is acknowledged.
 */
#define KEEPALIVES_IDLE "30"
#define KEEPALIVES_INTERVAL "10"
#define KEEPALIVES_COUNT "3"
#define USER_TIMEOUT_MS "60000"

/* Of what waits in a local socket: some 15,000 rows of detection. */
#define LOCAL_SOCKET_SIZE (2 * 1024 * 1024)

struct db_result {
    PGresult *result;
};

enum status db_status_of(const char *sqlstate)
{
    /* Classes; then: a standby, a session or transaction ended for idling or lasting too long, a
     * lock that took too long. */
    static const char *const retried[] = {"08",    "40",    "53",    "57",   "58",
                                          "25006", "25P03", "25P04", "55P03"};

    /* An outage leaves no SQLSTATE behind. */
    if (*sqlstate == '\0')
        return STATUS_RETRY;
    for (size_t i = 0; i < sizeof(retried) / sizeof(retried[0]); i++)
        if (strncmp(sqlstate, retried[i], strlen(retried[i])) == 0)
            return STATUS_RETRY;
    if (strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "23", 2) == 0)
        return STATUS_REJECT;
    return strcmp(sqlstate, "42501") == 0 ? STATUS_DENIED : STATUS_FATAL;
}

/* libpq ends its messages with a newline and may use several lines, with tabs in front. */
static void one_line(char *text)
{
    char *end = text;

    for (const char *next = text; *next != '\0'; next++) {
        if (*next != '\n' && *next != '\t')
            *end++ = *next;
        else if (end > text && end[-1] != ' ')
            *end++ = ' ';
    }
    while (end > text && end[-1] == ' ')
        end--;
    *end = '\0';
}

enum status db_failure(struct db *db, const PGresult *result, struct error *error)
{
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message =
        result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);

    snprintf(db->sqlstate, sizeof(db->sqlstate), "%s", state == NULL ? "" : state);
    if (message == NULL && *PQerrorMessage(db->connection) == '\0')
        error_set(error, STATUS_RETRY, "PostgreSQL: libpq gives no reason; is memory short?");
    else if (message == NULL)
        error_set(error, STATUS_RETRY, "PostgreSQL: %s", PQerrorMessage(db->connection));
    else
        error_set(error, STATUS_RETRY, "PostgreSQL: %s%s%s (SQLSTATE %s)", message,
                  detail == NULL ? "" : "; ", detail == NULL ? "" : detail, db->sqlstate);
    one_line(error->message);
    return db_status_of(db->sqlstate);
}

/* A refusal while connecting has no result to ask; only the server's words tell it from an outage,
 * and those are translated. So everything is an outage but what cannot be: a wrong conninfo. */
static enum status check_conninfo(const char *conninfo, struct error *error)
{
    char *why = NULL;
    PQconninfoOption *parsed = PQconninfoParse(conninfo, &why);
    enum status status = STATUS_OK;

    if (parsed == NULL)
        status = error_set(error, STATUS_FATAL, "--db: %s", why == NULL ? "out of memory" : why);
    if (status != STATUS_OK)
        one_line(error->message);
    PQconninfoFree(parsed);
    PQfreemem(why);
    return status;
}

/* A server that answers and says no will say no again; one that was not reached may come back. One
 * that refuses although it takes connections may have been on its way down or up between the two,
 * so it is asked again. */
static enum status establish(struct db *db, const char *const *keywords, const char *const *values,
                             struct error *error)
{
    for (int attempt = 0; attempt < CONNECT_ATTEMPTS; attempt++) {
        PQfinish(db->connection);
        db->connection = PQconnectdbParams(keywords, values, 1);
        if (db->connection == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
        if (PQstatus(db->connection) == CONNECTION_OK)
            return STATUS_OK;
        error_set(error, STATUS_RETRY, "PostgreSQL: %s", PQerrorMessage(db->connection));
        one_line(error->message);
        if (PQpingParams(keywords, values, 1) != PQPING_OK)
            return STATUS_RETRY;
    }
    return STATUS_FATAL;
}

/* libpq would print it, between the lines of the log. */
static void drop_warning(void *context, const PGresult *warning)
{
    (void)context;
    (void)warning;
}

/* On the same machine, PostgreSQL is to have work while our thread waits for a core. Over TCP the
 * kernel finds the best size itself. The kernel's limit (net.core.wmem_max) cuts what is asked. */
static void widen_local_socket(int wire)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);

    if (getsockname(wire, (struct sockaddr *)&address, &size) == 0 && address.ss_family == AF_UNIX)
        setsockopt(wire, SOL_SOCKET, SO_SNDBUF, &(int){LOCAL_SOCKET_SIZE}, sizeof(int));
}

enum status db_open(const char *conninfo, struct db **out, struct error *error)
{
    const char *given = conninfo == NULL ? "" : conninfo;
    /* dbname is expanded; what stands behind it wins, fallbacks stand in front. */
    const char *const keywords[] = {"connect_timeout",           "keepalives_idle",
                                    "keepalives_interval",       "keepalives_count",
                                    "tcp_user_timeout",          "dbname",
                                    "fallback_application_name", "options",
                                    "client_encoding",           NULL};
    const char *const values[] = {
        CONNECT_TIMEOUT, KEEPALIVES_IDLE, KEEPALIVES_INTERVAL, KEEPALIVES_COUNT, USER_TIMEOUT_MS,
        given,           "kansen",        SESSION_OPTIONS,     "UTF8",           NULL};
    enum status status = check_conninfo(given, error);

    if (status != STATUS_OK)
        return status;

    struct db *db = calloc(1, sizeof(*db));

    if (db == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    db->wire = -1;
    status = establish(db, keywords, values, error);
    if (status != STATUS_OK) {
        db_close(db);
        return status;
    }
    db->wire = fcntl(PQsocket(db->connection), F_DUPFD_CLOEXEC, 0);
    if (db->wire < 0) {
        status = error_set(error, STATUS_RETRY, "PostgreSQL: %s", strerror(errno));
        db_close(db);
        return status;
    }
    widen_local_socket(db->wire);
    PQsetNoticeReceiver(db->connection, drop_warning, NULL);
    *out = db;
    return STATUS_OK;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    PQfinish(db->connection);
    if (db->wire >= 0)
        close(db->wire);
    free(db);
}

static enum status wrap_result(struct db *db, PGresult *result, struct db_result **out,
                               struct error *error)
{
    ExecStatusType kind = PQresultStatus(result);

    if (kind != PGRES_TUPLES_OK && kind != PGRES_COMMAND_OK) {
        enum status status = db_failure(db, result, error);

        PQclear(result);
        return status;
    }
    if (out == NULL) {
        PQclear(result);
        return STATUS_OK;
    }
    *out = malloc(sizeof(**out));
    if (*out == NULL) {
        PQclear(result);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    (*out)->result = result;
    return STATUS_OK;
}

enum status db_query(struct db *db, const char *sql, int count, const char *const *parameters,
                     struct db_result **out, struct error *error)
{
    PGresult *result = PQexecParams(db->connection, sql, count, NULL, parameters, NULL, NULL, 0);

    return wrap_result(db, result, out, error);
}

enum status db_script(struct db *db, const char *sql, struct error *error)
{
    return wrap_result(db, PQexec(db->connection, sql), NULL, error);
}

enum status db_begin(struct db *db, enum db_isolation isolation, struct error *error)
{
    if (isolation == DB_READ_ONLY_SNAPSHOT)
        return db_script(db, "begin isolation level repeatable read read only", error);
    return db_script(db, "begin isolation level read committed", error);
}

enum status db_commit(struct db *db, struct error *error)
{
    PGresult *result = PQexec(db->connection, "commit");
    enum status status = STATUS_OK;

    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        status = db_failure(db, result, error);
    else if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
        status = error_set(error, STATUS_RETRY, "PostgreSQL answered COMMIT with %s",
                           PQcmdStatus(result));
    PQclear(result);
    return status;
}

void db_rollback(struct db *db)
{
    if (PQtransactionStatus(db->connection) != PQTRANS_IDLE)
        PQclear(PQexec(db->connection, "rollback"));
}

bool db_is_broken(const struct db *db)
{
    PGTransactionStatusType state = PQtransactionStatus(db->connection);

    return PQstatus(db->connection) != CONNECTION_OK || state == PQTRANS_UNKNOWN ||
           state == PQTRANS_ACTIVE;
}

/* Not PQcancel: it waits for the server's answer, for ever if that has frozen. */
void db_cut(const struct db *db)
{
    shutdown(db->wire, SHUT_RDWR);
}

static void log_warning(void *logger, const PGresult *warning)
{
    const char *message = PQresultErrorField(warning, PG_DIAG_MESSAGE_PRIMARY);

    log_write(logger, LOG_LEVEL_WARNING, "PostgreSQL warns", "text", message == NULL ? "" : message,
              NULL);
}

void db_log_warnings(struct db *db, const struct logger *logger)
{
    PQsetNoticeReceiver(db->connection, log_warning, (void *)logger);
}

const char *db_sqlstate(const struct db *db)
{
    return db->sqlstate;
}

int db_rows(const struct db_result *result)
{
    return PQntuples(result->result);
}

const char *db_text(const struct db_result *result, int row, int column)
{
    return PQgetisnull(result->result, row, column) ? NULL
                                                    : PQgetvalue(result->result, row, column);
}

int64_t db_int64(const struct db_result *result, int row, int column)
{
    return strtoll(PQgetvalue(result->result, row, column), NULL, 10);
}

void db_result_free(struct db_result *result)
{
    if (result == NULL)
        return;
    PQclear(result->result);
    free(result);
}
