#include "sql/lock_wait.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kansen/clock.h"
#include "sql/connect.h"
#include "sql/embedded.h"

/* A statement that takes longer is looked at: after so long, then after twice that, and so on up to
 * a minute. A little less than the five seconds after which ingest gives a lock up, so that it is
 * known who held it. */
#define FIRST_LOOK_MS 4800
#define LAST_LOOK_MS 60000

/* An interrupt that comes between the look at it and the wait is seen after so long. */
#define SLICE_MS 200

/* For the second connection: seconds to connect, as libpq takes them, and to answer. */
#define LOOK_TIMEOUT "2"
#define LOOK_MS 2000

/* Holders that are named, of a lock that many share. */
#define NAMED_MAX 4

enum { PID, APPLICATION, USER, STATE, SINCE };

static const struct logger *program_logger;
static atomic_int waiting;
static atomic_bool interrupted;

void lock_wait_set_logger(const struct logger *logger)
{
    program_logger = logger;
}

bool lock_wait_interrupt(void)
{
    atomic_store(&interrupted, true);
    return atomic_load(&waiting) > 0;
}

bool lock_wait_is_interrupted(void)
{
    return atomic_load(&interrupted);
}

/* One question about our backend on a connection of its own; NULL: no answer. */
static PGresult *ask_aside(const struct lock_wait *wait, const char *sql)
{
    const char *const parameters[] = {wait->backend};
    struct error ignored;
    PGconn *aside = NULL;
    PGresult *answer = NULL;

    if (connect_server(wait->conninfo, LOOK_TIMEOUT, &aside, &ignored) != STATUS_OK)
        return NULL;
    /* The names in the question are PostgreSQL's own. */
    answer = connect_ask(aside, "set search_path = pg_catalog", 0, NULL, LOOK_MS);
    if (answer != NULL) {
        PQclear(answer);
        answer = connect_ask(aside, sql, 1, parameters, LOOK_MS);
    }
    PQfinish(aside);
    return answer;
}

static void log_holders(const PGresult *holders)
{
    int count = PQntuples(holders);

    for (int row = 0; row < count && row < NAMED_MAX; row++)
        log_write(program_logger, LOG_LEVEL_WARNING, "waiting for a lock",
                  LOG_INT("held_by_pid", atoi(PQgetvalue(holders, row, PID))), "application",
                  PQgetvalue(holders, row, APPLICATION), "user", PQgetvalue(holders, row, USER),
                  "state", PQgetvalue(holders, row, STATE), "statement_since",
                  PQgetvalue(holders, row, SINCE), NULL);
}

/* A holder is told once for each statement that waits, as often as that is tried again. */
static void look(struct lock_wait *wait, const char *sql, int64_t since_ms)
{
    PGresult *holders = ask_aside(wait, sql_lock_holders);

    if (PQresultStatus(holders) == PGRES_TUPLES_OK && PQntuples(holders) > 0) {
        const char *holder = PQgetvalue(holders, 0, PID);

        if (wait->sql != sql)
            wait->since_ms = since_ms;
        if (wait->sql != sql || strcmp(wait->holder, holder) != 0)
            log_holders(holders);
        wait->sql = sql;
        snprintf(wait->holder, sizeof(wait->holder), "%s", holder);
    }
    PQclear(holders);
}

/* The backend would go on waiting for its lock, with others queued behind it. */
static void give_up(const struct lock_wait *wait, PGconn *connection)
{
    PQclear(ask_aside(wait, sql_backend_cancel));
    shutdown(PQsocket(connection), SHUT_RDWR);
}

static bool wait_for_answer(struct lock_wait *wait, PGconn *connection, const char *sql)
{
    int64_t since_ms = clock_ms(CLOCK_MONOTONIC);
    int64_t pause_ms = FIRST_LOOK_MS;
    int64_t look_ms = since_ms + pause_ms;

    while (PQisBusy(connection)) {
        struct pollfd answer = {.fd = PQsocket(connection), .events = POLLIN};

        if (atomic_load(&interrupted)) {
            give_up(wait, connection);
            return true;
        }
        if (poll(&answer, 1, SLICE_MS) > 0) {
            if (!connect_read(connection))
                return false;
        } else if (program_logger != NULL && clock_ms(CLOCK_MONOTONIC) >= look_ms) {
            look(wait, sql, since_ms);
            pause_ms = pause_ms * 2 < LAST_LOOK_MS ? pause_ms * 2 : LAST_LOOK_MS;
            look_ms = clock_ms(CLOCK_MONOTONIC) + pause_ms;
        }
    }
    return false;
}

bool lock_wait_for_answer(struct lock_wait *wait, PGconn *connection, const char *sql)
{
    bool given_up;

    atomic_fetch_add(&waiting, 1);
    given_up = wait_for_answer(wait, connection, sql);
    atomic_fetch_sub(&waiting, 1);
    return given_up;
}

void lock_wait_over(struct lock_wait *wait, const char *sql)
{
    if (wait->sql != sql || sql == NULL)
        return;
    log_write(program_logger, LOG_LEVEL_INFO, "the lock is free",
              LOG_INT("after_s", (clock_ms(CLOCK_MONOTONIC) - wait->since_ms) / 1000), NULL);
    wait->sql = NULL;
}
