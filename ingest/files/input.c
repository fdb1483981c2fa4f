#include "ingest/files/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool input_is_stdin(const char *path)
{
    static const char *const names[] = {"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(path, names[i]) == 0)
            return true;
    return false;
}

static enum status check_kind(const char *path, const struct stat *about, struct error *error)
{
    if (S_ISDIR(about->st_mode))
        return error_set(error, STATUS_REJECT, "%s: is a directory; name the files in it", path);
    return STATUS_OK;
}

enum status input_look(const char *path, int64_t *size, struct error *error)
{
    struct stat about;
    enum status status;

    *size = 0;
    if (input_is_stdin(path))
        return STATUS_OK;
    if (stat(path, &about) != 0 || access(path, R_OK) != 0)
        return error_set(error, STATUS_REJECT, "%s: %s", *path == '\0' ? "''" : path,
                         strerror(errno));
    status = check_kind(path, &about, error);
    if (status == STATUS_OK && S_ISREG(about.st_mode))
        *size = about.st_size;
    return status;
}

enum status input_open(const char *path, struct input *out, struct error *error)
{
    bool is_stdin = input_is_stdin(path);
    struct input input = {.descriptor = STDIN_FILENO};
    struct stat about;
    enum status status = STATUS_OK;

    input.name = strdup(is_stdin ? "standard input" : path);
    if (input.name == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    if (!is_stdin)
        input.descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (input.descriptor < 0 || fstat(input.descriptor, &about) != 0)
        status = error_set(error, STATUS_REJECT, "%s: %s", input.name, strerror(errno));
    else
        status = check_kind(input.name, &about, error);
    if (status != STATUS_OK) {
        input_close(&input);
        return status;
    }
    input.is_regular = S_ISREG(about.st_mode);
    input.since = about.st_mtim;
    *out = input;
    return STATUS_OK;
}

void input_close(struct input *input)
{
    if (input->descriptor > STDIN_FILENO)
        close(input->descriptor);
    free(input->name);
    *input = (struct input){0};
}

enum status input_read(struct input *input, char *out, size_t size, size_t *count,
                       struct error *error)
{
    ssize_t got;

    do
        got = read(input->descriptor, out, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_set(error, STATUS_REJECT, "%s", strerror(errno));
    input->position += got;
    *count = (size_t)got;
    return STATUS_OK;
}

enum input_change input_change(const struct input *input)
{
    struct stat about;
    off_t at;

    if (!input->is_regular || fstat(input->descriptor, &about) != 0)
        return INPUT_SAME;
    /* Not input->position: standard input may have begun in the middle of a file. */
    at = lseek(input->descriptor, 0, SEEK_CUR);
    if (at > about.st_size)
        return INPUT_CUT;
    if (about.st_mtim.tv_sec != input->since.tv_sec ||
        about.st_mtim.tv_nsec != input->since.tv_nsec)
        return INPUT_CHANGED;
    return INPUT_SAME;
}
