/* The list of the site's files, as text and in memory. */
#ifndef KANSEN_SITE_TREE_LIST_H
#define KANSEN_SITE_TREE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/status.h"
#include "text/digest.h"

/* A path inside the folder, its parts joined by "/". */
#define TREE_PATH_MAX 1023

#define TREE_LIST ".kansen-site"

struct tree_entry {
    char *path; /* owned */
    char sha256[DIGEST_TEXT_SIZE];
};

/* Zeroed: none. */
struct tree_list {
    struct tree_entry *entries; /* owned */
    size_t count;
    size_t capacity;
};

void tree_list_clear(struct tree_list *list);

/* False when memory is short. */
bool tree_list_add(struct tree_list *list, const char *path, const char *sha256);

/* By path, then by digest; what is there twice is once. */
void tree_list_sort(struct tree_list *list);

/* Of a sorted one: the first entry of a path; NULL when there is none. */
const struct tree_entry *tree_list_find(const struct tree_list *list, const char *path);

/* Is it one of a file inside of a folder? No part is empty, "." or "..", and a line can hold it. */
bool tree_path_is_sound(const char *path);

/* Reads lines "SHA256  PATH". What stands behind the last end of a line was never finished, and is
 * passed over. STATUS_REJECT names the line. */
enum status tree_list_read(const char *text, struct tree_list *out, struct error *error) MUST_CHECK;

/* Text of a sorted one, which the caller frees; NULL when memory is short. */
char *tree_list_write(const struct tree_list *list);

#endif
