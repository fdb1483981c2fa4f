#include "reports/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/folder.h"
#include "process/leftovers.h"

/* A folder, a name and the mark of a temporary file. */
#define PATH_SIZE 4096

/* ---- one file */

struct pending {
    FILE *stream;
    char temporary[PATH_SIZE];
    char path[PATH_SIZE];
};

static enum status pending_open(struct pending *pending, const char *folder, const char *name,
                                struct error *error)
{
    int length = snprintf(pending->temporary, PATH_SIZE, "%s/.%s.XXXXXX", folder, name);

    if (length < 0 || length >= PATH_SIZE)
        return error_set(error, STATUS_FATAL, "%s: the path is too long", folder);
    snprintf(pending->path, PATH_SIZE, "%s/%s", folder, name);

    int file = leftovers_make_file(pending->temporary);

    pending->stream = file < 0 ? NULL : fdopen(file, "w");
    if (pending->stream != NULL)
        return STATUS_OK;
    error_set(error, STATUS_FATAL, "%s: %s", pending->path, strerror(errno));
    if (file >= 0) {
        close(file);
        leftovers_take_away(pending->temporary);
    }
    return STATUS_FATAL;
}

/* stdio keeps a failed write in mind, so one look at the end covers all of them; why it failed is
 * only known when the last one does, too. NULL: nothing is wrong. */
static const char *find_write_error(FILE *stream)
{
    if (fflush(stream) != 0)
        return strerror(errno);
    return ferror(stream) ? "a write failed" : NULL;
}

static enum status pending_finish(struct pending *pending, struct error *error)
{
    const char *reason = find_write_error(pending->stream);
    bool written = reason == NULL && fsync(fileno(pending->stream)) == 0;

    if (!written)
        error_set(error, STATUS_FATAL, "%s: %s", pending->path,
                  reason == NULL ? strerror(errno) : reason);
    if (fclose(pending->stream) != 0 && written) {
        error_set(error, STATUS_FATAL, "%s: %s", pending->path, strerror(errno));
        written = false;
    }
    if (written && !leftovers_keep_file(pending->temporary, pending->path)) {
        error_set(error, STATUS_FATAL, "%s: %s", pending->path, strerror(errno));
        written = false;
    }
    if (written)
        return STATUS_OK;
    leftovers_take_away(pending->temporary);
    return STATUS_FATAL;
}

static void pending_drop(struct pending *pending)
{
    fclose(pending->stream);
    leftovers_take_away(pending->temporary);
}

/* ---- all of them */

static enum status write_file(const char *folder, const struct rendered_file *file,
                              publish_done *done, void *context, struct error *error)
{
    struct pending pending;
    enum status status = pending_open(&pending, folder, file->name, error);

    if (status != STATUS_OK)
        return status;
    if (fwrite(file->bytes, 1, file->length, pending.stream) != file->length) {
        error_set(error, STATUS_FATAL, "%s: %s", pending.path, strerror(errno));
        pending_drop(&pending);
        return STATUS_FATAL;
    }
    status = pending_finish(&pending, error);
    if (status == STATUS_OK)
        done(context, pending.path, file);
    return status;
}

static enum status write_files(const char *folder, const struct rendering *rendering,
                               publish_done *done, void *context, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < rendering->count && status == STATUS_OK; i++)
        status = write_file(folder, &rendering->files[i], done, context, error);
    return status == STATUS_OK ? folder_sync(folder, error) : status;
}

enum status publish_report(const struct document *document, const struct publish_request *request,
                           publish_done *done, void *context, struct error *error)
{
    struct rendering rendering = {NULL, 0};
    enum status status = folder_make(request->folder, error);

    if (status == STATUS_OK)
        status = render_report(document, &request->render, &rendering, error);
    if (status != STATUS_FATAL) {
        struct error reason;
        enum status written = write_files(request->folder, &rendering, done, context, &reason);

        if (written != STATUS_OK) {
            *error = reason;
            status = written;
        }
    }
    rendering_clear(&rendering);
    return status;
}

enum status publish_stream(const struct document *document, const struct publish_request *request,
                           FILE *out, struct error *error)
{
    struct rendering rendering = {NULL, 0};
    enum status status = render_alone(document, &request->render, &rendering, error);

    progress_end(request->render.progress);
    if (status == STATUS_OK) {
        const struct rendered_file *file = &rendering.files[0];
        const char *reason = fwrite(file->bytes, 1, file->length, out) == file->length
                                 ? find_write_error(out)
                                 : strerror(errno);

        if (reason != NULL)
            status = error_set(error, STATUS_FATAL, "standard output: %s", reason);
    }
    rendering_clear(&rendering);
    return status;
}
