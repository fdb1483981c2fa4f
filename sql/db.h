/* One connection to PostgreSQL: run a statement, read its rows, know what a failure means.
 *
 * This folder is the only code that calls libpq. Parameters and results are text; large rows go
 * through sql/copy.h. A connection belongs to one thread at a time. */
#ifndef KANSEN_SQL_DB_H
#define KANSEN_SQL_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/log.h"
#include "kansen/status.h"

struct db;
struct db_result;

enum db_isolation {
    DB_READ_COMMITTED,
    DB_READ_ONLY_SNAPSHOT, /* REPEATABLE READ READ ONLY: every statement sees the same data */
    DB_SNAPSHOT,           /* the same for whoever adds something to it */
};

/* For all connections of the program, before the first: the application_name of those whose user
 * gives none, and where it is said who holds a lock that a statement has been waiting for five
 * seconds (NULL: nowhere). Both are borrowed. */
void db_introduce(const char *name, const struct logger *logger);

/* For all connections of the program, before the first: a file whose first line is the password of
 * those whose conninfo has none; borrowed. It is read for each of them, so that a new password
 * needs no new start. NULL: libpq's own ways alone. An empty file says nothing. */
void db_take_password_from(const char *path);

/* Of the libpq that is loaded, e.g. 150013. */
int db_library_version(void);

/* For a handler of the signal by which a user interrupts: the statement that is waited for, and
 * each one behind it, ends with STATUS_RETRY. False: none is waited for. */
bool db_interrupt(void);
/* Has that happened? */
bool db_is_interrupted(void);

/* Connects with libpq's own conninfo ("" or NULL: PG* variables, service file, ~/.pgpass) and makes
 * the session what kansen needs, whatever role and database have been given: search_path, UTC, ISO
 * dates, no timeouts. STATUS_RETRY when the server is away or starting; STATUS_FATAL when it
 * refuses us, when a pooler in front of it gives out connections by transaction, or when it is a
 * node of Citus and not the coordinator. The caller closes *out. */
enum status db_open(const char *conninfo, struct db **out, struct error *error) MUST_CHECK;

/* When the connection was opened: was the extension Citus there, and were kansen's large tables
 * distributed over its nodes? */
bool db_has_citus(const struct db *db);
bool db_is_distributed(const struct db *db);

/* Has PostgreSQL loaded Citus, so that both may come while the connection lasts? */
bool db_may_get_citus(const struct db *db);

/* Does libpq know what to make of it? Asks no server. */
bool db_can_read(const char *conninfo);

/* Closes and frees; NULL is allowed. */
void db_close(struct db *db);

/* Runs one statement with `count` text parameters (NULL is SQL null). *out, when out is not NULL,
 * holds the rows and belongs to the caller. SQLSTATE decides the status: classes 08, 40, 53, 57,
 * 58, and 25006, 25P03, 25P04, 55P03 are STATUS_RETRY, 22 and 23 STATUS_REJECT, 42501 is
 * STATUS_DENIED, anything else STATUS_FATAL. */
enum status db_query(struct db *db, const char *sql, int count, const char *const *parameters,
                     struct db_result **out, struct error *error) MUST_CHECK;

/* From now on `listener` is told each statement of db_query before it runs; NULL: nobody is. What
 * it gets is valid during the call. */
void db_listen(struct db *db,
               void (*listener)(void *context, const char *sql, int count,
                                const char *const *parameters),
               void *context);

/* Runs several statements without parameters as one simple query (a migration). */
enum status db_script(struct db *db, const char *sql, struct error *error) MUST_CHECK;

enum status db_begin(struct db *db, enum db_isolation isolation, struct error *error) MUST_CHECK;

/* STATUS_OK only when PostgreSQL answered with the tag COMMIT: a failed transaction answers COMMIT
 * with ROLLBACK and no error (RELIABILITY 8). STATUS_RETRY when the connection was lost: the
 * outcome is then unknown. */
enum status db_commit(struct db *db, struct error *error) MUST_CHECK;

/* Rolls back what is open; a connection that can't is unusable and db_is_broken says so. */
void db_rollback(struct db *db);

/* Commits what went well until here, rolls back what did not: returns status, or what the commit
 * says. */
enum status db_end(struct db *db, enum status status, struct error *error) MUST_CHECK;

bool db_is_broken(const struct db *db);

/* From any thread, until db_close: cuts the connection, so that whoever waits for the server gets
 * an error at once, also from a server that has frozen. What was not committed is rolled back. */
void db_cut(const struct db *db);

/* Warnings of the server go to this logger (borrowed) instead of nowhere. */
void db_log_warnings(struct db *db, const struct logger *logger);

/* SQLSTATE of the last failed statement, "" when the failure was the connection's. */
const char *db_sqlstate(const struct db *db);

/* Rows are numbered from 0, columns too. */
int db_rows(const struct db_result *result);
/* How many rows the statement has inserted, updated or deleted. */
int64_t db_written(const struct db_result *result);
/* NULL for SQL null; valid until db_result_free. */
const char *db_text(const struct db_result *result, int row, int column);
/* 0 for SQL null; the column must be an integer type. */
int64_t db_int64(const struct db_result *result, int row, int column);
/* False for SQL null; the column must be boolean. */
bool db_bool(const struct db_result *result, int row, int column);
/* NULL is allowed. */
void db_result_free(struct db_result *result);

#endif
