/* `kansen db distribute`: a database moved onto Citus, in place. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/confirmed.h"
#include "cli/log.h"
#include "cli/option_bounds.h"
#include "distribute/distribution.h"
#include "operate/amounts.h"

static void show(void *context, const struct distribution_table *table, bool emptied)
{
    char text[96];

    (void)context;
    snprintf(text, sizeof(text), "%s %s", emptied ? "emptying the local files of" : "distributing",
             table->name);
    log_progress(0, 0, text);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void say_cut(const struct distribution_plan *plan, const struct distribution_table *table)
{
    char bytes[AMOUNT_SIZE];
    char count[AMOUNT_SIZE];
    char rows[AMOUNT_SIZE + 16] = "";

    if (table->rows > 0)
        snprintf(rows, sizeof(rows), ", about %s rows", amount_count(table->rows, count));
    log_say(LOG_LEVEL_INFO, NULL, "%s: %s%s, into %" PRId64 " shard%s on %" PRId64 " node%s (%s)",
            table->name, amount_bytes(table->bytes, bytes), rows, plan->shards,
            plural(plan->shards), plan->nodes, plural(plan->nodes), plan->node_names);
}

/* What would be done, a line each. The small tables stand in one. */
static void say_plan(const struct distribution_plan *plan)
{
    char small[256] = "";
    size_t used = 0;

    log_say(LOG_LEVEL_INFO, NULL, "Citus %s", plan->citus);
    for (int i = 0; i < DISTRIBUTION_TABLES; i++) {
        const struct distribution_table *table = &plan->tables[i];

        if (table->is_done)
            continue;
        if (table->by_device)
            say_cut(plan, table);
        else
            used += (size_t)snprintf(small + used, sizeof(small) - used, "%s%s",
                                     used > 0 ? ", " : "", table->name);
    }
    if (used > 0)
        log_say(LOG_LEVEL_INFO, NULL, "%s: copied to every node", small);
    log_say(LOG_LEVEL_INFO, NULL,
            "all else stays here; members of kansen_reader may read these tables from now on, as "
            "they do through the views; workers wait until it is done, and lose nothing");
}

static bool is_left_behind(const struct distribution_plan *plan)
{
    bool left = false;

    for (int i = 0; i < DISTRIBUTION_TABLES; i++)
        left = left || plan->tables[i].bytes_behind > 0;
    return left;
}

static int confirm(const struct options *options, const struct distribution_plan *plan, bool *go_on,
                   struct error *error)
{
    char would[160];
    char asked[160];

    snprintf(would, sizeof(would),
             "this would move the database to %" PRId64 " node%s of Citus, and ingestion would "
             "wait meanwhile",
             plan->nodes, plural(plan->nodes));
    snprintf(asked, sizeof(asked), "Move the database to %" PRId64 " node%s of Citus?", plan->nodes,
             plural(plan->nodes));
    return confirmed(options, &(struct question){would, asked, "nothing was moved"}, go_on, error);
}

static int distribute(struct db *db, const struct options *options,
                      const struct distribution_plan *plan, struct error *error)
{
    bool go_on = true;
    int code = EX_OK;

    if (plan->is_done) {
        log_say(LOG_LEVEL_INFO, NULL, "the database is distributed already%s",
                is_left_behind(plan) ? "; what it has left behind here goes now" : "");
    } else {
        say_plan(plan);
        code = confirm(options, plan, &go_on, error);
    }
    if (code != EX_OK || !go_on)
        return code;

    enum status status = distribution_run(db, plan, show, NULL, error);

    log_progress_end();
    if (status == STATUS_OK && !plan->is_done)
        log_say(LOG_LEVEL_INFO, NULL, "distributed; `kansen db check` names what still hurts");
    return command_exit_code(status);
}

static int run(const struct options *options, struct error *error)
{
    struct distribution_plan plan = {.citus = NULL};
    int64_t shards = 0;
    struct db *db = NULL;
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;
    if (option_bounded(options, "shards", &shards, error) != STATUS_OK)
        return EX_USAGE;
    code = command_open_ready_db(options, SCHEMA_OWN, &db, error);
    if (code != EX_OK)
        return code;

    enum status status = distribution_plan(db, shards, &plan, error);

    code =
        status == STATUS_OK ? distribute(db, options, &plan, error) : command_refused_code(status);
    distribution_clear(&plan);
    db_close(db);
    return code;
}

static const char *const option_names[] = {"db", "shards", "yes", NULL};

const struct command command_db_distribute = {
    .name = "db distribute",
    .arguments = "",
    .summary = "move the database to the nodes of a Citus",
    .details =
        "The extension citus has to be created in the database, and its nodes added. Says what it "
        "will do, and asks. detection and infection are cut into shards by device, what they are "
        "joined with is copied to every node, all else stays on the coordinator, to which kansen "
        "goes on connecting.\n\n"
        "All of it happens in one transaction: workers wait until it is done and go on by "
        "themselves; interrupted, it has changed nothing. Run again it does what is missing: it "
        "makes roles on nodes that came later, and empties what was left behind. A superuser may "
        "do it, or a member of kansen_owner with CREATEROLE that owns the database on every "
        "node.\n",
    .options = option_names,
    .run = run,
    .examples = COMMAND_EXAMPLES("kansen db distribute", "kansen db distribute --shards 16 --yes"),
};
