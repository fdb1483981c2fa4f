#include "site/tree_file.h"

#include <stdbool.h>
#include <stdlib.h>

enum status tree_file_short(const char *path, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%s: out of memory", path);
}

enum status tree_file_open(struct tree_file *file, const char *path, struct error *error)
{
    *file = (struct tree_file){.path = path};
    file->out = open_memstream(&file->bytes, &file->length);
    return file->out == NULL ? tree_file_short(path, error) : STATUS_OK;
}

enum status tree_file_put(struct tree_file *file, struct tree *tree, struct error *error)
{
    bool whole = !ferror(file->out);
    enum status status = STATUS_OK;

    if (fclose(file->out) != 0 || !whole)
        status = tree_file_short(file->path, error);
    if (status == STATUS_OK)
        status = tree_put(tree, file->path, file->bytes, file->length, error);
    free(file->bytes);
    return status;
}

void tree_file_drop(struct tree_file *file)
{
    fclose(file->out);
    free(file->bytes);
}
