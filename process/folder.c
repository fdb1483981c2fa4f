#include "process/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/leftovers.h"

bool folder_write(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return true;
}

enum status folder_sync(const char *folder, struct error *error)
{
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = directory >= 0 && fsync(directory) == 0;

    if (!synced)
        error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    if (directory >= 0)
        close(directory);
    return synced ? STATUS_OK : STATUS_FATAL;
}

enum status folder_make(const char *folder, struct error *error)
{
    if (mkdir(folder, 0777) == 0 || errno == EEXIST)
        return STATUS_OK;
    return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
}

enum status folder_make_temporary(const char *purpose, const char *const *files,
                                  char out[FOLDER_PATH_SIZE], struct error *error)
{
    const char *parent = getenv("TMPDIR");

    if (parent == NULL || *parent == '\0')
        parent = "/tmp";

    int length = snprintf(out, FOLDER_PATH_SIZE, "%s/kansen-%s-XXXXXX", parent, purpose);

    if (length < 0 || length >= FOLDER_PATH_SIZE - FOLDER_NAME_SIZE)
        return error_set(error, STATUS_FATAL, "TMPDIR is too long");
    if (!leftovers_make_folder(out, files))
        return error_set(error, STATUS_FATAL, "%s: %s", out, strerror(errno));
    return STATUS_OK;
}
