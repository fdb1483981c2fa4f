#include "cli/demo_kept.h"

#include <stdlib.h>

#include "cli/log.h"

#define PSQL "psql 'host=%s user=%s dbname=" DEMO_DATABASE "'"

void demo_kept_say_made(const struct kept *kept, const char *report_folder, const char *from,
                        const char *to)
{
    log_say(LOG_LEVEL_INFO, NULL,
            "The report lies in %s. The demo's PostgreSQL goes on running:", report_folder);
    log_say(LOG_LEVEL_INFO, NULL, "  " PSQL, kept->folder, KEPT_READER);
    log_say(LOG_LEVEL_INFO, NULL,
            "reads the views of schema report (\\dv+ report.*); docs/cookbook.md asks them. As the "
            "owner:");
    log_say(LOG_LEVEL_INFO, NULL, "  " PSQL, kept->folder, "kansen");
    log_say(LOG_LEVEL_INFO, NULL, "The statements that give the report's tables:");
    log_say(LOG_LEVEL_INFO, NULL,
            "  kansen stats --from %s --to %s --show-sql --db 'host=%s user=%s "
            "dbname=" DEMO_DATABASE "'",
            from, to, kept->folder, KEPT_READER);
    log_say(LOG_LEVEL_INFO, NULL, "It ends, and its folder is removed, with:");
    log_say(LOG_LEVEL_INFO, NULL, "  kansen demo --stop");
}

void demo_kept_say_left(void)
{
    struct kept *all = NULL;
    size_t count = 0;
    struct error error;

    if (kept_find(&all, &count, &error) != STATUS_OK) {
        log_say(LOG_LEVEL_WARNING, "demo", "%s", error.message);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (all[i].is_others)
            continue;
        log_say(LOG_LEVEL_INFO, NULL,
                all[i].running
                    ? "An earlier demo is still running: " PSQL "; `kansen demo --stop` ends it."
                    : "Of an earlier demo (host=%s user=%s) the data are left, and no server runs; "
                      "`kansen demo --stop` removes them.",
                all[i].folder, KEPT_READER);
    }
    free(all);
}

static enum status stop_all(const struct kept *all, size_t count, struct error *error)
{
    const char *others = NULL;
    size_t stopped = 0;
    enum status worst = STATUS_OK;

    for (size_t i = 0; i < count; i++) {
        struct error why;
        enum status status;

        if (all[i].is_others) {
            others = all[i].folder;
            continue;
        }
        status = kept_stop(&all[i], &why);
        stopped++;
        if (status == STATUS_OK) {
            log_say(LOG_LEVEL_INFO, NULL, "%s: %s and removed", all[i].folder,
                    all[i].running ? "stopped" : "was not running,");
            continue;
        }
        worst = status;
        *error = why;
    }
    if (stopped == 0)
        log_say(LOG_LEVEL_INFO, NULL, "No demo of yours was left running.");
    if (stopped == 0 && others != NULL)
        log_say(LOG_LEVEL_INFO, NULL,
                "%s is another user's: of root's demos root stops what was left.", others);
    return worst;
}

int demo_kept_stop_all(const struct options *options, struct error *error)
{
    static const char *const others[] = {"keep", "output", "scenario"};
    struct kept *all = NULL;
    size_t count = 0;
    enum status status;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (!options_on_command_line(options, others[i]))
            continue;
        error_set(error, STATUS_REJECT, "--stop ends what --keep left, and takes no --%s",
                  others[i]);
        return EX_USAGE;
    }
    status = kept_find(&all, &count, error);
    if (status == STATUS_OK)
        status = stop_all(all, count, error);
    free(all);
    return command_exit_code(status);
}
