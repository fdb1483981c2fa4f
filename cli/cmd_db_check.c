/* `kansen db check`: what of the database and its server hurts. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "cli/reporting.h"
#include "operate/check.h"

static void say_result(const struct check *check)
{
    size_t notes = check->count - check->hurting;

    if (check->hurting > 0)
        log_say(LOG_LEVEL_INFO, NULL, "checked: %zu thing%s hurt%s, %zu note%s", check->hurting,
                check->hurting == 1 ? "" : "s", check->hurting == 1 ? "s" : "", notes,
                notes == 1 ? "" : "s");
    else
        log_say(LOG_LEVEL_INFO, NULL, "checked: nothing hurts, %zu note%s", notes,
                notes == 1 ? "" : "s");
}

static int show(struct db *db, bool as_json, struct error *error)
{
    struct check check = {.count = 0};
    enum status status = check_run(db, &check, error);
    int code = command_exit_code(status);

    if (status == STATUS_OK) {
        (as_json ? check_print_json : check_print)(stdout, &check);
        fflush(stdout);
        say_result(&check);
        code = check.hurting > 0 ? EX_DATAERR : EX_OK;
    }
    check_clear(&check);
    return code;
}

static int run_check(const struct options *options, struct error *error)
{
    bool as_json = false;
    struct db *db = NULL;
    int code = command_refuse_arguments(options, error);

    if (code == EX_OK)
        code = reporting_choose_json(options, &as_json, error);
    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_READ, &db, error);
    if (code != EX_OK)
        return code;
    code = show(db, as_json, error);
    db_close(db);
    return code;
}

static const char *const option_names[] = {"db", "format", NULL};

const struct command command_db_check = {
    .name = "db check",
    .arguments = "",
    .summary = "name settings, sessions and rights that hurt, and the cure",
    .details =
        "Looks at what of the server and the database loses events, slows batches down or stops\n"
        "them one day: settings, locks, vacuum and freezing, forgotten transactions and\n"
        "replication slots, rights, partitions. Each with its value, why it hurts, and the\n"
        "statement that mends it; nothing is changed. Ends with 65 when something hurts; notes\n"
        "alone end with 0.\n",
    .options = option_names,
    .run = run_check,
    .examples = COMMAND_EXAMPLES("kansen db check", "kansen db check --format json"),
};
