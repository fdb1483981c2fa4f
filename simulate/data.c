#include "simulate/data.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_VARIABLE "KANSEN_DATA_DIR"

/* Joins the parts; false when the result would not fit or there is no such file. */
static bool try_path(const char *folder, const char *below, const char *name, char *path,
                     size_t size)
{
    int length = snprintf(path, size, "%s%s/%s", folder, below, name);

    return length > 0 && (size_t)length < size && access(path, R_OK) == 0;
}

enum status data_path(const char *name, char *path, size_t size, struct error *error)
{
    const char *chosen = getenv(FOLDER_VARIABLE);
    char program[PATH_MAX];
    ssize_t length;

    if (chosen != NULL) {
        if (try_path(chosen, "", name, path, size))
            return STATUS_OK;
        return error_set(error, STATUS_FATAL, "%.500s/%s (" FOLDER_VARIABLE "): %s", chosen, name,
                         strerror(errno));
    }
    length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (length <= 0)
        return error_set(error, STATUS_FATAL, "/proc/self/exe: %s", strerror(errno));
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    if (try_path(program, "/share/kansen", name, path, size) ||
        try_path(program, "/../share/kansen", name, path, size))
        return STATUS_OK;
    return error_set(error, STATUS_FATAL,
                     "%s is neither in %.400s/share/kansen nor in its ../share/kansen; "
                     "set " FOLDER_VARIABLE,
                     name, program);
}
