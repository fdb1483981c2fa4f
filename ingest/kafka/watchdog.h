/* Ends a process whose main loop hangs, whatever in: a supervisor starts it anew, and nothing is
 * lost, since everything is stored or read again.
 *
 * A thread counts seconds without a sign of life. It counts its own turns and not the clock, so
 * that a process which was stopped or suspended has as much time as before when it goes on. */
#ifndef KANSEN_INGEST_KAFKA_WATCHDOG_H
#define KANSEN_INGEST_KAFKA_WATCHDOG_H

#include "kansen/status.h"

/* More than everything that the main loop may wait for in a row (docs/reliability.md, "Waiting").
 */
#define WATCHDOG_SILENCE_S 90
#define WATCHDOG_END_S 120

struct watchdog_limits {
    int silence_s; /* between two signs of life */
    int end_s;     /* from watchdog_expect_end to watchdog_stop */
};

struct watchdog;

/* Called in the watchdog's thread with a sentence that says what hangs; must end the process. */
typedef void watchdog_bite(void *context, const char *what);

/* Called with every sign of life, in the thread that gives it: the one beat of a worker, that of
 * everybody who wants to know whether its loop turns. */
typedef void watchdog_beat(void *context, const char *doing);

struct watchdog_owner {
    watchdog_bite *bite;
    watchdog_beat *beat; /* may be NULL */
    void *context;
};

/* STATUS_FATAL when there can't be a thread. The caller frees with watchdog_stop. */
enum status watchdog_start(struct watchdog_limits limits, const struct watchdog_owner *owner,
                           struct watchdog **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void watchdog_stop(struct watchdog *watchdog);

/* A sign of life; `doing` is a constant that says what comes next. NULL is allowed as a watchdog.
 */
void watchdog_feed(struct watchdog *watchdog, const char *doing);

/* The loop is over: from now on there is one bound for all that is left to do. */
void watchdog_expect_end(struct watchdog *watchdog);

#endif
