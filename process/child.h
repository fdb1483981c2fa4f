/* Other programs, run as children of this one.
 *
 * The only place that forks. No shell is involved: arguments go to the program as they are. A child
 * starts with no signal blocked and with SIGPIPE as usual; what our caller had ignored stays
 * ignored. It has our environment without kansen's settings and libpq's (child_forget_settings). */
#ifndef KANSEN_PROCESS_CHILD_H
#define KANSEN_PROCESS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "kansen/status.h"

struct child_settings {
    const char *const *argv; /* ends with NULL; [0] is looked up in PATH unless program is given */
    const char *program;     /* path of the program, or NULL */
    const char *missing; /* what to say when there is no such program; NULL: the system's words */
    bool *is_missing;    /* becomes true then; NULL: of no interest */
    const char *const *environment; /* "NAME=value" in place of ours or beside it, ends with NULL;
                                       NULL: none */
    const char *folder;             /* to run in, or NULL for ours */
    const char *input;              /* file for stdin, or NULL for ours */
    const char *output;   /* file that stdout is added to, made when missing; NULL for ours */
    const char *messages; /* the same for stderr */
    uid_t user;           /* to become, with that user's groups; ours changes nothing */
    int end_signal;       /* what it gets when we are gone, whatever ended us; 0: nothing */
    bool own_group;       /* Ctrl-C at the terminal must not reach it */
    bool own_session;     /* nor may it use the terminal, or end with it */
    unsigned seconds_max; /* then SIGALRM ends it, unless it takes that; 0: never */
};

/* Takes variables of kansen and of libpq out of our environment, but for the one that says where
 * data are. They may hold passwords, so no child has them: it may leave a core, or outlive us. */
void child_forget_settings(void);

/* Starts the program. When this returns STATUS_OK the program runs already; STATUS_FATAL says why
 * it can't. *out has to be waited for. */
enum status child_start(const struct child_settings *settings, pid_t *out,
                        struct error *error) MUST_CHECK;

/* Whether the child has ended; then *ending is what waitpid says. */
bool child_ended(pid_t child, int *ending);

/* Waits for the child's end. STATUS_FATAL: how it ended can't be known. */
enum status child_wait(const struct child_settings *settings, pid_t child, int *ending,
                       struct error *error) MUST_CHECK;

/* Asks with the signal, waits up to timeout_ms, then kills. Returns what waitpid says. */
int child_stop(pid_t child, int signal, int timeout_ms);

/* STATUS_OK when the child ended with 0, else STATUS_FATAL and how it ended. */
enum status child_check(const struct child_settings *settings, int ending,
                        struct error *error) MUST_CHECK;

#endif
