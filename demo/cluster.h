/* What the private PostgreSQL of a demo and one that was left running have in common: where
 * PostgreSQL's programs are, which user they run as, how their folder goes. */
#ifndef KANSEN_DEMO_CLUSTER_H
#define KANSEN_DEMO_CLUSTER_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "kansen/status.h"

/* The beginning of the name of a demo's folder, and as many characters as follow. */
#define CLUSTER_FOLDER_PREFIX "kansen-demo."
#define CLUSTER_FOLDER_RANDOM "XXXXXX"

/* The name of a socket in it, with /.s.PGSQL.5432 behind, must not exceed 107 bytes. */
#define DEMO_FOLDER_SIZE 92

/* Path of PostgreSQL's program, in PATH or where Debian keeps it. */
enum status cluster_find_program(const char *program, char path[PATH_MAX],
                                 struct error *error) MUST_CHECK;

/* Ours; PostgreSQL refuses to run as root, for whom it is postgres, or nobody. */
enum status cluster_choose_user(uid_t *user, struct error *error) MUST_CHECK;

/* Removes the folder and all that is in it, following no symbolic link. False: something is left.
 */
bool cluster_remove(const char *folder);

/* Where demos make their folders: TMPDIR when a conninfo and a socket's name can hold it, else
 * /tmp. */
const char *cluster_parent(void);

#endif
