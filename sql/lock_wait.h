/* Waiting for PostgreSQL's answer, without keeping people in the dark: who holds the lock that a
 * statement waits for is said after five seconds, and a user's interrupt ends the wait.
 *
 * Both ask on a second connection, which lives for that question alone: the first one is busy. As
 * long as answers come within five seconds nothing of this happens. Only files of this folder
 * include it. */
#ifndef KANSEN_SQL_LOCK_WAIT_H
#define KANSEN_SQL_LOCK_WAIT_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "kansen/log.h"

#define LOCK_WAIT_PID_SIZE 16

struct lock_wait {
    const char *conninfo;             /* for the second connection; borrowed */
    char backend[LOCK_WAIT_PID_SIZE]; /* whose answer is awaited */
    const char *sql;  /* the statement for which a holder was logged last, NULL: none; borrowed */
    int64_t since_ms; /* when it began to wait */
    char holder[LOCK_WAIT_PID_SIZE]; /* and who that was */
};

/* Where lock waits are logged, for the whole program; NULL: nowhere. Borrowed. */
void lock_wait_set_logger(const struct logger *logger);

/* Returns when the result of `sql` can be had from PQgetResult without waiting; also when the
 * connection is lost, which PQgetResult then says. True: the user has interrupted, and the
 * connection was cut. */
bool lock_wait_for_answer(struct lock_wait *wait, PGconn *connection, const char *sql);

/* Tells of the end of a wait that was logged, when the same statement succeeds. */
void lock_wait_over(struct lock_wait *wait, const char *sql);

/* For a signal handler: ends the wait that is under way, and each later one. False: nothing was
 * waited for. */
bool lock_wait_interrupt(void);
/* Has that happened? */
bool lock_wait_is_interrupted(void);

#endif
