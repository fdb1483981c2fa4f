/* Loaded into rsvg-convert (LD_PRELOAD): whatever would run a command, or write a file other than
 * the chart, leaves a line in the file that KANSEN_FUZZ_CANARY names and ends it. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_CAUGHT 97

_Noreturn static void sing(const char *what, const char *detail)
{
    const char *path = getenv("KANSEN_FUZZ_CANARY");
    int file = path == NULL ? STDERR_FILENO : open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);

    dprintf(file, "%s: %s\n", what, detail);
    _exit(EXIT_CAUGHT);
}

int system(const char *command)
{
    sing("system", command == NULL ? "" : command);
}

FILE *popen(const char *command, const char *type)
{
    (void)type;
    sing("popen", command);
}

int execve(const char *path, char *const arguments[], char *const environment[])
{
    (void)arguments;
    (void)environment;
    sing("execve", path);
}

int execv(const char *path, char *const arguments[])
{
    (void)arguments;
    sing("execv", path);
}

int execvp(const char *file, char *const arguments[])
{
    (void)arguments;
    sing("execvp", file);
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[],
                char *const environment[])
{
    (void)pid;
    (void)actions;
    (void)attributes;
    (void)arguments;
    (void)environment;
    sing("posix_spawn", path);
}

pid_t fork(void)
{
    sing("fork", "");
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*real)(const char *, const char *) =
        (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");

    if (strpbrk(mode, "wa+") != NULL && strcmp(path, "image") != 0)
        sing("fopen", path);
    return real(path, mode);
}
