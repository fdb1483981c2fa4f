#include "sql/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sql/db_internal.h"
#include "sql/embedded.h"
#include "sql/pooler.h"

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

/* PostgreSQL's words name the statement alone. */
#define READ_ONLY_CAUSES "; it is a standby, or default_transaction_read_only is on"

enum status db_failure(struct db *db, const PGresult *result, struct error *error)
{
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message =
        result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);

    snprintf(db->sqlstate, sizeof(db->sqlstate), "%s", state == NULL ? "" : state);
    if (db->interrupted)
        error_set(error, STATUS_RETRY,
                  "interrupted while waiting for PostgreSQL; what was not committed is undone");
    else if (message == NULL && *PQerrorMessage(db->connection) == '\0')
        error_set(error, STATUS_RETRY, "PostgreSQL: libpq gives no reason; is memory short?");
    else if (message == NULL)
        error_set(error, STATUS_RETRY, "PostgreSQL: %s", PQerrorMessage(db->connection));
    else
        error_set(error, STATUS_RETRY, "PostgreSQL: %s%s%s (SQLSTATE %s)%s", message,
                  detail == NULL ? "" : "; ", detail == NULL ? "" : detail, db->sqlstate,
                  strcmp(db->sqlstate, "25006") == 0 ? READ_ONLY_CAUSES : "");
    connect_one_line(error->message);
    /* What Citus says of a node that has gone, too, and of whatever a node has refused of a COPY.
     */
    if (db->may_get_citus && strcmp(db->sqlstate, "XX000") == 0)
        return STATUS_RETRY;
    return db_status_of(db->sqlstate);
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

void db_introduce(const char *name, const struct logger *logger)
{
    connect_set_name(name);
    lock_wait_set_logger(logger);
}

void db_take_password_from(const char *path)
{
    connect_take_password_from(path);
}

int db_library_version(void)
{
    return PQlibVersion();
}

bool db_interrupt(void)
{
    return lock_wait_interrupt();
}

bool db_is_interrupted(void)
{
    return lock_wait_is_interrupted();
}

/* Makes the session ours. *backend stays "" when another backend answers than the one that greeted
 * us, and nothing is set then. */
static enum status set_up(struct db *db, bool behind_pooler, struct error *error)
{
    char greeted[LOCK_WAIT_PID_SIZE];
    const char *const parameters[] = {behind_pooler ? NULL : greeted};
    struct db_result *rows = NULL;
    enum status status;

    snprintf(greeted, sizeof(greeted), "%d", PQbackendPID(db->connection));
    status = db_query(db, sql_session_settings, 1, parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    if (behind_pooler || strcmp(greeted, db_text(rows, 0, 0)) == 0)
        snprintf(db->wait.backend, sizeof(db->wait.backend), "%s", db_text(rows, 0, 0));
    db->has_citus = db_bool(rows, 0, 2);
    db->may_get_citus = db_bool(rows, 0, 3);
    db_result_free(rows);
    return STATUS_OK;
}

/* What keeps two of kansen's sessions apart (advisory locks), and what numbers names (sequences),
 * is the coordinator's alone. On a node both would seem to work. */
static enum status find_coordinator(struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_session_citus, 0, NULL, &rows, error);

    if (status != STATUS_OK)
        return status;
    db->is_distributed = db_bool(rows, 0, 2);
    if (db_bool(rows, 0, 0)) {
        const char *coordinator = db_text(rows, 0, 1);

        status = error_set(error, STATUS_FATAL,
                           "--db is a node of Citus, on which kansen's locks and numbers would "
                           "hold for nobody else: connect to the coordinator, %.300s",
                           coordinator == NULL ? "which is not in pg_dist_node" : coordinator);
    }
    db_result_free(rows);
    return status;
}

/* A pooler greets with a number of its own. */
static enum status begin_session(struct db *db, struct error *error)
{
    enum status status = set_up(db, false, error);

    if (status != STATUS_OK)
        return status;
    if (*db->wait.backend == '\0') {
        status = pooler_check(db->connection, db->conninfo, error);
        if (status == STATUS_OK)
            status = set_up(db, true, error);
    }
    return status == STATUS_OK && db->has_citus ? find_coordinator(db, error) : status;
}

bool db_has_citus(const struct db *db)
{
    return db->has_citus;
}

bool db_may_get_citus(const struct db *db)
{
    return db->may_get_citus;
}

bool db_is_distributed(const struct db *db)
{
    return db->is_distributed;
}

bool db_can_read(const char *conninfo)
{
    PQconninfoOption *parsed = PQconninfoParse(conninfo, NULL);
    bool known = parsed != NULL;

    PQconninfoFree(parsed);
    return known;
}

enum status db_open(const char *conninfo, struct db **out, struct error *error)
{
    struct db *db = calloc(1, sizeof(*db));
    enum status status = STATUS_OK;

    if (db == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    db->wire = -1;
    db->conninfo = strdup(conninfo == NULL ? "" : conninfo);
    if (db->conninfo == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    db->wait.conninfo = db->conninfo;
    if (status == STATUS_OK)
        status = connect_server(db->conninfo, CONNECT_TIMEOUT, &db->connection, error);
    if (status == STATUS_OK) {
        db->wire = fcntl(PQsocket(db->connection), F_DUPFD_CLOEXEC, 0);
        if (db->wire < 0)
            status = error_set(error, STATUS_RETRY, "PostgreSQL: %s", strerror(errno));
        else
            widen_local_socket(db->wire);
    }
    if (status == STATUS_OK)
        status = begin_session(db, error);
    if (status == STATUS_OK)
        *out = db;
    else
        db_close(db);
    return status;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    PQfinish(db->connection);
    if (db->wire >= 0)
        close(db->wire);
    free(db->conninfo);
    free(db);
}

PGresult *db_next_result(struct db *db, const char *sql)
{
    if (lock_wait_for_answer(&db->wait, db->connection, sql))
        db->interrupted = true;
    return PQgetResult(db->connection);
}

/* The last result of what was sent; a COPY is the caller's to go on with. NULL: it could not be
 * sent. */
static PGresult *receive(struct db *db, const char *sql, int sent)
{
    PGresult *last = NULL;
    PGresult *next;

    while (sent && (next = db_next_result(db, sql)) != NULL) {
        PQclear(last);
        last = next;
        if (PQresultStatus(last) == PGRES_COPY_IN || PQstatus(db->connection) != CONNECTION_OK)
            break;
    }
    if (PQresultStatus(last) != PGRES_FATAL_ERROR)
        lock_wait_over(&db->wait, sql);
    return last;
}

PGresult *db_execute(struct db *db, const char *sql)
{
    return receive(db, sql, PQsendQuery(db->connection, sql));
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

void db_listen(struct db *db,
               void (*listener)(void *context, const char *sql, int count,
                                const char *const *parameters),
               void *context)
{
    db->listener = listener;
    db->listener_context = context;
}

enum status db_query(struct db *db, const char *sql, int count, const char *const *parameters,
                     struct db_result **out, struct error *error)
{
    int sent;

    if (db->listener != NULL)
        db->listener(db->listener_context, sql, count, parameters);
    sent = PQsendQueryParams(db->connection, sql, count, NULL, parameters, NULL, NULL, 0);
    return wrap_result(db, receive(db, sql, sent), out, error);
}

enum status db_script(struct db *db, const char *sql, struct error *error)
{
    return wrap_result(db, db_execute(db, sql), NULL, error);
}

enum status db_begin(struct db *db, enum db_isolation isolation, struct error *error)
{
    static const char *const begins[] = {
        [DB_READ_COMMITTED] = "begin isolation level read committed",
        [DB_READ_ONLY_SNAPSHOT] = "begin isolation level repeatable read read only",
        [DB_SNAPSHOT] = "begin isolation level repeatable read",
    };

    return db_script(db, begins[isolation], error);
}

enum status db_commit(struct db *db, struct error *error)
{
    PGresult *result = db_execute(db, "commit");
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
        PQclear(db_execute(db, "rollback"));
}

enum status db_end(struct db *db, enum status status, struct error *error)
{
    if (status == STATUS_OK)
        status = db_commit(db, error);
    if (status != STATUS_OK)
        db_rollback(db);
    return status;
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

int64_t db_written(const struct db_result *result)
{
    return strtoll(PQcmdTuples(result->result), NULL, 10);
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

bool db_bool(const struct db_result *result, int row, int column)
{
    return *PQgetvalue(result->result, row, column) == 't';
}

void db_result_free(struct db_result *result)
{
    if (result == NULL)
        return;
    PQclear(result->result);
    free(result);
}
