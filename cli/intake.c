#include "cli/intake.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "sql/db.h"

#define DEFAULT_MAX_AHEAD_DAYS 1

volatile sig_atomic_t intake_stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    intake_stopped = 1;
}

void intake_catch_signals(void)
{
    struct sigaction action = {.sa_handler = stop};

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

int intake_open(const struct options *options, int64_t default_max_age_days,
                const struct logger *logger, struct pipeline **out, struct error *error)
{
    struct pipeline_settings settings = {
        .conninfo = options_value(options, "db"),
        .geoip_path = options_value(options, "geoip"),
        .max_age_days = default_max_age_days,
        .max_ahead_days = DEFAULT_MAX_AHEAD_DAYS,
        .logger = logger,
        .stop = &intake_stopped,
    };
    struct db *db = NULL;
    int code;

    if (options_number(options, "max-age", 0, INTAKE_DAYS_MAX, &settings.max_age_days, error) !=
            STATUS_OK ||
        options_number(options, "max-ahead", 0, INTAKE_DAYS_MAX, &settings.max_ahead_days, error) !=
            STATUS_OK)
        return EX_USAGE;
    code = command_open_ready_db(options, &db, error);
    db_close(db);
    if (code != EX_OK)
        return code;

    enum status status = pipeline_open(&settings, out, error);

    switch (status) {
    case STATUS_OK:
        return EX_OK;
    case STATUS_RETRY:
        return EX_UNAVAILABLE;
    case STATUS_DENIED:
        return EX_NOPERM;
    case STATUS_REJECT:
    case STATUS_FATAL:
        break;
    }
    return EX_CONFIG;
}

void intake_log_totals(const struct logger *logger, const char *message,
                       const struct store_totals *totals)
{
    char numbers[4][24];

    snprintf(numbers[0], sizeof(numbers[0]), "%" PRIu64, totals->accepted);
    snprintf(numbers[1], sizeof(numbers[1]), "%" PRIu64, totals->repeated);
    snprintf(numbers[2], sizeof(numbers[2]), "%" PRIu64, totals->conflicting);
    snprintf(numbers[3], sizeof(numbers[3]), "%" PRIu64, totals->rejected);
    log_write(logger, LOG_LEVEL_INFO, message, "accepted", numbers[0], "repeated", numbers[1],
              "conflicting", numbers[2], "rejected", numbers[3], NULL);
}
