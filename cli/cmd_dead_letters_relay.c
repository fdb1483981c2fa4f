/* `kansen dead-letters relay`: rejected events, sent to a Kafka topic. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/intake.h"
#include "cli/log.h"
#include "dead_letters/relay.h"

static void show_relay(void *context, const struct relay_totals *totals)
{
    char text[64];

    (void)context;
    snprintf(text, sizeof(text), "%" PRIu64 " dead letters relayed", totals->relayed);
    log_progress((int64_t)totals->relayed, 0, text);
}

static void log_relayed(const struct logger *logger, const char *message,
                        const struct relay_totals *totals)
{
    log_write(logger, LOG_LEVEL_INFO, message, LOG_INT("relayed", totals->relayed),
              LOG_INT("refused", totals->refused), NULL);
}

static int relay(const struct options *options, int wait_s, const struct logger *logger,
                 struct error *error)
{
    size_t count = options_count(options, "property");
    const char **properties = calloc(count + 1, sizeof(*properties));
    const struct relay_settings settings = {
        .conninfo = options_value(options, "db"),
        .brokers = options_value(options, "brokers"),
        .topic = options_value(options, "topic"),
        .properties = properties,
        .property_count = count,
        .files = {options_value(options, "sasl-password-file"),
                  options_value(options, "oauth-token-file")},
        .follow = options_flag(options, "follow"),
        .wait_s = wait_s,
        .logger = logger,
        .show = show_relay,
        .stop = &intake_stopped,
    };
    struct relay_totals totals;
    enum status status;
    bool early;

    if (properties == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    for (size_t i = 0; i < count; i++)
        properties[i] = options_item(options, "property", i);
    status = relay_dead_letters(&settings, &totals, error);
    free(properties);
    log_progress_end();
    early = status != STATUS_OK || (intake_stopped && !settings.follow);
    if (status == STATUS_OK || totals.relayed + totals.refused > 0)
        log_relayed(logger,
                    early             ? "stopped early"
                    : settings.follow ? "stopped"
                                      : "relayed",
                    &totals);
    if (status == STATUS_REJECT)
        return EX_CONFIG;
    if (status == STATUS_RETRY && !totals.answered && !intake_stopped)
        return EX_UNAVAILABLE;
    return status != STATUS_OK ? command_exit_code(status) : early ? EX_TEMPFAIL : EX_OK;
}

static int run_relay(const struct options *options, struct error *error)
{
    const struct logger *logger = NULL;
    int wait_s = 0;
    int code = command_refuse_arguments(options, error);

    if (code == EX_OK)
        code = intake_read_wait(options, !options_flag(options, "follow"), "without --follow",
                                &wait_s, error);
    if (code != EX_OK)
        return code;
    if (log_open(options, &logger, error) != STATUS_OK)
        return EX_USAGE;
    if (!command_is_given(options, "brokers") || !command_is_given(options, "topic")) {
        error_set(error, STATUS_REJECT,
                  "to which topic? --brokers HOST:PORT --topic TOPIC are "
                  "needed");
        return EX_USAGE;
    }
    code = intake_check_db(options, error);
    return code == EX_OK ? relay(options, wait_s, logger, error) : code;
}

static const char *const relay_options[] = {
    "brokers", "topic", "property", "sasl-password-file", "oauth-token-file", "follow",
    "wait",    "db",    NULL};

const struct command command_dead_letters_relay = {
    "dead-letters relay",
    "",
    "send rejected events to a Kafka topic",
    "Key, value and headers are those that came; further headers, named as Kafka Connect's\n"
    "(__connect.errors.topic and so on), say where from and why. At least once: a dead letter is "
    "marked\n"
    "in the database when Kafka has acknowledged it, and is not sent to that topic again. One\n"
    "that is too large for the topic stays, and is tried again by the next run. Without --follow\n"
    "it ends when all are sent, and with 69 when no broker has answered for --wait seconds (30).\n",
    relay_options,
    run_relay,
    COMMAND_EXAMPLES("kansen dead-letters relay -b kafka:9092 -t detections.dead",
                     "kansen dead-letters relay -b kafka:9092 -t detections.dead --follow")};
