#include "reports/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/folder.h"
#include "process/leftovers.h"

/* A folder, the hidden one in it, and a name. */
#define PATH_SIZE 4096

/* Names inside the hidden folder are numbers. */
#define NUMBER_SIZE 24

struct stage {
    const char *folder;                /* borrowed */
    const struct rendering *rendering; /* borrowed */
    char hidden[PATH_SIZE];            /* "" when it is not there */
    char (*numbers)[NUMBER_SIZE];
    const char **names; /* of `numbers`, ends with NULL */
};

static enum status fail(const char *path, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
}

/* Messages name the file that it would have become. */
static enum status write_file(const struct stage *stage, size_t index, struct error *error)
{
    const struct rendered_file *file = &stage->rendering->files[index];
    char path[PATH_SIZE + NUMBER_SIZE];
    char target[PATH_SIZE + RENDER_NAME_MAX + 2];
    enum status status = STATUS_OK;

    snprintf(path, sizeof(path), "%s/%s", stage->hidden, stage->names[index]);
    snprintf(target, sizeof(target), "%s/%s", stage->folder, file->name);

    int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (out < 0)
        return fail(target, error);
    if (!folder_write(out, file->bytes, file->length) || fsync(out) != 0)
        status = fail(target, error);
    if (close(out) != 0 && status == STATUS_OK)
        status = fail(target, error);
    return status;
}

static enum status make_hidden(struct stage *stage, struct error *error)
{
    char template[PATH_SIZE];
    int length = snprintf(template, sizeof(template), "%s/.kansen.XXXXXX", stage->folder);

    if (length < 0 || length >= PATH_SIZE - RENDER_NAME_MAX)
        return error_set(error, STATUS_FATAL, "%s: the path is too long", stage->folder);
    if (!leftovers_make_folder(template, stage->names))
        return fail(stage->folder, error);
    snprintf(stage->hidden, sizeof(stage->hidden), "%s", template);
    return STATUS_OK;
}

enum status stage_files(const char *folder, const struct rendering *rendering, struct stage **out,
                        struct error *error)
{
    struct stage *stage = calloc(1, sizeof(*stage));
    enum status status = STATUS_OK;

    if (stage == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    stage->folder = folder;
    stage->rendering = rendering;
    stage->numbers = calloc(rendering->count + 1, sizeof(*stage->numbers));
    stage->names = calloc(rendering->count + 1, sizeof(*stage->names));
    if (stage->numbers == NULL || stage->names == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < rendering->count && status == STATUS_OK; i++) {
        snprintf(stage->numbers[i], NUMBER_SIZE, "%zu", i);
        stage->names[i] = stage->numbers[i];
    }
    if (status == STATUS_OK)
        status = folder_make(folder, error);
    if (status == STATUS_OK)
        status = make_hidden(stage, error);
    for (size_t i = 0; i < rendering->count && status == STATUS_OK; i++)
        status = write_file(stage, i, error);
    if (status == STATUS_OK)
        *out = stage;
    else
        stage_end(stage);
    return status;
}

static bool holds(FILE *there, const struct rendered_file *file)
{
    size_t place = 0;
    int byte;

    while ((byte = getc(there)) != EOF && place < file->length &&
           (unsigned char)file->bytes[place] == byte)
        place++;
    return byte == EOF && place == file->length;
}

/* Whatever is no file can't be written over: stage_keep says so. */
static enum status spares_other(const char *path, const struct rendered_file *file,
                                struct error *error)
{
    struct stat what;
    enum status status = STATUS_OK;
    FILE *there;

    if (stat(path, &what) != 0)
        return errno == ENOENT ? STATUS_OK : fail(path, error);
    if (!S_ISREG(what.st_mode))
        return STATUS_OK;
    there = fopen(path, "re");
    if (there == NULL)
        return fail(path, error);
    if (!holds(there, file))
        status =
            error_set(error, STATUS_FATAL,
                      "%s is there with other contents, of an edition that this database does "
                      "not have; was it restored? Nothing is published: move the file away, or "
                      "publish into another folder",
                      path);
    fclose(there);
    return status;
}

enum status stage_spares_others(const struct stage *stage, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < stage->rendering->count && status == STATUS_OK; i++) {
        char path[PATH_SIZE + RENDER_NAME_MAX + 2];

        snprintf(path, sizeof(path), "%s/%s", stage->folder, stage->rendering->files[i].name);
        status = spares_other(path, &stage->rendering->files[i], error);
    }
    return status;
}

enum status stage_keep(struct stage *stage, publish_done *done, void *context, struct error *error)
{
    for (size_t i = 0; i < stage->rendering->count; i++) {
        char from[PATH_SIZE + NUMBER_SIZE];
        char to[PATH_SIZE + RENDER_NAME_MAX + 2];

        snprintf(from, sizeof(from), "%s/%s", stage->hidden, stage->names[i]);
        snprintf(to, sizeof(to), "%s/%s", stage->folder, stage->rendering->files[i].name);
        if (rename(from, to) != 0)
            return fail(to, error);
        done(context, to, &stage->rendering->files[i]);
    }
    return folder_sync(stage->folder, error);
}

void stage_end(struct stage *stage)
{
    if (stage == NULL)
        return;
    if (*stage->hidden != '\0')
        leftovers_take_away(stage->hidden);
    free(stage->numbers);
    free(stage->names);
    free(stage);
}
