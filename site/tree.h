/* A folder of files that belong to the site: each is whole or not there, and what is the same stays
 * untouched.
 *
 * Which files are the site's own stands in `.kansen-site`, in the form of `sha256sum`, so that
 * `sha256sum -c` checks them. A file that isn't in it is somebody else's: it is never written over
 * and never removed. A line is added before its file gets its name, so that a run that was killed
 * leaves nothing that the next one wouldn't know.
 *
 * What is to be written is put twice, in two rounds: the first takes what isn't there yet, the
 * second the rest. So every page that a visitor finds leads to files that are there, at whatever
 * moment a run ends: new ones are led to by none of the old ones. */
#ifndef KANSEN_SITE_TREE_H
#define KANSEN_SITE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/status.h"
#include "site/tree_list.h"

struct tree;

struct tree_counts {
    size_t written;
    size_t kept;    /* as they were */
    size_t removed; /* no longer of the site */
    size_t left;    /* no longer of the site, but changed by somebody, and so left where they are */
};

/* Makes the folder when it is missing, but not those above it; nobody else writes into it until
 * tree_close. STATUS_RETRY: another run does. STATUS_REJECT: its list names what can't be the
 * site's. The caller closes *out. */
enum status tree_open(const char *folder, struct tree **out, struct error *error) MUST_CHECK;

/* Does this round take the file? Else tree_put does nothing: making it is in vain. */
bool tree_wants(const struct tree *tree, const char *path);

/* The second round begins. */
void tree_begin_rest(struct tree *tree);
bool tree_is_rest(const struct tree *tree);

/* Is the file there with these bytes? Then it is put. */
enum status tree_has(struct tree *tree, const char *path, const char *sha256, bool *out,
                     struct error *error) MUST_CHECK;

/* STATUS_FATAL: somebody else's file is in its place, or it can't be written. */
enum status tree_put(struct tree *tree, const char *path, const char *bytes, size_t length,
                     struct error *error) MUST_CHECK;

/* The bytes of a file that was put, which the caller frees; they end with a zero. */
enum status tree_read(const struct tree *tree, const char *path, char **out,
                      struct error *error) MUST_CHECK;

/* Removes what was not put, and folders that are empty then. */
enum status tree_finish(struct tree *tree, struct tree_counts *out, struct error *error) MUST_CHECK;

/* Has some run written into the folder before? */
bool tree_is_there(const char *folder);

/* NULL is allowed. */
void tree_close(struct tree *tree);

#endif
