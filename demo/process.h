/* Programs that the demo starts, and always stops: nothing of it stays behind.
 *
 * SIGINT, SIGTERM, SIGHUP and SIGCHLD are blocked for the whole demo and taken one at a time while
 * it waits, so that there is no handler, and no moment at which a signal would be missed. */
#ifndef KANSEN_DEMO_PROCESS_H
#define KANSEN_DEMO_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "kansen/status.h"

struct process_settings {
    const char *const *argv; /* [0] is looked up in PATH unless program is given */
    const char *program;     /* path of the program, or NULL */
    const char *folder;      /* to run in, or NULL for ours */
    const char *log;         /* file that stdout and stderr are added to, or NULL for ours */
    uid_t user;              /* to become, with that user's groups; ours changes nothing */
    int end_signal;          /* what it gets when we are gone, whatever ended us */
    bool own_group;          /* Ctrl-C at the terminal must not reach it */
};

/* To be called before any thread is started. */
void process_block_signals(void);

/* The signal that asked the demo to stop, or 0. Waits up to timeout_ms for one. */
int process_interrupted(int timeout_ms);

/* Starts the program. */
enum status process_start(const struct process_settings *settings, pid_t *out,
                          struct error *error) MUST_CHECK;

/* Whether the process has ended; then *ending is what waitpid says. */
bool process_ended(pid_t pid, int *ending);

/* Asks with the signal, waits up to timeout_ms, then kills. Returns what waitpid says. */
int process_stop(pid_t pid, int signal, int timeout_ms);

/* Starts the program and waits for its end. STATUS_FATAL unless it ends with 0; STATUS_RETRY when
 * the demo was asked to stop meanwhile: the program has then been stopped. */
enum status process_run(const struct process_settings *settings, struct error *error) MUST_CHECK;

#endif
