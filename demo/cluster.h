/* What the private PostgreSQL of a demo and one that was left running have in common: where
 * PostgreSQL's programs are, which user they run as, how their folder goes. */
#ifndef KANSEN_DEMO_CLUSTER_H
#define KANSEN_DEMO_CLUSTER_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "kansen/status.h"

/* The beginning of the name of a demo's folder. */
#define CLUSTER_FOLDER_PREFIX "kansen-demo."

/* Path of PostgreSQL's program, in PATH or where Debian keeps it. */
enum status cluster_find_program(const char *program, char path[PATH_MAX],
                                 struct error *error) MUST_CHECK;

/* Ours; PostgreSQL refuses to run as root, for whom it is postgres, or nobody. */
enum status cluster_choose_user(uid_t *user, struct error *error) MUST_CHECK;

/* Removes the folder and all that is in it, following no symbolic link. False: something is left.
 */
bool cluster_remove(const char *folder);

/* Where demos make their folders: TMPDIR when a conninfo can hold it, else /tmp. */
const char *cluster_parent(void);

#endif
