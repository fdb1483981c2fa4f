/* `kansen db migrate`: brings the database to this program's version, and counts what is stored by
 * what earlier versions did not count it by. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "sql/db.h"
#include "sql/schema.h"
#include "threats/labelling.h"

static void show(void *context, const struct labelling_progress *progress)
{
    char text[128];

    (void)context;
    snprintf(text, sizeof(text), "counting %.40s %s by all dimensions, %" PRId64 " infections",
             progress->threat, progress->month, progress->infections);
    log_progress(progress->months_done, progress->months, text);
}

/* What is left over by one that was interrupted is counted, too. */
static enum status count_stored(const struct options *options, struct error *error)
{
    struct labelling_progress done;
    enum status status = labelling_run(options_value(options, "db"), show, NULL, &done, error);

    log_progress_end();
    if (done.months_done > 0)
        log_say(LOG_LEVEL_INFO, NULL,
                "%d month%s counted by name, product, version, os and segment: %" PRId64
                " infection%s",
                done.months_done, done.months_done == 1 ? "" : "s", done.infections,
                done.infections == 1 ? "" : "s");
    if (status != STATUS_OK) {
        struct error why = *error;

        error_set(error, status, "%.800s; `kansen db migrate` goes on where it was", why.message);
    }
    return status;
}

static int run_migrate(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    int applied = 0;
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;

    enum status status = command_open_db(options, &db, error);

    if (status != STATUS_OK)
        return command_refused_code(status);
    status = schema_migrate(db, &applied, error);
    db_close(db);
    if (status == STATUS_OK)
        log_say(LOG_LEVEL_INFO, NULL, "%d migration%s applied", applied, applied == 1 ? "" : "s");
    if (status == STATUS_OK)
        return command_exit_code(count_stored(options, error));
    return status == STATUS_REJECT ? command_refused_code(status) : command_exit_code(status);
}

static const char *const db_options[] = {"db", NULL};

const struct command command_db_migrate = {
    "db migrate",
    "",
    "bring the database to this program's version",
    "Workers of an older program stop when the database is newer than they are, and lose nothing:\n"
    "start the newer one in their place. What is stored is then counted by what it was not "
    "counted\n"
    "by before, month by month, while they go on; whoever interrupts that runs it again.\n",
    db_options,
    run_migrate,
    COMMAND_EXAMPLES("kansen db migrate", "kansen db migrate --db 'dbname=kansen user=postgres'")};
