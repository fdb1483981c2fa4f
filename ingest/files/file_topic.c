#define _GNU_SOURCE /* realpath */
#include "ingest/files/file_topic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/event/decode.h"
#include "ingest/files/input.h"

/* The path as PostgreSQL can keep it beside a rejected line: a file system takes any bytes, a text
 * only UTF-8. In a path that is none, what is not ASCII is written as \xHH. The caller frees it. */
static char *name_of(const char *path)
{
    size_t length = strlen(path);
    char *name = malloc(4 * length + 1);
    char *end = name;

    if (name == NULL || decode_is_utf8(path, length))
        return name == NULL ? NULL : strcpy(name, path);
    for (; *path != '\0'; path++) {
        unsigned char byte = (unsigned char)*path;

        if (byte < 0x80)
            *end++ = *path;
        else
            end += sprintf(end, "\\x%02X", byte);
    }
    *end = '\0';
    return name;
}

/* Of a file that isn't there (any more). NULL: its folder isn't, either. */
static char *canonical_of_missing(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL   ? strdup(".")
                   : slash == path ? strdup("/")
                                   : strndup(path, (size_t)(slash - path));
    char *canonical = folder == NULL ? NULL : realpath(folder, NULL);
    char *whole = NULL;

    free(folder);
    if (canonical != NULL && asprintf(&whole, "%s/%s", strcmp(canonical, "/") == 0 ? "" : canonical,
                                      slash == NULL ? path : slash + 1) < 0)
        whole = NULL;
    free(canonical);
    return whole;
}

char *file_topic(const char *path)
{
    struct stat about;
    char *canonical = NULL;
    char *topic;

    if (input_is_stdin(path))
        return strdup("-");
    if (stat(path, &about) != 0)
        canonical = canonical_of_missing(path);
    else if (S_ISREG(about.st_mode))
        canonical = realpath(path, NULL);
    topic = name_of(canonical == NULL ? path : canonical);
    free(canonical);
    return topic;
}
