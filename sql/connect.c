#include "sql/connect.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "kansen/clock.h"
#include "text/secret_file.h"

/* Refusals by a server that takes connections, until they are believed. */
#define CONNECT_ATTEMPTS 3

/* A host that vanished without a word is noticed after a minute, not after the system's two hours:
 * seconds of silence, seconds between probes, probes; milliseconds until sent data is acknowledged.
 */
#define KEEPALIVES_IDLE "30"
#define KEEPALIVES_INTERVAL "10"
#define KEEPALIVES_COUNT "3"
#define USER_TIMEOUT_MS "60000"

static const char *password_file;

/* Of a program that gives none: a test of this folder. */
static const char *application_name = "kansen";

void connect_set_name(const char *name)
{
    application_name = name;
}

void connect_take_password_from(const char *path)
{
    password_file = path;
}

/* The first line of the file, as it is now; "" when there is no file to be read. */
static enum status read_password(char password[SECRET_SIZE], struct error *error)
{
    struct error why;

    *password = '\0';
    if (password_file == NULL || secret_file_read_first(password_file, password, &why) == STATUS_OK)
        return STATUS_OK;
    return error_set(error, STATUS_FATAL, "--db-password-file %.900s", why.message);
}

void connect_one_line(char *text)
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

/* libpq quotes what it can't read, which may be the end of a password that has a blank in it. Of a
 * conninfo that may hold one nothing is repeated: the message ends there. */
static void hide_quoted(const char *conninfo, char *text)
{
    static const char equals[] = "\"=\"";
    char *quote = strchr(text, '"');

    if (strstr(conninfo, "password") == NULL && strstr(conninfo, "://") == NULL)
        return;
    if (quote != NULL && strncmp(quote, equals, strlen(equals)) == 0)
        quote = strchr(quote + strlen(equals), '"');
    if (quote != NULL)
        memcpy(quote, "...", strlen(quote) < 3 ? strlen(quote) : 4);
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
    if (status != STATUS_OK) {
        connect_one_line(error->message);
        hide_quoted(conninfo, error->message);
    }
    PQconninfoFree(parsed);
    PQfreemem(why);
    return status;
}

/* libpq would print it, between the lines of the log. */
static void drop_warning(void *context, const PGresult *warning)
{
    (void)context;
    (void)warning;
}

/* Did TLS end the attempt: do we not believe the server, or it our certificate? Such words are
 * libpq's and OpenSSL's own, which nobody translates, since kansen sets no locale; a handshake that
 * breaks off is told by others. */
static bool is_disbelief(const char *why)
{
    static const char *const words[] = {"certificate", "does not match host name", "private key",
                                        "does not support SSL", " alert "};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strstr(why, words[i]) != NULL)
            return true;
    return false;
}

/* OpenSSL's words name no cause, but these are all. */
#define VERIFY_FAILED "certificate verify failed"
#define VERIFY_CAUSES                                                                              \
    " (it is not of an authority in sslrootcert, or has expired, or is not valid yet)"

static enum status refuse(PGconn *connection, enum status status, struct error *error)
{
    const char *why = PQerrorMessage(connection);

    error_set(error, status, "PostgreSQL: %.800s%s", why,
              strstr(why, VERIFY_FAILED) == NULL ? "" : VERIFY_CAUSES);
    connect_one_line(error->message);
    return status;
}

/* A server that answers and says no will say no again, and so does a certificate; one that was not
 * reached may come back. One that refuses although it takes connections may have been on its way
 * down or up between the two, so it is asked again. */
static enum status establish(const char *const *keywords, const char *const *values, PGconn **out,
                             struct error *error)
{
    for (int attempt = 0; attempt < CONNECT_ATTEMPTS; attempt++) {
        PGconn *connection = PQconnectdbParams(keywords, values, 1);

        if (connection == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
        if (PQstatus(connection) == CONNECTION_OK) {
            PQsetNoticeReceiver(connection, drop_warning, NULL);
            *out = connection;
            return STATUS_OK;
        }
        if (is_disbelief(PQerrorMessage(connection))) {
            refuse(connection, STATUS_FATAL, error);
            PQfinish(connection);
            return STATUS_FATAL;
        }
        refuse(connection, STATUS_RETRY, error);
        PQfinish(connection);
        if (PQpingParams(keywords, values, 1) != PQPING_OK)
            return STATUS_RETRY;
    }
    return STATUS_FATAL;
}

enum status connect_server(const char *conninfo, const char *timeout_s, PGconn **out,
                           struct error *error)
{
    char password[SECRET_SIZE];
    /* dbname is expanded; what stands behind it wins, fallbacks stand in front. */
    const char *const keywords[] = {"connect_timeout",
                                    "keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "tcp_user_timeout",
                                    "password",
                                    "dbname",
                                    "fallback_application_name",
                                    "client_encoding",
                                    NULL};
    const char *const values[] = {
        timeout_s, KEEPALIVES_IDLE, KEEPALIVES_INTERVAL, KEEPALIVES_COUNT, USER_TIMEOUT_MS,
        password,  conninfo,        application_name,    "UTF8",           NULL};
    enum status status = check_conninfo(conninfo, error);

    if (status == STATUS_OK)
        status = read_password(password, error);
    if (status == STATUS_OK)
        status = establish(keywords, values, out, error);
    secret_wipe(password);
    return status;
}

bool connect_read(PGconn *connection)
{
    if (!PQconsumeInput(connection))
        return false;
    /* libpq reads 8 KiB or more at a time, a record of TLS or GSS holds up to 16. */
    if (PQsslInUse(connection) || PQgssEncInUse(connection))
        return PQconsumeInput(connection);
    return true;
}

bool connect_await(PGconn *connection, int timeout_ms)
{
    int64_t until_ms = clock_ms(CLOCK_MONOTONIC) + timeout_ms;

    while (PQisBusy(connection)) {
        struct pollfd answer = {.fd = PQsocket(connection), .events = POLLIN};
        int64_t left_ms = until_ms - clock_ms(CLOCK_MONOTONIC);

        if (left_ms <= 0)
            return false;
        if (poll(&answer, 1, (int)left_ms) > 0 && !connect_read(connection))
            return true;
    }
    return true;
}

PGresult *connect_ask(PGconn *connection, const char *sql, int count, const char *const *parameters,
                      int timeout_ms)
{
    PGresult *answer = NULL;

    if (!PQsendQueryParams(connection, sql, count, NULL, parameters, NULL, NULL, 0) ||
        !connect_await(connection, timeout_ms))
        return NULL;
    answer = PQgetResult(connection);
    /* The NULL behind it, which makes room for the next question. */
    while (answer != NULL && connect_await(connection, timeout_ms)) {
        PGresult *next = PQgetResult(connection);

        if (next == NULL)
            return answer;
        PQclear(next);
    }
    PQclear(answer);
    return NULL;
}
