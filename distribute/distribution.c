#include "distribute/distribution.h"

#include <inttypes.h>
#include <string.h>

#include "sql/embedded.h"
#include "sql/owner.h"

/* For readers of a table that is to be emptied: others queue behind us meanwhile. */
#define EMPTY_TIMEOUT "20s"

/* Columns of distribute_nodes.sql. */
enum { VERSION, IS_STANDBY, HAS_COORDINATOR, TAKERS, NAMES, INACTIVE, SHARDS, UNCOUNTED };

/* Columns of distribute_tables.sql. */
enum { NAME, BY_DEVICE, IS_DONE, IN_THE_WAY, BYTES, ROWS, BYTES_BEHIND };

static enum status check_nodes(const struct db_result *nodes, struct error *error)
{
    if (db_rows(nodes) == 0)
        return error_set(error, STATUS_REJECT, "the extension citus is gone");
    if (db_bool(nodes, 0, IS_STANDBY))
        return error_set(error, STATUS_REJECT, "this server is a standby; ask its primary");
    if (!db_bool(nodes, 0, HAS_COORDINATOR))
        return error_set(
            error, STATUS_REJECT,
            "the coordinator is not in its own list of nodes, so it would have no copy of the "
            "small tables: select citus_set_coordinator_host('HOST', PORT), as superuser");
    if (db_text(nodes, 0, INACTIVE) != NULL)
        return error_set(error, STATUS_REJECT,
                         "not active: %.400s; bring it back, or select citus_remove_node(HOST, "
                         "PORT)",
                         db_text(nodes, 0, INACTIVE));
    if (db_bool(nodes, 0, UNCOUNTED))
        return error_set(
            error, STATUS_REJECT,
            "some months are still to be counted by all dimensions, which Citus can't: "
            "kansen db migrate, then this");
    if (db_int64(nodes, 0, TAKERS) == 0)
        return error_set(error, STATUS_REJECT,
                         "Citus has no node that takes shards: select citus_add_node('HOST', "
                         "PORT) for each, as superuser");
    return STATUS_OK;
}

static enum status read_tables(const struct db_result *rows, struct distribution_plan *plan,
                               struct error *error)
{
    plan->is_done = true;
    for (int row = 0; row < DISTRIBUTION_TABLES; row++) {
        struct distribution_table *table = &plan->tables[row];

        if (db_text(rows, row, IN_THE_WAY) != NULL)
            return error_set(error, STATUS_REJECT,
                             "kansen.%s: %s; undistribute_table gives it back",
                             db_text(rows, row, NAME), db_text(rows, row, IN_THE_WAY));
        *table = (struct distribution_table){
            .name = db_text(rows, row, NAME),
            .by_device = db_bool(rows, row, BY_DEVICE),
            .is_done = db_bool(rows, row, IS_DONE),
            .bytes = db_int64(rows, row, BYTES),
            .rows = db_int64(rows, row, ROWS),
            .bytes_behind = db_int64(rows, row, BYTES_BEHIND),
        };
        plan->is_done = plan->is_done && table->is_done;
    }
    return STATUS_OK;
}

enum status distribution_plan(struct db *db, int64_t shards, struct distribution_plan *plan,
                              struct error *error)
{
    enum status status;

    if (!db_has_citus(db))
        return error_set(error, STATUS_REJECT,
                         "the database has no extension citus: it has to be in "
                         "shared_preload_libraries of every node, then `create extension citus` "
                         "in this database on each (docs/scaling.md)");
    status = db_query(db, sql_distribute_nodes, 0, NULL, &plan->results[0], error);
    if (status == STATUS_OK)
        status = check_nodes(plan->results[0], error);
    if (status == STATUS_OK)
        status = db_query(db, sql_distribute_tables, 0, NULL, &plan->results[1], error);
    if (status == STATUS_OK)
        status = read_tables(plan->results[1], plan, error);
    if (status != STATUS_OK)
        return status;
    plan->citus = db_text(plan->results[0], 0, VERSION);
    plan->nodes = db_int64(plan->results[0], 0, TAKERS);
    plan->node_names = db_text(plan->results[0], 0, NAMES);
    plan->shards = shards > 0 ? shards : db_int64(plan->results[0], 0, SHARDS);
    return STATUS_OK;
}

void distribution_clear(struct distribution_plan *plan)
{
    for (size_t i = 0; i < sizeof(plan->results) / sizeof(plan->results[0]); i++)
        db_result_free(plan->results[i]);
    memset(plan, 0, sizeof(*plan));
}

/* Citus goes to the nodes as whoever asks. */
static enum status make_roles(struct db *db, struct error *error)
{
    struct db_result *nodes = NULL;
    enum status status = db_query(db, sql_distribute_roles, 0, NULL, &nodes, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(nodes); row++)
        if (!db_bool(nodes, row, 1))
            status = error_set(error, STATUS_DENIED,
                               "roles and schemas could not be made on %.200s: %.500s; a "
                               "superuser may do this, or the owner of the database on every node "
                               "with CREATEROLE",
                               db_text(nodes, row, 0), db_text(nodes, row, 2));
    db_result_free(nodes);
    return status;
}

static enum status move(struct db *db, const struct distribution_plan *plan,
                        const struct distribution_table *table, struct error *error)
{
    char shards[24];
    const char *parameter = shards;

    if (!table->by_device)
        return db_query(db, sql_distribute_reference, 1, &table->name, NULL, error);
    if (strcmp(table->name, "detection") != 0)
        return db_query(db, sql_distribute_beside, 1, &table->name, NULL, error);
    snprintf(shards, sizeof(shards), "%" PRId64, plan->shards);
    return db_query(db, sql_distribute_detection, 1, &parameter, NULL, error);
}

/* As the role of the connection, not as kansen_owner, which may not log in on the nodes. */
static enum status move_all(struct db *db, const struct distribution_plan *plan,
                            distribution_show *show, void *context, struct error *error)
{
    enum status status = db_begin(db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_script(db, "set local citus.enable_ddl_propagation = on", error);
    if (status == STATUS_OK)
        status = db_script(db, sql_schema_writers, error);
    for (int i = 0; status == STATUS_OK && i < DISTRIBUTION_TABLES; i++) {
        if (plan->tables[i].is_done)
            continue;
        show(context, &plan->tables[i], false);
        status = move(db, plan, &plan->tables[i], error);
    }
    if (status == STATUS_OK)
        status = db_script(db, sql_distribute_grants, error);
    return db_end(db, status, error);
}

static enum status empty(struct db *db, const struct distribution_table *table, struct error *error)
{
    enum status status = db_begin(db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_script(db, "set local lock_timeout = '" EMPTY_TIMEOUT "'", error);
    if (status == STATUS_OK)
        status = db_query(db, sql_distribute_empty, 1, &table->name, NULL, error);
    return db_end(db, status, error);
}

enum status distribution_run(struct db *db, const struct distribution_plan *plan,
                             distribution_show *show, void *context, struct error *error)
{
    enum status status = make_roles(db, error);

    if (status == STATUS_OK)
        status = move_all(db, plan, show, context, error);
    for (int i = 0; status == STATUS_OK && i < DISTRIBUTION_TABLES; i++) {
        const struct distribution_table *table = &plan->tables[i];

        if (table->is_done ? table->bytes_behind == 0 : table->bytes == 0)
            continue;
        show(context, table, true);
        status = empty(db, table, error);
    }
    return status;
}
