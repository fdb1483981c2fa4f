#include "cli/intake.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/event_format.h"
#include "cli/option_bounds.h"
#include "ingest/store/infection_cache.h"
#include "sql/db.h"

/* Unless --wait says otherwise. */
#define DEFAULT_WAIT_S 30

volatile sig_atomic_t intake_stopped;
volatile sig_atomic_t intake_reload_asked;

/* Is SIGHUP no reason to stop? */
static bool hangup_reloads;

/* Nothing has been read yet: a wait for PostgreSQL need not be sat out. */
static volatile sig_atomic_t starting;

static void stop(int signal_number)
{
    (void)signal_number;
    intake_stopped = 1;
    if (starting)
        (void)db_interrupt();
}

static void ask_for_reload(int signal_number)
{
    (void)signal_number;
    intake_reload_asked = 1;
}

static bool has_terminal(void)
{
    int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

    if (terminal >= 0)
        close(terminal);
    return terminal >= 0;
}

void intake_expect_reloads(void)
{
    hangup_reloads = !has_terminal();
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = stop};
    struct sigaction reload = {.sa_handler = ask_for_reload, .sa_flags = SA_RESTART};
    struct sigaction before;

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigemptyset(&reload.sa_mask);
    /* A terminal that was closed; nohup has it ignored. */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, hangup_reloads ? &reload : &action, NULL);
}

int intake_check_db(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    int code;

    starting = 1;
    catch_signals();
    code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);
    starting = 0;
    db_close(db);
    return code != EX_OK && intake_stopped ? EX_TEMPFAIL : code;
}

enum event_kind intake_kind(const struct options *options)
{
    return options_flag(options, "heartbeats") ? EVENT_HEARTBEAT : EVENT_DETECTION;
}

int intake_open(const struct options *options, int64_t default_max_age_days,
                const struct logger *logger, struct watch *watch, struct pipeline **out,
                struct error *error)
{
    struct pipeline_settings settings = {
        .conninfo = options_value(options, "db"),
        .geoip_path = options_value(options, "geoip"),
        .max_age_days = default_max_age_days,
        .max_ahead_days = INTAKE_MAX_AHEAD_DAYS,
        .infection_cache_mib = INFECTION_CACHE_MIB,
        .logger = logger,
        .stop = &intake_stopped,
        .watch = watch,
    };
    int code;

    if (option_bounded(options, "max-age", &settings.max_age_days, error) != STATUS_OK ||
        option_bounded(options, "max-ahead", &settings.max_ahead_days, error) != STATUS_OK ||
        option_bounded(options, "infection-cache", &settings.infection_cache_mib, error) !=
            STATUS_OK)
        return EX_USAGE;
    code = event_format_open(options_value(options, "event-format"), intake_kind(options),
                             &settings.mapping, error);
    if (code == EX_OK)
        code = intake_check_db(options, error);
    if (code != EX_OK) {
        mapping_free(settings.mapping);
        return code;
    }

    enum status status = pipeline_open(&settings, out, error);

    return command_refused_code(status);
}

int intake_read_wait(const struct options *options, bool ends, const char *how, int *wait_s,
                     struct error *error)
{
    int64_t seconds = DEFAULT_WAIT_S;

    if (!ends && options_on_command_line(options, "wait")) {
        error_set(error, STATUS_REJECT,
                  "--wait is for runs that end, %s; one that doesn't waits for Kafka without bound",
                  how);
        return EX_USAGE;
    }
    if (option_bounded(options, "wait", &seconds, error) != STATUS_OK)
        return EX_USAGE;
    *wait_s = (int)seconds;
    return EX_OK;
}
