#define _DEFAULT_SOURCE /* explicit_bzero */
#include "text/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where Docker mounts secrets. */
#define DOCKER_SECRETS "/run/secrets/"

#define NS_PER_S 1000000000

bool secret_file_is_open(const char *path)
{
    struct stat about;

    return strncmp(path, DOCKER_SECRETS, strlen(DOCKER_SECRETS)) != 0 && stat(path, &about) == 0 &&
           (about.st_mode & S_IRWXO) != 0;
}

void secret_wipe(char secret[SECRET_SIZE])
{
    explicit_bzero(secret, SECRET_SIZE);
}

/* By system calls: no buffer of the C library keeps a copy. */
static enum status read_bytes(const char *path, char *bytes, size_t size, size_t *length,
                              struct error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;

    *length = 0;
    if (file < 0)
        return error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    while (got > 0 && *length < size) {
        got = read(file, bytes + *length, size - *length);
        if (got > 0)
            *length += (size_t)got;
        else if (got < 0 && errno == EINTR)
            got = 1;
    }
    if (got < 0)
        error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    close(file);
    return got < 0 ? STATUS_FATAL : STATUS_OK;
}

static enum status cut_line(const char *path, char *bytes, size_t length, struct error *error)
{
    if (length > 0 && bytes[length - 1] == '\n')
        length--;
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    bytes[length] = '\0';
    if (length == 0)
        return error_set(error, STATUS_REJECT, "%s: is empty", path);
    if (memchr(bytes, '\0', length) != NULL || memchr(bytes, '\n', length) != NULL)
        return error_set(error, STATUS_REJECT, "%s: has more than one line of text", path);
    return STATUS_OK;
}

static enum status cut_first_line(const char *path, char *bytes, size_t length, struct error *error)
{
    const char *newline = memchr(bytes, '\n', length);

    length = newline == NULL ? length : (size_t)(newline - bytes);
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    bytes[length] = '\0';
    return memchr(bytes, '\0', length) == NULL
               ? STATUS_OK
               : error_set(error, STATUS_REJECT, "%s: its first line is no text", path);
}

static enum status read_secret(const char *path, char secret[SECRET_SIZE],
                               enum status (*cut)(const char *path, char *bytes, size_t length,
                                                  struct error *error),
                               struct error *error)
{
    size_t length = 0;
    enum status status = STATUS_OK;

    if (secret_file_is_open(path))
        status = error_set(error, STATUS_REJECT,
                           "%s: holds a secret, and everyone may read it: chmod 600", path);
    if (status == STATUS_OK)
        status = read_bytes(path, secret, SECRET_SIZE, &length, error);
    if (status == STATUS_OK && length == SECRET_SIZE)
        status = error_set(error, STATUS_REJECT, "%s: more than %d bytes", path, SECRET_SIZE - 1);
    if (status == STATUS_OK)
        status = cut(path, secret, length, error);
    if (status != STATUS_OK)
        secret_wipe(secret);
    return status;
}

enum status secret_file_read(const char *path, char secret[SECRET_SIZE], struct error *error)
{
    return read_secret(path, secret, cut_line, error);
}

enum status secret_file_read_first(const char *path, char secret[SECRET_SIZE], struct error *error)
{
    return read_secret(path, secret, cut_first_line, error);
}

struct file_stamp file_stamp_of(const char *path)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return (struct file_stamp){0};
    return (struct file_stamp){
        .inode = about.st_ino,
        .size = about.st_size,
        .written_ns = (int64_t)about.st_mtim.tv_sec * NS_PER_S + about.st_mtim.tv_nsec,
    };
}

bool file_stamp_equals(const struct file_stamp *one, const struct file_stamp *other)
{
    return one->inode == other->inode && one->size == other->size &&
           one->written_ns == other->written_ns;
}
