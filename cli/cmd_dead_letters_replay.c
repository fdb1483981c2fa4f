/* `kansen dead-letters replay`: what is accepted by now is stored after all. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/dead_letter_options.h"
#include "cli/intake.h"
#include "cli/intake_lines.h"
#include "cli/log.h"
#include "cli/option_bounds.h"
#include "dead_letters/replay.h"

static void show_replay(void *context, const struct replay_progress *progress)
{
    char text[64];

    (void)context;
    snprintf(text, sizeof(text), "%" PRId64 " dead letters", progress->dead_letters);
    log_progress(progress->dead_letters, progress->total, text);
}

static int replay(struct pipeline *pipeline, const struct options *options,
                  const struct dead_letter_filter *filter, const struct logger *logger,
                  struct error *error)
{
    const struct replay_settings settings = {.conninfo = options_value(options, "db"),
                                             .filter = *filter,
                                             .logger = logger,
                                             .show = show_replay,
                                             .stop = &intake_stopped};
    enum status status = replay_dead_letters(pipeline, &settings, error);
    struct store_totals totals = pipeline_totals(pipeline);

    log_progress_end();
    if (status == STATUS_OK || intake_has_begun(&totals))
        intake_log_totals(
            logger, status == STATUS_OK && !intake_stopped ? "replayed" : "stopped early", &totals);
    if (status != STATUS_OK)
        return command_exit_code(status);
    return intake_stopped ? EX_TEMPFAIL : EX_OK;
}

/* Nothing waits, or not of what was named: the zeros of a replay don't say so. */
static int say_none(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    int code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);

    if (code == EX_OK)
        code = dead_letter_say_none(db, options_argument(options, 0), "", error);
    db_close(db);
    return code;
}

static int replay_filtered(const struct options *options, const struct dead_letter_filter *filter,
                           struct error *error)
{
    const struct logger *logger = NULL;
    struct pipeline *pipeline = NULL;
    struct store_totals totals;
    int code;

    if (log_open(options, &logger, error) != STATUS_OK)
        return EX_USAGE;
    code = intake_open(options, OPTION_MAX_AGE_DAYS, logger, NULL, &pipeline, error);
    if (code != EX_OK)
        return code;
    code = replay(pipeline, options, filter, logger, error);
    totals = pipeline_totals(pipeline);
    pipeline_close(pipeline);
    return code == EX_OK && !intake_has_begun(&totals) ? say_none(options, error) : code;
}

static int run_replay(const struct options *options, struct error *error)
{
    struct dead_letter_options chosen;
    int code = dead_letter_options_read(options, &chosen, error);

    /* A format is of one kind. */
    if (options_flag(options, "heartbeats"))
        chosen.filter.heartbeats = "true";
    else if (options_value(options, "event-format") != NULL)
        chosen.filter.heartbeats = "false";
    if (code == EX_OK)
        code = replay_filtered(options, &chosen.filter, error);
    dead_letter_options_clear(&chosen);
    return code;
}

static const char *const replay_options[] = {
    "db",    "event-format", "heartbeats", "reason",          "since", "until",
    "geoip", "max-age",      "max-ahead",  "infection-cache", NULL};

const struct command command_dead_letters_replay = {
    "dead-letters replay",
    "[TOPIC]",
    "store rejected events that are accepted now",
    DEAD_LETTER_FILTER_HELP
    "Letters go through the same checks as in `kansen ingest`, with the --max-age, --max-ahead "
    "and\n"
    "--geoip given here; age is measured by the time at which they were rejected. Each event\n"
    "counts once, however often this is run or killed; what is still rejected stays, with the\n"
    "reason of today. What was read as a heartbeat is one here, too: --heartbeats means those\n"
    "alone, --event-format without it the others. Ends with 0 when every dead letter has been "
    "tried.\n",
    replay_options,
    run_replay,
    COMMAND_EXAMPLES("kansen dead-letters replay",
                     "kansen dead-letters replay --reason time_out_of_range --max-age 800")};
