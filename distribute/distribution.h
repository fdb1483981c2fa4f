/* A database moved onto Citus: detection and infection cut up by device_id over its nodes, what
 * they are joined with copied to each node, everything else on the coordinator (docs/scaling.md).
 *
 * Everything moves in one transaction, so that nobody sees a part of it: whoever is interrupted
 * has changed nothing, and begins again. What the tables leave behind on the coordinator is emptied
 * afterwards, which whoever runs it again goes on with. */
#ifndef KANSEN_DISTRIBUTE_DISTRIBUTION_H
#define KANSEN_DISTRIBUTE_DISTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/status.h"
#include "sql/db.h"

/* Of Citus, too. */
#define DISTRIBUTION_SHARDS_MAX 4096

struct distribution_table {
    const char *name;
    bool by_device; /* cut up; else copied to each node */
    bool is_done;
    int64_t bytes;
    int64_t rows;         /* about so many, as PostgreSQL last counted */
    int64_t bytes_behind; /* that are left here although it is done */
};

#define DISTRIBUTION_TABLES 9

/* Zeroed before its first use. */
struct distribution_plan {
    const char *citus; /* version */
    int64_t shards;    /* of those tables that are cut up */
    int64_t nodes;
    const char *node_names;
    bool is_done; /* nothing is left to be moved */
    struct distribution_table tables[DISTRIBUTION_TABLES];
    struct db_result *results[2]; /* whose texts the plan borrows */
};

/* What would be done; shards 0: as many as suit the nodes. Nothing is changed. STATUS_REJECT names
 * what is in the way: no Citus, no nodes, a standby, a table that somebody has distributed
 * otherwise. The caller clears *plan in any case. */
enum status distribution_plan(struct db *db, int64_t shards, struct distribution_plan *plan,
                              struct error *error) MUST_CHECK;
void distribution_clear(struct distribution_plan *plan);

/* The table that is being moved, or emptied. */
typedef void distribution_show(void *context, const struct distribution_table *table, bool emptied);

/* Does it. Batches that are under way are waited for, and new ones wait until it is done; so do
 * `threat set` and `db relocate`, which are waited for however long they take. STATUS_RETRY:
 * nothing was moved, or it was and is still to be emptied; the same call goes on. */
enum status distribution_run(struct db *db, const struct distribution_plan *plan,
                             distribution_show *show, void *context,
                             struct error *error) MUST_CHECK;

#endif
