/* `kansen db maintain`: partitions ahead of time, and old months that go. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "cli/month_option.h"
#include "cli/option_bounds.h"
#include "cli/rounds.h"
#include "retention/retention.h"
#include "sql/partitions.h"
#include "threats/threat.h"

#define FOR_EVER (-1)

/* What is asked for: which months are made, and which ones go. */
struct maintaining {
    struct partitions_wanted wanted;
    struct retention_settings retention; /* keep_months FOR_EVER: none goes */
};

static void show_moved(void *context, const char *month, int64_t rows)
{
    char text[96];

    (void)context;
    snprintf(text, sizeof(text), "%.7s: %" PRId64 " rows out of the default partition", month,
             rows);
    log_progress(0, 0, text);
}

static void show_export(void *context, const char *month, int64_t events, int64_t total)
{
    char text[96];

    (void)context;
    snprintf(text, sizeof(text), "exporting %.7s, %" PRId64 " events", month, events);
    log_progress(events, total, text);
}

static void say_dropped(void *context, const char *month, int64_t events,
                        const struct pack_file *file)
{
    (void)context;
    log_progress_end();
    if (file != NULL)
        printf("%s\n", file->path);
    if (events < 0)
        log_say(LOG_LEVEL_INFO, NULL, "%s: its infections and active machines were dropped", month);
    else
        log_say(LOG_LEVEL_INFO, NULL, "%s: %" PRId64 " event%s %s", month, events,
                events == 1 ? "" : "s",
                file != NULL ? "exported and dropped" : "dropped, and nowhere any more");
}

static void say_opened(const char *month)
{
    log_say(LOG_LEVEL_WARNING, NULL,
            "%s was closed by a run that did not end, and nothing of it was dropped: it is open "
            "again",
            month);
}

static enum status read_range(const struct options *options, struct partitions_wanted *wanted,
                              struct error *error)
{
    bool from = options_value(options, "from") != NULL;
    bool to = options_value(options, "to") != NULL;

    *wanted = (struct partitions_wanted){.has_range = from, .show = show_moved};
    if (month_option(options, "from", &wanted->first, error) != STATUS_OK ||
        month_option(options, "to", &wanted->last, error) != STATUS_OK)
        return STATUS_REJECT;
    if (from != to)
        return error_set(error, STATUS_REJECT, "--from and --to go together");
    if (wanted->first > wanted->last)
        return error_set(error, STATUS_REJECT, "--from %s is after --to %s",
                         options_value(options, "from"), options_value(options, "to"));
    return STATUS_OK;
}

/* Nothing is dropped by a forgotten option: not without a folder for it, unless --force. */
static enum status read_retention(const struct options *options, struct retention_settings *out,
                                  struct error *error)
{
    *out = (struct retention_settings){
        .keep_months = FOR_EVER,
        .keep_infections = FOR_EVER,
        .folder = options_value(options, "output"),
        .force = options_flag(options, "force"),
        .differences = stdout,
        .show = show_export,
        .done = say_dropped,
    };
    if (option_bounded(options, "keep-months", &out->keep_months, error) != STATUS_OK ||
        option_bounded(options, "keep-infections", &out->keep_infections, error) != STATUS_OK)
        return STATUS_REJECT;
    /* A folder in the environment or a file is for all commands. */
    if (out->keep_months == FOR_EVER && (out->keep_infections != FOR_EVER ||
                                         options_on_command_line(options, "output") || out->force))
        return error_set(error, STATUS_REJECT,
                         "--keep-infections, --output and --force are for months that go: "
                         "--keep-months N says which");
    if (out->keep_months == FOR_EVER)
        return STATUS_OK;
    if (out->keep_infections != FOR_EVER && out->keep_infections < out->keep_months)
        return error_set(error, STATUS_REJECT,
                         "--keep-infections %" PRId64 " is less than --keep-months %" PRId64
                         ": infections are what is kept of a month that goes",
                         out->keep_infections, out->keep_months);
    if (out->folder == NULL && !out->force)
        return error_set(error, STATUS_REJECT,
                         "where do the events go? -o DIR exports them before they are dropped; "
                         "--force drops them for good");
    return STATUS_OK;
}

static int retire(struct db *db, const struct retention_settings *settings, struct error *error)
{
    struct retention_result result;
    enum status status = retention_run(db, settings, &result, error);

    log_progress_end();
    if (status == STATUS_OK && result.months == 0)
        log_say(LOG_LEVEL_INFO, NULL, "no events are older than %" PRId64 " months",
                settings->keep_months);
    return status != STATUS_OK && result.file_failed ? EX_CANTCREAT : command_exit_code(status);
}

static int maintain(const struct options *options, const struct maintaining *maintaining,
                    struct error *error)
{
    struct db *db = NULL;
    int made = 0;
    int code = command_open_ready_db(options, SCHEMA_OWN, &db, error);

    if (code != EX_OK)
        return code;

    enum status status = partitions_maintain(db, &maintaining->wanted, &made, error);

    log_progress_end();
    if (status == STATUS_OK)
        status = threat_sweep(options_value(options, "db"), error);
    if (status == STATUS_OK)
        status = retention_open_closed(db, say_opened, error);
    if (status == STATUS_OK)
        log_say(LOG_LEVEL_INFO, NULL, "partitions of %d month%s made", made, made == 1 ? "" : "s");
    code = command_exit_code(status);
    if (code == EX_OK && maintaining->retention.keep_months != FOR_EVER)
        code = retire(db, &maintaining->retention, error);
    db_close(db);
    return code;
}

static int maintain_once(const struct options *options, struct error *error)
{
    struct maintaining maintaining;
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;
    if (read_range(options, &maintaining.wanted, error) != STATUS_OK ||
        read_retention(options, &maintaining.retention, error) != STATUS_OK)
        return EX_USAGE;
    return maintain(options, &maintaining, error);
}

static int run(const struct options *options, struct error *error)
{
    return rounds_run(options, command_db_maintain.name, maintain_once, error);
}

static const char *const options[] = {"db",     "from",  "to",    "keep-months", "keep-infections",
                                      "output", "force", "every", NULL};

const struct command command_db_maintain = {
    "db maintain",
    "",
    "make monthly partitions ahead of time, drop old months",
    "Makes the partitions from 14 months ago to 3 months ahead, those from --from to --to, and "
    "those "
    "of months whose rows lie in the default partition, and deletes what an interrupted `threat "
    "set` "
    "or `threat remove` left. Run it once a month, or have it run by itself with --every SECONDS, "
    "until SIGTERM: "
    "what the time before has said is not said again then, for a day at most.\n\n"
    "Workers go on storing: what lies in a default partition moves out in steps, between which "
    "they "
    "have their turn. A reader that holds it makes it end with 75 after 20 seconds; run it "
    "again.\n\n"
    "With --keep-months N the events of months older than the N in front of the present one are "
    "written into files below -o DIR, as `db export` does, and dropped. Counts and editions stay, "
    "and so do infections and active machines, unless --keep-infections N says for how long. What "
    "comes later of such a month is rejected as closed_month. It ends with 65, and drops nothing, "
    "when no edition has what was counted, or when a count is not what the events say; --force "
    "drops it all the same.\n",
    options,
    run,
    COMMAND_EXAMPLES("kansen db maintain", "kansen db maintain --from 2013-09 --to 2013-11",
                     "kansen db maintain --keep-months 24 -o /srv/kansen/archive")};
