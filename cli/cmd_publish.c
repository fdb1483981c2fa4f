/* `kansen publish`: an edition, or the next one in its place. */
#include <stddef.h>

#include "cli/commands.h"
#include "cli/publish_due.h"
#include "cli/publishing.h"
#include "cli/reporting.h"
#include "cli/rounds.h"

static bool is_given(const struct options *options, const char *name)
{
    return option_find(name)->value_name == NULL ? options_flag(options, name)
                                                 : options_value(options, name) != NULL;
}

static int check_together(const struct options *options, struct error *error)
{
    static const char *const undue[] = {"from", "to", "restate", "force", NULL};
    static const char *const due[] = {"every", "settle", NULL};
    bool is_due = options_flag(options, "due");

    for (const char *const *name = undue; is_due && *name != NULL; name++)
        if (is_given(options, *name)) {
            error_set(error, STATUS_REJECT,
                      "--due finds out by itself which editions are missing, and --%s says which "
                      "one is meant: leave one of them out",
                      *name);
            return EX_USAGE;
        }
    for (const char *const *name = due; !is_due && *name != NULL; name++)
        if (options_on_command_line(options, *name)) {
            error_set(error, STATUS_REJECT, "--%s is for --due", *name);
            return EX_USAGE;
        }
    if (options_flag(options, "force") && !options_flag(options, "restate")) {
        error_set(error, STATUS_REJECT, "--force is for --restate");
        return EX_USAGE;
    }
    return EX_OK;
}

static int publish(const struct options *options, struct error *error)
{
    struct stats_request request = {.threat = NULL};
    struct template *template = NULL;
    struct db *db = NULL;
    int code = command_check_arguments(options, 1, 1, "THREAT", error);

    if (code == EX_OK)
        code = reporting_read(options, &request, error);
    if (code == EX_OK && publishing_brings_template(options))
        code = reporting_read_template(options, &template, error);
    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_PUBLISH, &db, error);
    if (code == EX_OK) {
        enum status status = stats_choose_window(db, &request, error);

        code = status == STATUS_REJECT ? EX_USAGE : command_exit_code(status);
    }
    if (code == EX_OK)
        code = publishing_window(db, options, template, &request, error);
    db_close(db);
    template_free(template);
    return code;
}

static int run_publish(const struct options *options, struct error *error)
{
    int code = check_together(options, error);

    if (code != EX_OK)
        return code;
    return options_flag(options, "due")
               ? rounds_run(options, command_publish.name, publish_due, error)
               : publish(options, error);
}

static const char *const option_names[] = {
    "db",     "from",   "to",    "months", "top",      "by",          "unique",  "suppress-below",
    "format", "output", "lang",  "bom",    "template", "provisional", "restate", "force",
    "due",    "settle", "every", NULL};

const struct command command_publish = {
    .name = "publish",
    .arguments = "[THREAT…]",
    .summary = "publish a report as an edition that never changes",
    .details =
        "An edition keeps its figures, options, definitions, MaxMind DBs, completeness and files, "
        "each\n"
        "with its digest, under a number that counts the editions of the threat and window from 1. "
        "The\n"
        "files are written to DIR (the current folder unless given) as "
        "THREAT-FROM-TO-edition-N.LANG.\n"
        "SUFFIX; their paths are printed. It is whole or not there.\n"
        "\nWhat arrives later changes nothing of it. --restate makes the next edition of the same\n"
        "threat and window, which says what has changed by month and value and why: late events,\n"
        "new patterns, `db relocate`, replayed dead letters. Options that are not given are those "
        "of\n"
        "the edition before, and so is its template: the files of --template DIR are kept with it. "
        "An\n"
        "empty DIR is kansen's own. When nothing has changed, none is made, but with --force.\n"
        "\nA window that is not complete ends with 75, and nothing is published, but with\n"
        "--provisional. See report for the window and the other options.\n"
        "\n--due publishes what is missing: of each THREAT, or of all that are defined, the window "
        "that ends with the last month that is over and spans --months N, without the months in "
        "front of the first event. Where an edition ends with that month it is there: only files "
        "of it that are missing in DIR are written again. A withdrawn one is replaced by "
        "--restate alone. Before an edition is made, nothing of its months may have arrived for "
        "--settle SECONDS, which it waits for 20 times at most. Nothing to do is said and ends "
        "with 0; of several codes 75 is the last to be chosen. It may run as often as you like, "
        "by cron, by a timer, or by itself with --every SECONDS until SIGTERM: then what the "
        "round before has said is not said again, for a day at most.\n",
    .options = option_names,
    .run = run_publish,
    .examples =
        COMMAND_EXAMPLES("kansen publish bitcoin-miner --from 2013-09 --to 2013-11 -o reports",
                         "kansen publish bitcoin-miner --from 2013-09 --to 2013-11 --restate",
                         "kansen publish --due -o reports"),
};
