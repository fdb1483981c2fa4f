#define _DEFAULT_SOURCE /* on_exit */
/* `kansen ingest`: a worker, from Kafka to PostgreSQL until it is told to stop. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/intake.h"
#include "cli/intake_lines.h"
#include "cli/log.h"
#include "cli/option_bounds.h"
#include "cli/service.h"
#include "cli/worker_watch.h"
#include "ingest/kafka/consumer.h"

#define DEFAULT_GROUP "kansen"
/* Members of one group that read different topics would rebalance for each other. */
#define HEARTBEATS_GROUP "kansen-heartbeats"
#define HEARTBEATS_TOPIC "heartbeats"

struct worker {
    struct pipeline *pipeline;
    const struct logger *logger;
    struct watch *watch; /* NULL: nobody watches */
    struct intake_minute minute;
    struct service service;
};

static void show(void *context, const struct consumer_progress *progress)
{
    struct worker *worker = context;
    struct store_totals totals = pipeline_totals(worker->pipeline);
    int64_t total = progress->left < 0 ? 0 : (int64_t)progress->messages + progress->left;
    char text[160];

    snprintf(text, sizeof(text),
             "%" PRIu64 " stored, %" PRIu64 " repeated, %" PRIu64 " rejected, %" PRId64 " to go%s",
             totals.accepted, totals.repeated, totals.rejected,
             progress->left < 0 ? 0 : progress->left,
             progress->waiting ? ", waiting for PostgreSQL" : "");
    log_progress((int64_t)progress->messages, total, text);
    intake_minute_tick(&worker->minute, worker->logger, &totals, progress);
    service_show(&worker->service, &totals, progress);
}

/* The loop has turned: the one place that tells whoever looks after the worker from outside. */
static void beat(void *context, const char *doing)
{
    struct worker *worker = context;

    health_beat(watch_health(worker->watch), doing);
    service_beat(&worker->service, doing);
}

static int exit_code_of(enum status status)
{
    if (status == STATUS_REJECT)
        return EX_CONFIG;
    /* Nobody told it to stop: the brokers don't answer. */
    if (status == STATUS_RETRY && !intake_stopped)
        return EX_UNAVAILABLE;
    return command_exit_code(status);
}

/* The watchdog's last word: a supervisor starts the worker anew. */
static void bite(void *context, const char *what)
{
    const struct worker *worker = context;

    log_write(worker->logger, LOG_LEVEL_ERROR, "the worker hangs and is ended", "reason", what,
              NULL);
    _exit(EX_TEMPFAIL);
}

/* Threads that librdkafka could not end must not meet exit handlers that take their memory away. */
static void leave_at_once(int code, void *ignored)
{
    (void)ignored;
    fflush(NULL);
    _exit(code);
}

/* Whole seconds that the command line gives. */
struct seconds {
    int wait;
    int64_t stats_interval;
};

static const char *topic_of(const struct options *options)
{
    const char *topic = options_value(options, "topic");

    return topic == NULL && intake_kind(options) == EVENT_HEARTBEAT ? HEARTBEATS_TOPIC : topic;
}

static const char *group_of(const struct options *options)
{
    const char *group = options_value(options, "group");

    if (group != NULL)
        return group;
    return intake_kind(options) == EVENT_HEARTBEAT ? HEARTBEATS_GROUP : DEFAULT_GROUP;
}

static int consume(struct worker *worker, const struct options *options,
                   const struct seconds *seconds, struct error *error)
{
    size_t count = options_count(options, "property");
    const char **properties = calloc(count + 1, sizeof(*properties));
    const struct service_parts parts = {options, command_ingest.options, worker->pipeline,
                                        &worker->minute, worker->logger};
    bool left_behind = false;
    struct consumer_settings settings = {
        .brokers = options_value(options, "brokers"),
        .topic = topic_of(options),
        .group = group_of(options),
        .kind = intake_kind(options),
        .properties = properties,
        .property_count = count,
        .files = {options_value(options, "sasl-password-file"),
                  options_value(options, "oauth-token-file")},
        .until_end = options_flag(options, "until-end"),
        .wait_s = seconds->wait,
        .logger = worker->logger,
        .watch = worker->watch,
        .show = show,
        .context = worker,
        .stop = &intake_stopped,
        .bite = bite,
        .beat = beat,
        .left_behind = &left_behind,
    };
    enum status status;

    if (properties == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    for (size_t i = 0; i < count; i++)
        properties[i] = options_item(options, "property", i);
    worker->minute = intake_minute_begin(seconds->stats_interval);
    status = service_open(&worker->service, &parts, error);
    if (status == STATUS_OK)
        status = consumer_run(worker->pipeline, &settings, error);
    service_close(&worker->service);
    if (left_behind)
        on_exit(leave_at_once, NULL);
    free(properties);
    log_progress_end();

    struct store_totals totals = pipeline_totals(worker->pipeline);

    if (status == STATUS_OK || intake_has_begun(&totals))
        intake_log_totals(worker->logger, "stopped", &totals);
    return exit_code_of(status);
}

/* With everything that it needs from outside, in the order in which it is ended. */
static int work(struct worker *worker, const struct options *options, const struct seconds *seconds,
                struct error *error)
{
    int code;

    intake_expect_reloads();
    code = intake_open(options, OPTION_MAX_AGE_DAYS, worker->logger, worker->watch,
                       &worker->pipeline, error);

    /* Nothing had been read. */
    if (code == EX_TEMPFAIL && intake_stopped)
        return EX_OK;
    if (code != EX_OK)
        return code;
    if (!options_flag(options, "until-end"))
        pipeline_warn_of_demo_geoip(worker->pipeline);
    code = consume(worker, options, seconds, error);
    pipeline_close(worker->pipeline);
    return code;
}

static int work_watched(const struct options *options, const struct seconds *seconds,
                        const struct logger *logger, struct error *error)
{
    const struct worker_identity identity = {
        topic_of(options), group_of(options),
        intake_kind(options) == EVENT_HEARTBEAT ? "heartbeats" : "detections"};
    struct worker worker = {.logger = logger};
    struct worker_watch *watched = NULL;
    int code = worker_watch_open(options, &identity, logger, &watched, error);

    if (code != EX_OK)
        return code;
    worker.watch = worker_watch_of(watched);
    code = work(&worker, options, seconds, error);
    worker_watch_close(watched);
    return code;
}

static int run(const struct options *options, struct error *error)
{
    const struct logger *logger = NULL;
    struct seconds seconds = {.stats_interval = INTAKE_STATS_INTERVAL_S};
    int code = command_refuse_arguments(options, error);

    if (code == EX_OK)
        code = intake_read_wait(options, options_flag(options, "until-end"), "with --until-end",
                                &seconds.wait, error);
    if (code != EX_OK)
        return code;
    if (option_bounded(options, "stats-interval", &seconds.stats_interval, error) != STATUS_OK)
        return EX_USAGE;
    if (log_open(options, &logger, error) != STATUS_OK)
        return EX_USAGE;
    if (!command_is_given(options, "brokers") || topic_of(options) == NULL) {
        error_set(error, STATUS_REJECT,
                  "which topic? --brokers HOST:PORT --topic TOPIC are needed");
        return EX_USAGE;
    }
    return work_watched(options, &seconds, logger, error);
}

static const char *const options[] = {"brokers",
                                      "topic",
                                      "group",
                                      "property",
                                      "sasl-password-file",
                                      "oauth-token-file",
                                      "db",
                                      "geoip",
                                      "max-age",
                                      "infection-cache",
                                      "until-end",
                                      "wait",
                                      "stats-interval",
                                      "event-format",
                                      "heartbeats",
                                      "max-ahead",
                                      "listen",
                                      NULL};

const struct command command_ingest = {
    "ingest",
    "",
    "store events from Kafka, exactly once",
    "Runs until SIGTERM; then it stores what it has read and ends with 0. Start as many as you\n"
    "like in one group (default: kansen). Offsets are kept in PostgreSQL with the rows they stand\n"
    "for; Kafka's are only a copy. Events older than 400 days or more than a day ahead are\n"
    "rejected unless --max-age and --max-ahead say otherwise. Every 60 seconds (--stats-interval) "
    "in\n"
    "which something came, a line says how much was accepted and rejected, and the lag; a warning\n"
    "says at once when most of a partition is rejected. With --until-end it ends with 69 when no\n"
    "broker has answered for --wait seconds (30). With --heartbeats the topic (default: "
    "heartbeats)\n"
    "holds heartbeats, by which machines count as active; its group is kansen-heartbeats by\n"
    "default. A topic that is read as the other kind already is refused.\n"
    "On SIGHUP --config is read again: log-level, stats-interval, geoip, max-age and max-ahead\n"
    "count from then on; what else has changed is named and waits for a restart. systemd\n"
    "(Type=notify) is told when the worker is there, what it does, and that it does not hang.\n"
    "Secrets in files (--sasl-password-file, --oauth-token-file, --db-password-file, those of\n"
    "TLS) can be replaced at any time: they are read again, without a restart.\n",
    options,
    run,
    COMMAND_EXAMPLES("kansen ingest -b kafka:9092 -t detections --until-end",
                     "kansen ingest -b kafka:9092 --heartbeats",
                     "kansen ingest --config /etc/kansen/ingest.conf --log-format json")};
