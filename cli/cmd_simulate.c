/* `kansen simulate`: the events of a scenario, to Kafka or as lines on standard output. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "cli/option_bounds.h"
#include "simulate/data.h"
#include "simulate/fleet.h"
#include "simulate/foreign.h"
#include "simulate/message.h"
#include "simulate/networks.h"
#include "simulate/producer.h"
#include "simulate/scenario.h"
#include "simulate/truth.h"

#define DEFAULT_TOPIC "detections"
#define HEARTBEATS_TOPIC "heartbeats"
#define DEFAULT_PARTITIONS 4
#define OUTPUT_BUFFER_SIZE (1024 * 1024)
/* Events between two updates of the progress bar. */
#define PROGRESS_STEP 8192

/* All that a run holds; cleared in one place. */
struct simulation {
    const struct foreign_format *format; /* NULL: kansen's own */
    uint32_t part;                       /* of parts, from 0 */
    uint32_t parts;
    size_t sent;
    struct networks *networks;
    struct scenario *scenario;
    struct fleet *fleet;
    struct producer *producer; /* NULL: standard output */
    struct message *message;
};

static const char *topic_of(const struct options *options)
{
    if (options_value(options, "topic") != NULL)
        return options_value(options, "topic");
    return options_flag(options, "heartbeats") ? HEARTBEATS_TOPIC : DEFAULT_TOPIC;
}

/* As `dead-letters relay`: 78 for what is wrong, or refused; 69 while nobody answers. */
static int open_producer(const struct options *options, const char *brokers, int partitions,
                         struct producer **out, struct error *error)
{
    size_t count = options_count(options, "property");
    const char **properties = calloc(count + 1, sizeof(*properties));
    const struct logger *logger = NULL;
    enum status status = log_open(options, &logger, error);

    if (properties == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; properties != NULL && i < count; i++)
        properties[i] = options_item(options, "property", i);

    const struct producer_settings settings = {
        .properties = {.brokers = brokers,
                       .properties = properties,
                       .count = count,
                       .files = {options_value(options, "sasl-password-file"),
                                 options_value(options, "oauth-token-file")}},
        .topic = topic_of(options),
        .partitions = partitions,
        .logger = logger,
    };

    if (status == STATUS_OK)
        status = producer_new(&settings, out, error);
    free(properties);
    return status == STATUS_FATAL ? command_exit_code(status) : command_refused_code(status);
}

/* "2/4" */
static enum status read_part(const struct options *options, struct simulation *simulation,
                             struct error *error)
{
    const char *text = options_value(options, "part");
    unsigned int part;
    unsigned int parts;
    int length = 0;

    simulation->parts = 1;
    if (text == NULL)
        return STATUS_OK;
    if (sscanf(text, "%3u/%3u%n", &part, &parts, &length) != 2 || text[length] != '\0' ||
        part < 1 || part > parts)
        return error_set(error, STATUS_REJECT, "--part is K/N, 1/1 to 999/999, not \"%s\"", text);
    simulation->part = part - 1;
    simulation->parts = parts;
    return STATUS_OK;
}

static enum status read_format(const struct options *options, struct simulation *simulation,
                               struct error *error)
{
    const char *name = options_value(options, "event-format");

    if (name == NULL || strcmp(name, "kansen") == 0)
        return STATUS_OK;
    if (options_flag(options, "heartbeats"))
        return error_set(error, STATUS_REJECT, "--event-format: heartbeats are kansen's own here");
    simulation->format = foreign_find(name);
    return simulation->format != NULL
               ? STATUS_OK
               : error_set(
                     error, STATUS_REJECT,
                     "--event-format %s: the simulator writes kansen, ocsf, ecs and cloudevents",
                     name);
}

/* What else the options say. */
struct wish {
    int64_t seed; /* -1: the scenario's */
    int64_t partitions;
};

static int read_wish(const struct options *options, struct simulation *simulation,
                     struct wish *wish, struct error *error)
{
    enum status status = read_part(options, simulation, error);

    *wish = (struct wish){-1, DEFAULT_PARTITIONS};
    if (status == STATUS_OK)
        status = read_format(options, simulation, error);
    if (status == STATUS_OK)
        status = option_bounded(options, "seed", &wish->seed, error);
    if (status == STATUS_OK)
        status = option_bounded(options, "partitions", &wish->partitions, error);
    return status == STATUS_OK ? EX_OK : EX_USAGE;
}

static int read_input(const char *path, struct simulation *simulation, struct error *error)
{
    char networks[PATH_MAX];
    enum status status = data_path("networks.csv", networks, sizeof(networks), error);

    if (status == STATUS_OK)
        status = networks_read(networks, &simulation->networks, error);
    if (status == STATUS_OK)
        status = scenario_read(path, simulation->networks, &simulation->scenario, error);
    return command_input_code(status);
}

static int prepare(const struct options *options, struct simulation *simulation,
                   struct error *error)
{
    const char *brokers = options_value(options, "brokers");
    enum status status;
    struct wish wish;
    int code = read_wish(options, simulation, &wish, error);

    if (code == EX_OK)
        code = read_input(options_argument(options, 0), simulation, error);
    if (code != EX_OK)
        return code;
    if (wish.seed >= 0)
        simulation->scenario->seed = (uint64_t)wish.seed;
    status = options_flag(options, "heartbeats")
                 ? fleet_plan_heartbeats(simulation->scenario, &simulation->fleet, error)
                 : fleet_plan(simulation->scenario, brokers == NULL, &simulation->fleet, error);
    if (status != STATUS_OK)
        return command_exit_code(status);
    simulation->message = malloc(sizeof(*simulation->message));
    if (simulation->message == NULL)
        return command_exit_code(error_set(error, STATUS_FATAL, "out of memory"));
    return brokers == NULL ? EX_OK
                           : open_producer(options, brokers, (int)wish.partitions,
                                           &simulation->producer, error);
}

static enum status write_line(const struct message *message, struct error *error)
{
    if (fwrite(message->value.data, 1, message->value.length, stdout) == message->value.length &&
        putc_unlocked('\n', stdout) != EOF)
        return STATUS_OK;
    return error_set(error, STATUS_FATAL, "standard output: %s", strerror(errno));
}

static enum status send_all(struct simulation *simulation, struct error *error)
{
    const struct fleet *fleet = simulation->fleet;
    struct message *message = simulation->message;
    bool bar = isatty(STDERR_FILENO) && (simulation->producer != NULL || !isatty(STDOUT_FILENO));
    enum status status = STATUS_OK;

    for (size_t i = 0; i < fleet->count && status == STATUS_OK; i++) {
        if (fleet_part(&fleet->sightings[i], simulation->parts) != simulation->part)
            continue;
        simulation->sent++;
        message_write(simulation->scenario, simulation->networks, &fleet->sightings[i],
                      simulation->format, message);
        if (simulation->producer != NULL)
            status = producer_send(simulation->producer, message->key, message->value, error);
        else
            status = write_line(message, error);
        if (bar && i % PROGRESS_STEP == 0)
            fprintf(stderr, "\r%3zu %% of %zu events ", i * 100 / fleet->count, fleet->count);
    }
    if (status == STATUS_OK && simulation->producer != NULL)
        status = producer_finish(simulation->producer, error);
    if (status == STATUS_OK && simulation->producer == NULL && fflush(stdout) != 0)
        status = error_set(error, STATUS_FATAL, "standard output: %s", strerror(errno));
    if (bar)
        fprintf(stderr, "\r\033[K");
    return status;
}

static void print_summary(const struct simulation *simulation, const struct options *options)
{
    const struct truth *truth = simulation->fleet->truth;

    if (simulation->producer != NULL)
        log_say(LOG_LEVEL_INFO, NULL, "sent to the topic %s", topic_of(options));

    if (simulation->parts > 1) {
        log_say(LOG_LEVEL_INFO, NULL, "%zu of %zu events: part %u of %u", simulation->sent,
                simulation->fleet->count, simulation->part + 1, simulation->parts);
        return;
    }
    if (truth->active.heartbeats > 0) {
        log_say(LOG_LEVEL_INFO, NULL, "%zu heartbeats, %" PRIu64 " of them sent again",
                simulation->fleet->count, truth->duplicates);
        return;
    }
    log_say(LOG_LEVEL_INFO, NULL,
            "%zu events: %" PRIu64 " to be stored, %" PRIu64 " of them sent again, %" PRIu64
            " to be rejected",
            simulation->fleet->count, truth_accepted(truth, simulation->scenario),
            truth->duplicates, truth_rejected(truth));
}

/* Who sends a fleet of long ago sees nothing of it in reports: it is in the dead letters. */
static void warn_of_age(const struct simulation *simulation)
{
    month_t last =
        simulation->scenario->first_month + (month_t)simulation->scenario->month_count - 1;
    time_t now = time(NULL);
    struct tm utc;
    char text[MONTH_TEXT_SIZE];

    gmtime_r(&now, &utc);
    /* At least as many days lie behind the last month. */
    if (simulation->producer == NULL ||
        (month_from(utc.tm_year + 1900, utc.tm_mon + 1) - last - 1) * 28 <= OPTION_MAX_AGE_DAYS)
        return;
    log_say(LOG_LEVEL_WARNING, NULL,
            "the newest of these events are of %s: a worker rejects what is older than %d days, "
            "unless it runs with --max-age",
            month_format(last, text), OPTION_MAX_AGE_DAYS);
}

static int simulate(const struct options *options, struct simulation *simulation,
                    struct error *error)
{
    const char *truth = options_value(options, "truth");
    int code = prepare(options, simulation, error);
    enum status status;

    if (code != EX_OK)
        return code;
    status = send_all(simulation, error);
    if (status != STATUS_OK)
        return ferror(stdout) ? EX_IOERR : command_exit_code(status);
    if (truth != NULL &&
        truth_write(simulation->fleet->truth, simulation->scenario, truth, error) != STATUS_OK)
        return EX_CANTCREAT;
    print_summary(simulation, options);
    warn_of_age(simulation);
    return EX_OK;
}

static int run_simulate(const struct options *options, struct error *error)
{
    struct simulation simulation = {0};
    int code = command_check_arguments(options, 1, 1, "SCENARIO", error);

    if (code != EX_OK)
        return code;
    setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER_SIZE);
    code = simulate(options, &simulation, error);
    free(simulation.message);
    producer_free(simulation.producer);
    fleet_free(simulation.fleet);
    scenario_free(simulation.scenario);
    networks_free(simulation.networks);
    return code;
}

static const char *const simulate_options[] = {"brokers",
                                               "topic",
                                               "property",
                                               "sasl-password-file",
                                               "oauth-token-file",
                                               "partitions",
                                               "event-format",
                                               "heartbeats",
                                               "part",
                                               "seed",
                                               "truth",
                                               NULL};

const struct command command_simulate = {
    "simulate",
    "SCENARIO",
    "events of a simulated fleet, to Kafka or standard output",
    "Without --brokers, one event a line goes to standard output. The same scenario and seed give\n"
    "the same events; --truth FILE says what they should be counted as. --event-format sends them "
    "as\n"
    "ocsf, ecs or cloudevents; --part 2/4 sends those of every fourth machine, so that one fleet "
    "can\n"
    "speak several formats. The truth is that of the whole fleet. Events that are made to be "
    "rejected\n"
    "are of the first part, and have kansen's own format. --heartbeats sends the heartbeats of\n"
    "the same machines and of those that are active and not infected (topic: heartbeats).\n",
    simulate_options,
    run_simulate,
    COMMAND_EXAMPLES("kansen simulate fleet.scenario > events.ndjson",
                     "kansen simulate fleet.scenario --heartbeats -b kafka:9092",
                     "kansen simulate fleet.scenario -b kafka:9092 --truth truth.json")};
