/* A file of the tree while it is written: into memory, and then as a whole into the tree. */
#ifndef KANSEN_SITE_TREE_FILE_H
#define KANSEN_SITE_TREE_FILE_H

#include <stdio.h>

#include "site/tree.h"

struct tree_file {
    const char *path; /* borrowed */
    FILE *out;
    char *bytes;
    size_t length;
};

/* STATUS_FATAL: memory is short. Else tree_file_put or tree_file_drop ends it. */
enum status tree_file_open(struct tree_file *file, const char *path,
                           struct error *error) MUST_CHECK;

/* Also the answer to whoever else is short of memory for it. */
enum status tree_file_short(const char *path, struct error *error);

/* STATUS_FATAL when memory was short for what was written, or as tree_put. */
enum status tree_file_put(struct tree_file *file, struct tree *tree,
                          struct error *error) MUST_CHECK;

void tree_file_drop(struct tree_file *file);

#endif
