/* Calls that fail when a test wants them to: the Nth allocation, system call, or call to libpq or
 * librdkafka that kansen's own code makes.
 *
 * The linker leads each call to a __wrap_ function of the files wrap_*.c (ld's --wrap), which asks
 * here whether to fail or to do the real thing. Only objects linked into the program are led there;
 * what libraries call among themselves is not.
 *
 * The program built with it obeys the environment:
 *
 *   FAILING_CALL=KIND:N:HOW   which call fails: memory:17:once, postgres:3:answer
 *   FAILING_CALLS_LOG=FILE     gets a line `failed …` when a call is made to fail, and at the end
 *                            `calls KIND COUNT` for each kind */
#ifndef KANSEN_TESTS_FAILING_H
#define KANSEN_TESTS_FAILING_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum failing_kind {
    FAILING_MEMORY,
    FAILING_SYSTEM,
    FAILING_CHILD, /* system calls between fork and exec: counted apart, so that numbers repeat */
    FAILING_POSTGRES,
    FAILING_KAFKA,
    FAILING_KINDS
};

enum failing_how {
    FAILING_ONCE, /* this call alone */
    FAILING_ON,   /* this one and all behind it */
    /* Calls of libpq, each once: */
    FAILING_CUT,    /* the connection breaks before the server hears of it */
    FAILING_ANSWER, /* the server did it, and the connection breaks in front of its answer */
    FAILING_SHORT,  /* libpq has no memory to send it */
    FAILING_RESULT, /* the server did it, and libpq has no memory for the result */
    FAILING_KILL,   /* any call: it isn't made, the program is killed */
    FAILING_HOWS
};

/* From now on calls are counted, and the given one fails; number 0 is none. */
void failing_arm(enum failing_kind kind, long number, enum failing_how how);
/* Ends that. True when a call was made to fail. */
bool failing_disarm(void);
bool failing_is_armed(void);
/* Calls of a kind since failing_arm. */
long failing_calls(enum failing_kind kind);

/* For the wrappers: counts a call from `place`, and says whether it has to fail. */
bool failing_now(enum failing_kind kind, const char *call, const void *place);
/* For those that fail in several ways. */
enum failing_how failing_how(void);

#define FAILING_PLACE __builtin_return_address(0)

#ifdef __cplusplus
}
#endif

#endif
