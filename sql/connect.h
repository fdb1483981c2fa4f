/* A connection of libpq: made, set up, asked within a bound. Only files of this folder include it.
 *
 * What is given at connect is what every pooler lets through; the rest of the session is set by one
 * statement afterwards (sql/queries/session_settings.sql). */
#ifndef KANSEN_SQL_CONNECT_H
#define KANSEN_SQL_CONNECT_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "kansen/status.h"

/* Seconds for a server to answer, as libpq takes them. */
#define CONNECT_TIMEOUT "10"

/* The application_name of connections for which the user gives none; borrowed. */
void connect_set_name(const char *name);

/* See db_take_password_from. */
void connect_take_password_from(const char *path);

/* Connects to `conninfo` (never NULL). STATUS_RETRY when the server is away or starting,
 * STATUS_FATAL when it refuses us or the conninfo is wrong. The caller ends *out by PQfinish. */
enum status connect_server(const char *conninfo, const char *timeout_s, PGconn **out,
                           struct error *error) MUST_CHECK;

/* Sends a question, and waits for the answer for so long. NULL: none came, and the connection is of
 * no more use; any other result is the caller's to look at and to clear. */
PGresult *connect_ask(PGconn *connection, const char *sql, int count, const char *const *parameters,
                      int timeout_ms);
/* The second half of it, for a question that was sent: false when no answer came in time. It may be
 * waited for again. */
bool connect_await(PGconn *connection, int timeout_ms);

/* Reads what has come; false when the connection is lost. Nothing that TLS has decrypted stays
 * behind, for which poll would wait in vain. */
bool connect_read(PGconn *connection);

/* libpq ends its messages with a newline and may use several lines, with tabs in front. */
void connect_one_line(char *text);

#endif
