#define _GNU_SOURCE /* pipe2, initgroups, putenv */

#include "process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kansen/clock.h"

/* Between two looks whether a child that was asked to stop has ended. */
#define STOP_LOOK_MS 20

/* Of kansen's variables the one that is no setting (simulate/data.c). */
#define DATA_FOLDER "KANSEN_DATA_DIR"

/* Exit codes of a child that did not become the program: our caller knows, or sees this code. */
#define EXIT_NOT_RUN 127
#define EXIT_NOT_TOLD 126

/* What went wrong before the child became the program; it comes through a pipe that exec closes. */
struct failure {
    int number; /* errno */
    bool is_exec;
};

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

/* Makes the file number `to`. It must not be closed by exec, which it would be if open() gave it
 * this number right away and O_CLOEXEC. */
static bool redirect(const char *path, int flags, int to)
{
    int file;

    if (path == NULL)
        return true;
    file = open(path, flags, 0600);
    if (file < 0 || dup2(file, to) < 0)
        return false;
    if (file != to)
        close(file);
    return true;
}

static bool is_setting(const char *entry)
{
    if (strncmp(entry, DATA_FOLDER "=", sizeof(DATA_FOLDER)) == 0)
        return false;
    return strncmp(entry, "KANSEN_", strlen("KANSEN_")) == 0 ||
           strncmp(entry, "PG", strlen("PG")) == 0;
}

void child_forget_settings(void)
{
    char **kept = environ;

    if (environ == NULL)
        return;
    for (char **entry = environ; *entry != NULL; entry++)
        if (!is_setting(*entry))
            *kept++ = *entry;
    *kept = NULL;
}

/* exec gets what putenv points to; it changes nothing in it. */
static bool set_environment(const char *const *environment)
{
    for (; environment != NULL && *environment != NULL; environment++)
        if (putenv((char *)(uintptr_t)*environment) != 0)
            return false;
    return true;
}

static bool prepare(const struct child_settings *settings, pid_t parent)
{
    const int adding = O_WRONLY | O_CREAT | O_APPEND;
    sigset_t none;

    if (settings->own_session)
        setsid();
    else if (settings->own_group)
        setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (!become(settings->user) || !redirect(settings->input, O_RDONLY, STDIN_FILENO) ||
        !redirect(settings->output, adding, STDOUT_FILENO) ||
        !redirect(settings->messages, adding, STDERR_FILENO))
        return false;
    child_forget_settings();
    if (!set_environment(settings->environment))
        return false;
    if (settings->folder != NULL && chdir(settings->folder) != 0)
        return false;
    /* After setuid, which clears it. */
    if (settings->end_signal != 0 &&
        (prctl(PR_SET_PDEATHSIG, settings->end_signal) != 0 || getppid() != parent))
        return false;
    if (settings->seconds_max > 0) {
        /* The alarm outlives exec and ends a program that hangs. */
        signal(SIGALRM, SIG_DFL);
        alarm(settings->seconds_max);
    }
    return true;
}

/* Never returns. */
static void run(const struct child_settings *settings, pid_t parent, int pipe_end)
{
    /* exec takes pointers to non-const and changes nothing. */
    char *const *argv = (char *const *)(uintptr_t)settings->argv;
    bool prepared = prepare(settings, parent);

    if (prepared && settings->program != NULL)
        execv(settings->program, argv);
    else if (prepared)
        execvp(argv[0], argv);

    struct failure failure = {errno, prepared};
    ssize_t told = write(pipe_end, &failure, sizeof(failure));

    _exit(told == (ssize_t)sizeof(failure) ? EXIT_NOT_RUN : EXIT_NOT_TOLD);
}

/* ---- in the parent */

static enum status explain_failure(const struct child_settings *settings,
                                   const struct failure *failure, struct error *error)
{
    bool is_missing = failure->is_exec && failure->number == ENOENT;

    if (is_missing && settings->is_missing != NULL)
        *settings->is_missing = true;
    if (is_missing && settings->missing != NULL)
        return error_set(error, STATUS_FATAL, "%s", settings->missing);
    return error_set(error, STATUS_FATAL, "%s could not be started: %s", settings->argv[0],
                     strerror(failure->number));
}

/* Whether the child has told of a failure; if not, it is the program now. */
static bool read_failure(int pipe_end, struct failure *failure)
{
    ssize_t size;

    do
        size = read(pipe_end, failure, sizeof(*failure));
    while (size < 0 && errno == EINTR);
    return size == (ssize_t)sizeof(*failure);
}

enum status child_start(const struct child_settings *settings, pid_t *out, struct error *error)
{
    pid_t parent = getpid();
    struct failure failure = {0, false};
    int ends[2];
    int ending;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return explain_failure(settings, &(struct failure){errno, false}, error);

    pid_t child = fork();

    if (child == 0)
        run(settings, parent, ends[1]);
    if (child < 0)
        failure.number = errno;
    close(ends[1]);

    bool failed = child < 0 || read_failure(ends[0], &failure);

    close(ends[0]);
    if (!failed) {
        *out = child;
        return STATUS_OK;
    }
    if (child > 0)
        waitpid(child, &ending, 0);
    return explain_failure(settings, &failure, error);
}

bool child_ended(pid_t child, int *ending)
{
    return waitpid(child, ending, WNOHANG) == child;
}

enum status child_wait(const struct child_settings *settings, pid_t child, int *ending,
                       struct error *error)
{
    while (waitpid(child, ending, 0) < 0)
        if (errno != EINTR)
            return error_set(error, STATUS_FATAL, "%s was lost: %s", settings->argv[0],
                             strerror(errno));
    return STATUS_OK;
}

int child_stop(pid_t child, int signal, int timeout_ms)
{
    int ending = 0;

    kill(child, signal);
    for (int waited_ms = 0; waited_ms < timeout_ms; waited_ms += STOP_LOOK_MS) {
        if (child_ended(child, &ending))
            return ending;
        clock_rest(STOP_LOOK_MS);
    }
    kill(child, SIGKILL);
    waitpid(child, &ending, 0);
    return ending;
}

enum status child_check(const struct child_settings *settings, int ending, struct error *error)
{
    const char *name = settings->argv[0];

    if (WIFSIGNALED(ending) && WTERMSIG(ending) == SIGALRM && settings->seconds_max > 0)
        return error_set(error, STATUS_FATAL, "%s took more than %u seconds and was ended", name,
                         settings->seconds_max);
    if (WIFSIGNALED(ending))
        return error_set(error, STATUS_FATAL, "%s was ended by signal %d", name, WTERMSIG(ending));
    if (WEXITSTATUS(ending) != 0)
        return error_set(error, STATUS_FATAL, "%s ended with %d", name, WEXITSTATUS(ending));
    return STATUS_OK;
}
