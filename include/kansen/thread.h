/* Threads that no signal reaches: one sent to the process is for the main thread, which waits for
 * something, and whose variables the handlers change. Threads of libraries are started so, too. */
#ifndef KANSEN_THREAD_H
#define KANSEN_THREAD_H

#include <pthread.h>
#include <signal.h>

/* Blocks what a process is sent, not what a thread brings upon itself. *before is for
 * thread_admit_signals. A thread inherits the mask of the one that starts it. */
static inline void thread_hold_signals(sigset_t *before)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t held;

    sigfillset(&held);
    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
        sigdelset(&held, own[i]);
    pthread_sigmask(SIG_SETMASK, &held, before);
}

static inline void thread_admit_signals(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* As pthread_create with default attributes; returns 0, or a number of errno. */
static inline int thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
    sigset_t before;
    int failed;

    thread_hold_signals(&before);
    failed = pthread_create(thread, NULL, run, argument);
    thread_admit_signals(&before);
    return failed;
}

#endif
