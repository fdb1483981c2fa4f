/* A demo's PostgreSQL that is left running for psql, found again, and ended.
 *
 * Its folder has a mark, which a demo that is still at work hasn't. Only servers of one's own user
 * are found: root's demos run as another one, see cluster_choose_user. */
#ifndef KANSEN_DEMO_KEPT_H
#define KANSEN_DEMO_KEPT_H

#include <stdbool.h>

#include "demo/postgres.h"
#include "kansen/status.h"

/* Logs in, and reads the views of schema report: a member of kansen_reader. */
#define KEPT_READER "analyst"

/* Makes the reader and starts the server anew as a daemon of its own, which neither our end nor
 * Ctrl-C ends: demo_postgres_stop then has nothing to do any more. On failure it does all as
 * before, and `said` gets what PostgreSQL said. */
enum status kept_make(struct demo_postgres *postgres, FILE *said, struct error *error) MUST_CHECK;

struct kept {
    char folder[DEMO_FOLDER_SIZE];
    bool running;   /* false: its server has ended, with the machine for instance */
    bool is_others; /* a folder of another user's demo; whether it was left running can't be seen */
};

/* Those in cluster_parent, by name; *out is the caller's to free. */
enum status kept_find(struct kept **out, size_t *count, struct error *error) MUST_CHECK;

/* Ends it, connections and all, and removes its folder. */
enum status kept_stop(const struct kept *kept, struct error *error) MUST_CHECK;

#endif
