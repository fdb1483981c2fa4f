#include "reports/template/template_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/escape.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* How U+FFFD itself is written, which is no mistake. */
#define REPLACEMENT "\xEF\xBF\xBD"

/* Reads up to the end. false: errno says why not. */
static bool read_bytes(int file, struct template_file *out, size_t bytes_max)
{
    out->bytes = malloc(bytes_max + 1);
    if (out->bytes == NULL)
        return false;
    while (out->length <= bytes_max) {
        ssize_t count = read(file, out->bytes + out->length, bytes_max + 1 - out->length);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        if (count == 0)
            break;
        out->length += (size_t)count;
    }
    if (out->length <= bytes_max)
        out->bytes[out->length] = '\0';
    return true;
}

static enum status check_length(const struct template_file *file, size_t bytes_max,
                                struct error *error)
{
    if (file->length <= bytes_max)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "%s has more than %zu KiB, and would stand in each page",
                     file->path, bytes_max / 1024);
}

static enum status read_open(int file, size_t bytes_max, struct template_file *out,
                             struct error *error)
{
    struct stat state;

    if (fstat(file, &state) != 0)
        return error_set(error, STATUS_FATAL, "%s: %s", out->path, strerror(errno));
    if (!S_ISREG(state.st_mode))
        return error_set(error, STATUS_REJECT, "%s: this is no file", out->path);
    if (!read_bytes(file, out, bytes_max))
        return error_set(error, STATUS_FATAL, "%s: %s", out->path, strerror(errno));
    return check_length(out, bytes_max, error);
}

static enum status make_path(const char *folder, const char *name, struct template_file *out,
                             struct error *error)
{
    *out = (struct template_file){.bytes = NULL};
    if (snprintf(out->path, TEMPLATE_PATH_SIZE, "%s/%s", folder, name) >= TEMPLATE_PATH_SIZE)
        return error_set(error, STATUS_REJECT, "%.200s…: the path is too long", folder);
    return STATUS_OK;
}

enum status template_file_read(const char *folder, const char *name, size_t bytes_max,
                               struct template_file *out, struct error *error)
{
    enum status status = make_path(folder, name, out, error);

    if (status != STATUS_OK)
        return status;

    /* Without waiting for somebody who opens the other end of a pipe. */
    int file = open(out->path, O_RDONLY | O_NONBLOCK);

    if (file < 0 && errno == ENOENT)
        return STATUS_OK;
    if (file < 0)
        return error_set(error, STATUS_FATAL, "%s: %s", out->path, strerror(errno));

    status = read_open(file, bytes_max, out, error);
    close(file);
    if (status != STATUS_OK)
        template_file_clear(out);
    return status;
}

static const char *find_bad_byte(const char *text)
{
    while (*text != '\0') {
        const char *start = text;

        if (escape_next(&text) == ESCAPE_REPLACEMENT &&
            strncmp(start, REPLACEMENT, strlen(REPLACEMENT)) != 0)
            return start;
    }
    return NULL;
}

static enum status copy_bytes(const char *bytes, size_t length, struct template_file *out,
                              struct error *error)
{
    out->bytes = malloc(length + 1);
    if (out->bytes == NULL)
        return error_set(error, STATUS_FATAL, "%s: out of memory", out->path);
    memcpy(out->bytes, bytes, length);
    out->bytes[length] = '\0';
    out->length = length;
    return STATUS_OK;
}

enum status template_file_take(const char *folder, const char *name, const char *bytes,
                               size_t length, size_t bytes_max, struct template_file *out,
                               struct error *error)
{
    enum status status = make_path(folder, name, out, error);

    if (status == STATUS_OK)
        status = copy_bytes(bytes, length, out, error);
    return status == STATUS_OK ? check_length(out, bytes_max, error) : status;
}

static enum status check_text(struct template_file *file, struct error *error)
{
    const char *bad = NULL;

    if (strncmp(file->bytes, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0) {
        file->length -= strlen(BYTE_ORDER_MARK);
        memmove(file->bytes, file->bytes + strlen(BYTE_ORDER_MARK), file->length + 1);
    }
    if (strlen(file->bytes) < file->length)
        bad = file->bytes + strlen(file->bytes);
    else
        bad = find_bad_byte(file->bytes);
    if (bad == NULL)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "%s:%d: this is no UTF-8", file->path,
                     template_file_line(file->bytes, bad));
}

enum status template_file_copy(const struct template_file *file, bool is_text,
                               struct template_file *out, struct error *error)
{
    enum status status = STATUS_OK;

    *out = (struct template_file){.bytes = NULL};
    memcpy(out->path, file->path, sizeof(out->path));
    if (file->bytes == NULL)
        return STATUS_OK;
    status = copy_bytes(file->bytes, file->length, out, error);
    if (status == STATUS_OK && is_text)
        status = check_text(out, error);
    if (status != STATUS_OK)
        template_file_clear(out);
    return status;
}

void template_file_clear(struct template_file *file)
{
    free(file->bytes);
    file->bytes = NULL;
    file->length = 0;
}

int template_file_line(const char *text, const char *place)
{
    int line = 1;

    for (; text < place; text++)
        line += *text == '\n';
    return line;
}
