/* What is said of files that were written: the path of each, on standard output; and, with --open,
 * the one that people read best is shown in their own viewer. */
#ifndef KANSEN_CLI_WRITTEN_H
#define KANSEN_CLI_WRITTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/status.h"
#include "process/folder.h"
#include "reports/render.h"

/* Zeroed: none was written. */
struct written {
    char best[FOLDER_PATH_SIZE + RENDER_NAME_MAX + 2]; /* "": none */
    size_t rank;                                       /* of it; the least is the best */
};

/* A publish_done of a struct written. */
void written_say(void *written, const char *path, const struct rendered_file *file);

/* Shows a file, and says by what. EX_OK, or EX_UNAVAILABLE: there is no viewer, or it failed; the
 * message names the file. */
int written_open(const char *path, struct error *error);

/* --open behind a command that ended with `code`: what was written is shown also when a format
 * could not be had. The code to end with. */
int written_show(const struct written *written, bool is_asked, int code, struct error *error);

#endif
