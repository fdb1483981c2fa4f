#include "sql/moment.h"

#include <stdbool.h>
#include <stddef.h>

#include "kansen/clock.h"
#include "sql/db_internal.h"
#include "sql/embedded.h"

/* For commits that are about to end by themselves: each of the small tables is written by commits
 * of its own, at any time. */
#define DOUBT_LOOKS 10
#define DOUBT_PAUSE_MS 200

/* The first statement takes the snapshot. */
static enum status begin_here(struct db *db, enum db_isolation isolation, struct error *error)
{
    enum status status = db_begin(db, isolation, error);

    return status == STATUS_OK ? db_script(db, "select 1", error) : status;
}

/* Begins it, and has every node take its snapshot. */
static enum status begin_everywhere(struct db *db, enum db_isolation isolation, struct error *error)
{
    enum status status = begin_here(db, isolation, error);

    if (status == STATUS_OK)
        status = db_script(db, sql_moment_lines, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_moment_look, 0, NULL, NULL, error);
    return status == STATUS_OK ? db_script(db, sql_moment_looked, error) : status;
}

/* What a node has prepared and not yet committed is counted here, and can't be seen there. */
static enum status look_for_doubt(struct db *gate, bool *is_free, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(gate, sql_moment_doubt, 0, NULL, &rows, error);

    if (status != STATUS_OK)
        return status;
    *is_free = db_text(rows, 0, 0) == NULL;
    if (!*is_free)
        error_set(error, STATUS_RETRY,
                  "a commit was interrupted and is in doubt on %.400s; Citus ends it within "
                  "citus.recover_2pc_interval (a minute), or a superuser by select "
                  "recover_prepared_transactions(); then try again",
                  db_text(rows, 0, 0));
    if (db_text(rows, 0, 1) != NULL)
        status =
            error_set(error, STATUS_RETRY, "a node can't be asked: %.400s", db_text(rows, 0, 1));
    db_result_free(rows);
    return status;
}

static enum status wait_for_doubt(struct db *gate, struct error *error)
{
    for (int look = 0; look < DOUBT_LOOKS; look++) {
        bool is_free = false;
        enum status status = look_for_doubt(gate, &is_free, error);

        if (status != STATUS_OK || is_free)
            return status;
        clock_rest(DOUBT_PAUSE_MS);
    }
    return STATUS_RETRY;
}

/* The lock is the gate's: it is held until the moment is there, and no longer. */
static enum status begin_between_batches(struct db *db, struct db *gate,
                                         enum db_isolation isolation, struct error *error)
{
    enum status status = db_begin(gate, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_query(gate, sql_catalogue_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = wait_for_doubt(gate, error);
    return status == STATUS_OK ? begin_everywhere(db, isolation, error) : status;
}

/* A new connection knows whether the tables are distributed now; db may be older than that. */
static enum status begin_behind_gate(struct db *db, enum db_isolation isolation,
                                     struct error *error)
{
    struct db *gate = NULL;
    enum status status = db_open(db->conninfo, &gate, error);

    if (status == STATUS_OK)
        status = db_is_distributed(gate) ? begin_between_batches(db, gate, isolation, error)
                                         : begin_here(db, isolation, error);
    db_close(gate);
    return status;
}

enum status moment_begin(struct db *db, enum db_isolation isolation, struct error *error)
{
    return db_may_get_citus(db) ? begin_behind_gate(db, isolation, error)
                                : begin_here(db, isolation, error);
}
