/* `kansen status`: how kansen stands, for a person and for a monitor; with --worker, how one worker
 * is. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/option_bounds.h"
#include "cli/reporting.h"
#include "cli/worker_status.h"
#include "operate/check.h"
#include "operate/concerns.h"
#include "operate/standing.h"
#include "operate/status_json.h"
#include "operate/status_text.h"

/* Unless --max-lag is given. A partition in which nothing happens says about once a minute that it
 * was read to its end. */
#define MAX_LAG_S 300

/* Unless --max-rejected is given. */
#define MAX_REJECTED 100

static int code_of(enum concern_kind kind)
{
    switch (kind) {
    case CONCERN_NOTE:
        return EX_OK;
    case CONCERN_BEHIND:
        return EX_TEMPFAIL;
    case CONCERN_PERSON:
        return EX_DATAERR;
    }
    return EX_SOFTWARE;
}

static int read_limits(const struct options *options, struct concern_limits *limits,
                       struct error *error)
{
    limits->max_lag = MAX_LAG_S;
    limits->max_rejected = MAX_REJECTED;
    if (option_bounded(options, "max-lag", &limits->max_lag, error) != STATUS_OK ||
        option_bounded(options, "max-rejected", &limits->max_rejected, error) != STATUS_OK)
        return EX_USAGE;
    return EX_OK;
}

/* Partitions that are missing are a concern of their own. */
static size_t hurting_beside_partitions(const struct check *check)
{
    size_t count = 0;

    for (size_t i = 0; i < check->hurting; i++)
        count += strcmp(check->findings[i].name, "partitions") != 0;
    return count;
}

static int show(struct db *db, const struct concern_limits *limits, bool as_json,
                struct error *error)
{
    struct standing standing;
    struct check check = {.count = 0};
    struct concerns concerns = {.count = 0};
    enum status status = standing_load(db, &standing, error);
    int code;

    if (status == STATUS_OK)
        status = check_run(db, &check, error);
    standing.hurting = hurting_beside_partitions(&check);
    if (status == STATUS_OK)
        status = concerns_find(&standing, limits, &concerns, error);
    code = status == STATUS_OK ? code_of(concerns_gravest(&concerns)) : command_exit_code(status);
    if (status == STATUS_OK && as_json)
        status_json_print(stdout, &standing, &concerns, code);
    else if (status == STATUS_OK)
        status_text_print(stdout, &standing, &concerns);
    concerns_clear(&concerns);
    check_clear(&check);
    standing_clear(&standing);
    return code;
}

static int run_status(const struct options *options, struct error *error)
{
    bool as_json = false;
    struct concern_limits limits;
    struct db *db = NULL;
    int code = command_refuse_arguments(options, error);

    if (code == EX_OK && command_is_given(options, "worker"))
        return worker_status_print(options, error);
    if (code == EX_OK)
        code = reporting_choose_json(options, &as_json, error);
    if (code == EX_OK)
        code = read_limits(options, &limits, error);
    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_READ, &db, error);
    if (code != EX_OK)
        return code;
    code = show(db, &limits, as_json, error);
    db_close(db);
    return code;
}

static const char *const option_names[] = {"db",           "format", "max-lag",
                                           "max-rejected", "worker", NULL};

const struct command command_status = {
    .name = "status",
    .arguments = "",
    .summary = "show how kansen stands, on one screen",
    .details =
        "Who reads what and how far behind, which months are complete, what was rejected, how "
        "much\n"
        "room everything takes, and what is wrong with it, each with the way on. It looks at the\n"
        "database alone, in which workers note how far they are, and needs no more than the role\n"
        "kansen_reader.\n"
        "\n"
        "Ends with 0 when all is well; 75 when something is behind: a partition by more than\n"
        "--max-lag, or counts that are being worked on; 65 when something waits for a person; 69\n"
        "when PostgreSQL is away.\n"
        "\n"
        "With --worker it asks one worker instead, which was started with --listen, and ends with "
        "0\n"
        "when that is ready: connected to PostgreSQL and Kafka, its partitions taken, its loop\n"
        "turning; with 69 when it is not, and says what it waits for, or when nobody answers.\n",
    .options = option_names,
    .run = run_status,
    .examples = COMMAND_EXAMPLES("kansen status", "kansen status --format json --max-lag 900",
                                 "kansen status --worker 9464"),
};
