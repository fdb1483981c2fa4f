#include "sql/moment.h"

#include <stddef.h>

#include "sql/db_internal.h"
#include "sql/embedded.h"

/* The first statement takes the snapshot. */
static enum status begin_here(struct db *db, struct error *error)
{
    enum status status = db_begin(db, DB_READ_ONLY_SNAPSHOT, error);

    return status == STATUS_OK ? db_script(db, "select 1", error) : status;
}

/* Begins it, and has every node take its snapshot. */
static enum status begin_everywhere(struct db *db, struct error *error)
{
    enum status status = begin_here(db, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_moment_lines, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_moment_look, 0, NULL, NULL, error);
    return status;
}

/* The lock is another connection's: it is held until the moment is there, and no longer. */
static enum status begin_between_batches(struct db *db, struct error *error)
{
    struct db *gate = NULL;
    enum status status = db_open(db->conninfo, &gate, error);

    if (status == STATUS_OK)
        status = db_begin(gate, DB_READ_COMMITTED, error);
    if (status == STATUS_OK)
        status = db_query(gate, sql_catalogue_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = begin_everywhere(db, error);
    db_close(gate);
    return status;
}

enum status moment_begin(struct db *db, struct error *error)
{
    return db_is_distributed(db) ? begin_between_batches(db, error) : begin_here(db, error);
}
