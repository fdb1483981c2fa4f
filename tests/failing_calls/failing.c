#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "failing.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Defined by the linker: where the program starts in memory, which differs from run to run. */
extern const char __executable_start;

extern int __real_open(const char *path, int flags, ...);

static const char *const kind_names[FAILING_KINDS] = {"memory", "system", "child", "postgres",
                                                      "kafka"};
static const char *const how_names[FAILING_HOWS] = {"once",  "on",     "cut", "answer",
                                                    "short", "result", "kill"};

/* Shared with children, whose calls count, too. */
struct counters {
    _Atomic long calls[FAILING_KINDS];
    _Atomic long failed;
};

static struct {
    struct counters *counters; /* NULL: not armed */
    pid_t owner;
    enum failing_kind kind;
    enum failing_how how;
    long number;
    int log; /* -1: none */
} armed = {.log = -1};

void failing_arm(enum failing_kind kind, long number, enum failing_how how)
{
    static struct counters *counters;

    if (counters == NULL) {
        void *memory = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);

        if (memory == MAP_FAILED)
            abort();
        counters = memory;
    }
    memset(counters, 0, sizeof(*counters));
    armed.owner = getpid();
    armed.kind = kind;
    armed.how = how;
    armed.number = number;
    armed.counters = counters;
}

bool failing_disarm(void)
{
    bool failed = armed.counters != NULL && armed.counters->failed > 0;

    armed.counters = NULL;
    return failed;
}

bool failing_is_armed(void)
{
    return armed.counters != NULL;
}

long failing_calls(enum failing_kind kind)
{
    return armed.counters == NULL ? 0 : armed.counters->calls[kind];
}

enum failing_how failing_how(void)
{
    return armed.how;
}

bool failing_now(enum failing_kind kind, const char *call, const void *place)
{
    struct counters *counters = armed.counters;
    long number;

    if (counters == NULL)
        return false;
    if (kind == FAILING_SYSTEM && getpid() != armed.owner)
        kind = FAILING_CHILD;
    number = ++counters->calls[kind];
    if (kind != armed.kind || armed.number == 0 || number < armed.number ||
        (number > armed.number && armed.how != FAILING_ON))
        return false;
    if (counters->failed++ == 0 && armed.log >= 0)
        dprintf(armed.log, "failed %s %ld %s %tx\n", kind_names[kind], number, call,
                (const char *)place - &__executable_start);
    if (armed.how == FAILING_KILL)
        raise(SIGKILL);
    return true;
}

/* ---- the environment of a program */

static int find_name(const char *const *names, int count, const char *name, size_t length)
{
    for (int i = 0; i < count; i++)
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
            return i;
    fprintf(stderr, "FAILING_CALL: what is %s?\n", name);
    exit(EXIT_FAILURE);
}

__attribute__((constructor)) static void obey_environment(void)
{
    const char *wish = getenv("FAILING_CALL");
    const char *log = getenv("FAILING_CALLS_LOG");
    enum failing_kind kind = FAILING_MEMORY;
    enum failing_how how = FAILING_ONCE;
    long number = 0;

    if (wish == NULL && log == NULL)
        return;
    if (log != NULL)
        armed.log = __real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (wish != NULL) {
        size_t length = strcspn(wish, ":");
        char *end = NULL;

        kind = (enum failing_kind)find_name(kind_names, FAILING_KINDS, wish, length);
        number = strtol(wish + length + 1, &end, 10);
        how = (enum failing_how)find_name(how_names, FAILING_HOWS, end + 1, strlen(end + 1));
    }
    failing_arm(kind, number, how);
}

__attribute__((destructor)) static void say_counts(void)
{
    if (armed.log < 0 || armed.counters == NULL || getpid() != armed.owner)
        return;
    for (int kind = 0; kind < FAILING_KINDS; kind++)
        dprintf(armed.log, "calls %s %ld\n", kind_names[kind], armed.counters->calls[kind]);
}
