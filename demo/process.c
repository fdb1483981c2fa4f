#include "demo/process.h"

#include <signal.h>
#include <time.h>

/* Between two looks whether a process has ended, should a signal ever get lost. */
#define LOOK_MS 200
/* For a command that was asked to stop. */
#define STOP_TIMEOUT_MS 10000

static int stop_signal;

/* Taken while waiting; what our caller had ignored (nohup) stays ignored. */
static sigset_t watched;

void process_block_signals(void)
{
    static const int asking[] = {SIGINT, SIGTERM, SIGHUP};

    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
        struct sigaction current;

        if (sigaction(asking[i], NULL, &current) == 0 && current.sa_handler != SIG_IGN)
            sigaddset(&watched, asking[i]);
    }
    sigprocmask(SIG_BLOCK, &watched, NULL);
}

int process_interrupted(int timeout_ms)
{
    struct timespec timeout = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
    int signal = sigtimedwait(&watched, NULL, &timeout);

    if (signal > 0 && signal != SIGCHLD && stop_signal == 0)
        stop_signal = signal;
    return stop_signal;
}

enum status process_run(const struct child_settings *settings, struct error *error)
{
    int ending = 0;
    pid_t child;
    enum status status = child_start(settings, &child, error);

    if (status != STATUS_OK)
        return status;
    while (!child_ended(child, &ending)) {
        if (process_interrupted(LOOK_MS) == 0)
            continue;
        child_stop(child, SIGTERM, STOP_TIMEOUT_MS);
        return error_set(error, STATUS_RETRY, "stopped by a signal");
    }
    return child_check(settings, ending, error);
}
