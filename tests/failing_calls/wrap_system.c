/* System calls, each with an errno that it has in life. What stdio reads and writes goes through
 * streams of our own, so that a full disk meets it where it would: when its buffer is flushed.
 *
 * Removing what is temporary is not made to fail: nothing could be done about it. */
#define _GNU_SOURCE /* fopencookie, memfd_create */
#include "failing.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool fails(const char *call, int number, const void *place)
{
    if (!failing_now(FAILING_SYSTEM, call, place))
        return false;
    errno = number;
    return true;
}

/* ---- files */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode = 0;

    if (flags & O_CREAT) {
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return fails("open", EMFILE, FAILING_PLACE) ? -1 : __real_open(path, flags, mode);
}

ssize_t __real_read(int file, void *bytes, size_t size);
ssize_t __wrap_read(int file, void *bytes, size_t size);
ssize_t __wrap_read(int file, void *bytes, size_t size)
{
    return fails("read", EIO, FAILING_PLACE) ? -1 : __real_read(file, bytes, size);
}

ssize_t __real_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size)
{
    return fails("write", ENOSPC, FAILING_PLACE) ? -1 : __real_write(file, bytes, size);
}

/* The file is closed all the same, as Linux does. */
int __real_close(int file);
int __wrap_close(int file);
int __wrap_close(int file)
{
    int result = __real_close(file);

    return fails("close", EIO, FAILING_PLACE) ? -1 : result;
}

ssize_t __real_getrandom(void *bytes, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
    return fails("getrandom", ENOSYS, FAILING_PLACE) ? -1 : __real_getrandom(bytes, size, flags);
}

int __real_fsync(int file);
int __wrap_fsync(int file);
int __wrap_fsync(int file)
{
    return fails("fsync", EIO, FAILING_PLACE) ? -1 : __real_fsync(file);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    return fails("rename", ENOSPC, FAILING_PLACE) ? -1 : __real_rename(from, to);
}

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode)
{
    return fails("mkdir", ENOSPC, FAILING_PLACE) ? -1 : __real_mkdir(path, mode);
}

int __real_mkstemp(char *path);
int __wrap_mkstemp(char *path);
int __wrap_mkstemp(char *path)
{
    return fails("mkstemp", ENOSPC, FAILING_PLACE) ? -1 : __real_mkstemp(path);
}

char *__real_mkdtemp(char *path);
char *__wrap_mkdtemp(char *path);
char *__wrap_mkdtemp(char *path)
{
    return fails("mkdtemp", ENOSPC, FAILING_PLACE) ? NULL : __real_mkdtemp(path);
}

int __real_fchmod(int file, mode_t mode);
int __wrap_fchmod(int file, mode_t mode);
int __wrap_fchmod(int file, mode_t mode)
{
    return fails("fchmod", EPERM, FAILING_PLACE) ? -1 : __real_fchmod(file, mode);
}

int __real_fstat(int file, struct stat *about);
int __wrap_fstat(int file, struct stat *about);
int __wrap_fstat(int file, struct stat *about)
{
    return fails("fstat", EIO, FAILING_PLACE) ? -1 : __real_fstat(file, about);
}

int __real_stat(const char *path, struct stat *about);
int __wrap_stat(const char *path, struct stat *about);
int __wrap_stat(const char *path, struct stat *about)
{
    return fails("stat", EACCES, FAILING_PLACE) ? -1 : __real_stat(path, about);
}

int __real_access(const char *path, int mode);
int __wrap_access(const char *path, int mode);
int __wrap_access(const char *path, int mode)
{
    return fails("access", EACCES, FAILING_PLACE) ? -1 : __real_access(path, mode);
}

int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags)
{
    return fails("memfd_create", EMFILE, FAILING_PLACE) ? -1 : __real_memfd_create(name, flags);
}

int __real_fcntl(int file, int command, ...);
int __wrap_fcntl(int file, int command, ...);
int __wrap_fcntl(int file, int command, ...)
{
    va_list arguments;
    long value;

    va_start(arguments, command);
    value = va_arg(arguments, long);
    va_end(arguments);
    return fails("fcntl", EBUSY, FAILING_PLACE) ? -1 : __real_fcntl(file, command, value);
}

void *__real_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset)
{
    /* The counters themselves. */
    if (file < 0)
        return __real_mmap(at, size, protection, flags, file, offset);
    return fails("mmap", ENOMEM, FAILING_PLACE)
               ? MAP_FAILED
               : __real_mmap(at, size, protection, flags, file, offset);
}

/* ---- processes and threads */

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
    return fails("fork", EAGAIN, FAILING_PLACE) ? -1 : __real_fork();
}

/* The child has ended when this returns. */
pid_t __real_waitpid(pid_t child, int *state, int options);
pid_t __wrap_waitpid(pid_t child, int *state, int options);
pid_t __wrap_waitpid(pid_t child, int *state, int options)
{
    pid_t ended = __real_waitpid(child, state, options);

    return fails("waitpid", ECHILD, FAILING_PLACE) ? -1 : ended;
}

int __real_dup2(int from, int to);
int __wrap_dup2(int from, int to);
int __wrap_dup2(int from, int to)
{
    return fails("dup2", EBUSY, FAILING_PLACE) ? -1 : __real_dup2(from, to);
}

int __real_chdir(const char *path);
int __wrap_chdir(const char *path);
int __wrap_chdir(const char *path)
{
    return fails("chdir", EACCES, FAILING_PLACE) ? -1 : __real_chdir(path);
}

int __real_pipe2(int ends[2], int flags);
int __wrap_pipe2(int ends[2], int flags);
int __wrap_pipe2(int ends[2], int flags)
{
    return fails("pipe2", EMFILE, FAILING_PLACE) ? -1 : __real_pipe2(ends, flags);
}

int __real_execv(const char *path, char *const arguments[]);
int __wrap_execv(const char *path, char *const arguments[]);
int __wrap_execv(const char *path, char *const arguments[])
{
    return fails("execv", ENOMEM, FAILING_PLACE) ? -1 : __real_execv(path, arguments);
}

int __real_execvp(const char *file, char *const arguments[]);
int __wrap_execvp(const char *file, char *const arguments[]);
int __wrap_execvp(const char *file, char *const arguments[])
{
    return fails("execvp", ENOMEM, FAILING_PLACE) ? -1 : __real_execvp(file, arguments);
}

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument)
{
    return failing_now(FAILING_SYSTEM, "pthread_create", FAILING_PLACE)
               ? EAGAIN
               : __real_pthread_create(thread, attributes, run, argument);
}

/* ---- streams */

/* Streams by number of their file, for fileno: kansen has few open at a time. */
#define STREAMS_MAX 256

static FILE *streams[STREAMS_MAX];

static int file_of(void *cookie)
{
    return (int)(cookie == NULL ? -1 : (FILE **)cookie - streams);
}

static ssize_t stream_read(void *cookie, char *bytes, size_t size)
{
    return fails("read by stdio", EIO, FAILING_PLACE) ? -1
                                                      : __real_read(file_of(cookie), bytes, size);
}

/* stdio takes 0 for the failure. */
static ssize_t stream_write(void *cookie, const char *bytes, size_t size)
{
    ssize_t written = 0;

    if (!fails("write by stdio", ENOSPC, FAILING_PLACE))
        written = __real_write(file_of(cookie), bytes, size);
    return written < 0 ? 0 : written;
}

static int stream_close(void *cookie)
{
    int file = file_of(cookie);

    streams[file] = NULL;
    return __real_close(file);
}

static FILE *stream_of(int file, const char *mode)
{
    static const cookie_io_functions_t functions = {
        .read = stream_read, .write = stream_write, .close = stream_close};

    if (file < 0 || file >= STREAMS_MAX)
        abort();
    streams[file] = fopencookie(&streams[file], mode, functions);
    return streams[file];
}

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode)
{
    if (!failing_is_armed())
        return __real_fopen(path, mode);

    int flags = O_CLOEXEC | (*mode == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC);
    int file = fails("fopen", EMFILE, FAILING_PLACE) ? -1 : __real_open(path, flags, 0666);

    return file < 0 ? NULL : stream_of(file, *mode == 'r' ? "r" : "w");
}

FILE *__real_fdopen(int file, const char *mode);
FILE *__wrap_fdopen(int file, const char *mode);
FILE *__wrap_fdopen(int file, const char *mode)
{
    if (!failing_is_armed())
        return __real_fdopen(file, mode);
    return fails("fdopen", ENOMEM, FAILING_PLACE) ? NULL : stream_of(file, mode);
}

int __real_fileno(FILE *stream);
int __wrap_fileno(FILE *stream);
int __wrap_fileno(FILE *stream)
{
    for (int file = 0; file < STREAMS_MAX; file++)
        if (streams[file] == stream)
            return file;
    return __real_fileno(stream);
}

/* As with a server of files that finds no room when it is closed. */
int __real_fclose(FILE *stream);
int __wrap_fclose(FILE *stream);
int __wrap_fclose(FILE *stream)
{
    int result = __real_fclose(stream);

    return fails("fclose", ENOSPC, FAILING_PLACE) ? EOF : result;
}

__attribute__((constructor)) static void take_standard_output(void)
{
    if (getenv("FAILING_CALLS_LOG") != NULL)
        stdout = stream_of(STDOUT_FILENO, "w");
}
