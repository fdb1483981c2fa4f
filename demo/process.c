#define _DEFAULT_SOURCE /* initgroups */

#include "demo/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kansen/clock.h"

/* Between two looks whether a process has ended, should a signal ever get lost. */
#define LOOK_MS 200
/* For a command that was asked to stop. */
#define STOP_TIMEOUT_MS 10000
/* What a shell answers for a program that can't be run. */
#define EXIT_NOT_RUN 127

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

/* ---- in the child, before it becomes the program. Only PostgreSQL's programs run as another user,
 * and they start before any thread does, so that looking the user up is safe. */

static bool become(uid_t user)
{
    const struct passwd *entry;

    if (user == geteuid())
        return true;
    entry = getpwuid(user);
    return entry != NULL && initgroups(entry->pw_name, entry->pw_gid) == 0 &&
           setgid(entry->pw_gid) == 0 && setuid(user) == 0;
}

static bool redirect(const char *log)
{
    int file;

    if (log == NULL)
        return true;
    file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return file >= 0 && dup2(file, STDOUT_FILENO) >= 0 && dup2(file, STDERR_FILENO) >= 0;
}

static void run_child(const struct process_settings *settings, pid_t parent)
{
    /* execv takes pointers to non-const and changes nothing. */
    char *const *argv = (char *const *)(uintptr_t)settings->argv;

    if (settings->own_group)
        setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &watched, NULL);
    if (!become(settings->user) || !redirect(settings->log))
        return;
    if (settings->folder != NULL && chdir(settings->folder) != 0)
        return;
    /* After setuid, which clears it. */
    if (prctl(PR_SET_PDEATHSIG, settings->end_signal) != 0 || getppid() != parent)
        return;
    if (settings->program != NULL)
        execv(settings->program, argv);
    else
        execvp(argv[0], argv);
}

enum status process_start(const struct process_settings *settings, pid_t *out, struct error *error)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid < 0)
        return error_set(error, STATUS_FATAL, "fork: %s", strerror(errno));
    if (pid == 0) {
        run_child(settings, parent);
        dprintf(STDERR_FILENO, "%s: %s\n", settings->argv[0], strerror(errno));
        _exit(EXIT_NOT_RUN);
    }
    *out = pid;
    return STATUS_OK;
}

bool process_ended(pid_t pid, int *ending)
{
    return waitpid(pid, ending, WNOHANG) == pid;
}

int process_stop(pid_t pid, int signal, int timeout_ms)
{
    int ending = 0;

    kill(pid, signal);
    for (int waited_ms = 0; waited_ms < timeout_ms; waited_ms += LOOK_MS / 10) {
        if (process_ended(pid, &ending))
            return ending;
        clock_rest(LOOK_MS / 10);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &ending, 0);
    return ending;
}

enum status process_run(const struct process_settings *settings, struct error *error)
{
    int ending = 0;
    pid_t pid;
    enum status status = process_start(settings, &pid, error);

    if (status != STATUS_OK)
        return status;
    while (!process_ended(pid, &ending)) {
        if (process_interrupted(LOOK_MS) == 0)
            continue;
        process_stop(pid, SIGTERM, STOP_TIMEOUT_MS);
        return error_set(error, STATUS_RETRY, "stopped by a signal");
    }
    if (WIFSIGNALED(ending))
        return error_set(error, STATUS_FATAL, "%s was ended by signal %d", settings->argv[0],
                         WTERMSIG(ending));
    if (WEXITSTATUS(ending) != 0)
        return error_set(error, STATUS_FATAL, "%s ended with %d", settings->argv[0],
                         WEXITSTATUS(ending));
    return STATUS_OK;
}
