/* `kansen demo`: the whole path on one machine with nothing set up.
 *
 * Holds a private PostgreSQL and a built-in Kafka broker, runs the program's own commands against
 * them as a user would type them, compares the figures with the simulator's intent, and leaves the
 * report alone behind. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/demo_kept.h"
#include "cli/log.h"
#include "demo/broker.h"
#include "demo/check.h"
#include "demo/kept.h"
#include "demo/postgres.h"
#include "demo/process.h"
#include "simulate/data.h"
#include "simulate/fleet.h"
#include "simulate/message.h"
#include "simulate/networks.h"
#include "simulate/scenario.h"
#include "simulate/zone.h"
#include "sql/db.h"

#define DEFAULT_SCENARIO "bitcoin-miner-2013.scenario"
#define DEFAULT_FOLDER "kansen-report"
#define SECONDS_PER_DAY (24 * 60 * 60)

/* Words of a command; those of `threat set` are as many as the threat has patterns. */
#define COMMAND_WORDS_MAX 512
#define COMMAND_NUMBER_SIZE 24

/* The fleet's machines speak one format each, as fleets do that have products of several vendors.
 * Each topic has a group of its own name: the built-in broker gives a group that has lost its only
 * member to the next one when the session is over, after 45 seconds. */
static const char *const topics[] = {"detections",     "detections-ocsf",
                                     "detections-ecs", "detections-cloudevents",
                                     "heartbeats",     NULL};
static const char *const event_formats[] = {"kansen", "ocsf", "ecs", "cloudevents"};

#define FEEDS (sizeof(event_formats) / sizeof(event_formats[0]))

/* The topic of heartbeats, behind those of the formats. */
#define HEARTBEATS FEEDS

struct demo {
    struct demo_postgres postgres;
    struct demo_broker *broker;
    struct networks *networks;
    struct scenario *scenario;
    struct fleet *fleet;
    struct fleet *heartbeats; /* NULL: the fleet sends none */
    const char *report_folder;
    char scenario_path[PATH_MAX];
    char geoip_path[PATH_MAX];
    char first[MONTH_TEXT_SIZE];
    char last[MONTH_TEXT_SIZE];
    char partitions[COMMAND_NUMBER_SIZE];
    char max_age[COMMAND_NUMBER_SIZE];
    char max_ahead[COMMAND_NUMBER_SIZE];
};

/* ---- running kansen's own commands */

struct words_of_command {
    const char *items[COMMAND_WORDS_MAX + 1]; /* ends with NULL */
    size_t count;
};

/* Adds words up to a null one. */
static void add_words(struct words_of_command *words, ...)
{
    va_list arguments;
    const char *word;

    va_start(arguments, words);
    while ((word = va_arg(arguments, const char *)) != NULL && words->count < COMMAND_WORDS_MAX)
        words->items[words->count++] = word;
    va_end(arguments);
    words->items[words->count] = NULL;
}

/* As one would type it: words with blanks or other than plain characters in quotes. */
static void print_command(const struct words_of_command *words)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_=:,./+%@";

    char *text = NULL;
    size_t size = 0;
    FILE *line = open_memstream(&text, &size);

    if (line == NULL)
        return;
    fputs("$", line);
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        const char *quote = *word != '\0' && word[strspn(word, plain)] == '\0' ? "" : "'";

        fprintf(line, " %s", quote);
        for (; *word != '\0'; word++) {
            if (*word == '\'')
                fputs("'\\''", line);
            else
                fputc(*word, line);
        }
        fputs(quote, line);
    }
    if (fclose(line) == 0)
        log_say_text(LOG_LEVEL_INFO, NULL, text);
    free(text);
}

/* Between what the reader sees as paragraphs. */
static void leave_blank_line(void)
{
    if (!log_is_json())
        fputc('\n', stderr);
}

static enum status run_words(struct words_of_command *words, struct error *error)
{
    struct child_settings settings = {
        .argv = words->items, .program = "/proc/self/exe", .user = geteuid()};

    if (log_is_json())
        add_words(words, "--log-format", "json", NULL);
    print_command(words);
    return process_run(&settings, error);
}

static enum status run_threat_set(const struct demo *demo, struct error *error)
{
    const struct scenario *scenario = demo->scenario;
    struct words_of_command words = {.count = 0};

    if (scenario->patterns.count > COMMAND_WORDS_MAX / 4)
        return error_set(error, STATUS_REJECT, "the threat has more than %d patterns",
                         COMMAND_WORDS_MAX / 4);
    add_words(&words, "kansen", "threat", "set", scenario->threat, "--db", demo->postgres.conninfo,
              NULL);
    for (size_t i = 0; i < scenario->display_name_count; i++)
        add_words(&words, "--name", scenario->display_names[i], NULL);
    for (size_t i = 0; i < scenario->patterns.count; i++)
        add_words(&words, "--match", scenario->patterns.items[i], NULL);
    return run_words(&words, error);
}

static enum status run_simulate(const struct demo *demo, size_t feed, struct error *error)
{
    struct words_of_command words = {.count = 0};
    char part[2 * COMMAND_NUMBER_SIZE];

    snprintf(part, sizeof(part), "%zu/%zu", feed + 1, FEEDS);
    add_words(&words, "kansen", "simulate", demo->scenario_path, "-b",
              demo_broker_address(demo->broker), "-t", topics[feed], NULL);
    if (feed == HEARTBEATS)
        add_words(&words, "--heartbeats", NULL);
    else
        add_words(&words, "--event-format", event_formats[feed], "--part", part, NULL);
    return run_words(&words, error);
}

static enum status run_ingest(const struct demo *demo, size_t feed, struct error *error)
{
    struct words_of_command words = {.count = 0};

    add_words(&words, "kansen", "ingest", "--db", demo->postgres.conninfo, "-b",
              demo_broker_address(demo->broker), "-t", topics[feed], "-G", topics[feed], "--geoip",
              demo->geoip_path, "--max-age", demo->max_age, NULL);
    if (feed == HEARTBEATS)
        add_words(&words, "--heartbeats", NULL);
    else
        add_words(&words, "--event-format", event_formats[feed], NULL);
    if (*demo->max_ahead != '\0')
        add_words(&words, "--max-ahead", demo->max_ahead, NULL);
    add_words(&words, "--until-end", NULL);
    return run_words(&words, error);
}

/* One format after the other, then the heartbeats. */
static enum status run_feeds(const struct demo *demo,
                             enum status (*run)(const struct demo *, size_t, struct error *),
                             struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t feed = 0; status == STATUS_OK && feed < FEEDS; feed++)
        status = run(demo, feed, error);
    if (status == STATUS_OK && demo->heartbeats != NULL)
        status = run(demo, HEARTBEATS, error);
    return status;
}

static enum status run_db(const struct demo *demo, const char *command, struct error *error)
{
    struct words_of_command words = {.count = 0};

    add_words(&words, "kansen", "db", command, "--db", demo->postgres.conninfo, NULL);
    if (strcmp(command, "init") == 0)
        add_words(&words, "--timezone", demo->scenario->timezone, NULL);
    if (strcmp(command, "maintain") == 0)
        add_words(&words, "--from", demo->first, "--to", demo->last, NULL);
    return run_words(&words, error);
}

/* `stats` or `report` of the whole window. */
static enum status run_output(const struct demo *demo, const char *command, struct error *error)
{
    struct words_of_command words = {.count = 0};

    add_words(&words, "kansen", command, demo->scenario->threat, "--db", demo->postgres.conninfo,
              "--from", demo->first, "--to", demo->last, NULL);
    if (strcmp(command, "report") == 0)
        add_words(&words, "--lang", "en", "--lang", "ja", "-o", demo->report_folder, NULL);
    return run_words(&words, error);
}

/* The policy for event times, made wide enough for the scenario's months. */
static enum status set_policy(struct demo *demo, struct error *error)
{
    const struct scenario *scenario = demo->scenario;
    int64_t starts_ms[SCENARIO_MONTHS_MAX + 1];
    int64_t now = (int64_t)time(NULL);
    enum status status = zone_month_starts(scenario->timezone, scenario->first_month,
                                           scenario->month_count, starts_ms, error);

    if (status != STATUS_OK)
        return status;

    int64_t age_days = (now - starts_ms[0] / 1000) / SECONDS_PER_DAY + 2;
    int64_t ahead_days = (starts_ms[scenario->month_count] / 1000 - now) / SECONDS_PER_DAY + 2;

    snprintf(demo->max_age, sizeof(demo->max_age), "%" PRId64, age_days < 1 ? 1 : age_days);
    if (ahead_days > 1)
        snprintf(demo->max_ahead, sizeof(demo->max_ahead), "%" PRId64, ahead_days);
    return STATUS_OK;
}

/* Adds what the messages of a fleet take. */
static enum status measure(const struct demo *demo, const struct fleet *fleet, uint64_t *bytes,
                           struct error *error)
{
    struct message *message = malloc(sizeof(*message));

    if (message == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < fleet->count; i++) {
        message_write(demo->scenario, demo->networks, &fleet->sightings[i], NULL, message);
        *bytes += message->key.length + message->value.length;
    }
    free(message);
    return STATUS_OK;
}

/* Plans the fleet to have the truth at hand, and to know how large it is: *largest is what one
 * topic takes at most. */
static enum status plan(struct demo *demo, uint64_t *largest, struct error *error)
{
    uint64_t events = 0;
    uint64_t heartbeats = 0;
    enum status status = fleet_plan(demo->scenario, false, &demo->fleet, error);

    if (status == STATUS_OK)
        status = measure(demo, demo->fleet, &events, error);
    if (status == STATUS_OK && demo->scenario->heartbeats.repeats_max > 0)
        status = fleet_plan_heartbeats(demo->scenario, &demo->heartbeats, error);
    if (status == STATUS_OK && demo->heartbeats != NULL)
        status = measure(demo, demo->heartbeats, &heartbeats, error);
    *largest = events > heartbeats ? events : heartbeats;
    if (status == STATUS_OK && events + heartbeats > DEMO_BROKER_BYTES_MAX)
        status = error_set(error, STATUS_REJECT,
                           "%s: %" PRIu64 " MiB of events; the built-in broker takes %" PRIu64
                           ", real Kafka and `kansen simulate` take more",
                           demo->scenario_path, (events + heartbeats) >> 20,
                           DEMO_BROKER_BYTES_MAX >> 20);
    return status;
}

static enum status find_scenario(struct demo *demo, const char *chosen, struct error *error)
{
    int length;

    if (chosen == NULL)
        return data_path(DEFAULT_SCENARIO, demo->scenario_path, sizeof(demo->scenario_path), error);
    length = snprintf(demo->scenario_path, sizeof(demo->scenario_path), "%s", chosen);
    if ((size_t)length >= sizeof(demo->scenario_path))
        return error_set(error, STATUS_REJECT, "--scenario: the path is too long");
    return STATUS_OK;
}

static enum status read_scenario(struct demo *demo, struct error *error)
{
    char networks[PATH_MAX];
    enum status status = data_path("networks.csv", networks, sizeof(networks), error);

    if (status == STATUS_OK)
        status = data_path("demo.mmdb", demo->geoip_path, sizeof(demo->geoip_path), error);
    if (status == STATUS_OK)
        status = networks_read(networks, &demo->networks, error);
    if (status == STATUS_OK)
        status = scenario_read(demo->scenario_path, demo->networks, &demo->scenario, error);
    if (status != STATUS_OK)
        return status;
    month_format(demo->scenario->first_month, demo->first);
    month_format(demo->scenario->first_month + (month_t)demo->scenario->month_count - 1,
                 demo->last);
    return set_policy(demo, error);
}

/* ---- what the demo's parts have to tell */

struct paper {
    FILE *file; /* NULL: not opened */
    char *text;
    size_t size;
};

static enum status paper_open(struct paper *paper, struct error *error)
{
    *paper = (struct paper){.text = NULL};
    paper->file = open_memstream(&paper->text, &paper->size);
    return paper->file != NULL ? STATUS_OK : error_set(error, STATUS_FATAL, "out of memory");
}

/* Says each line that was written, and closes it. */
static void paper_say(struct paper *paper)
{
    char *rest = NULL;

    if (paper->file == NULL)
        return;
    if (fclose(paper->file) == 0)
        for (char *line = strtok_r(paper->text, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest))
            log_say_text(LOG_LEVEL_ERROR, NULL, line);
    free(paper->text);
}

/* ---- the demo */

static enum status start_postgres(struct demo *demo, struct error *error)
{
    struct paper paper;
    enum status status = paper_open(&paper, error);

    if (status == STATUS_OK)
        status = demo_postgres_start(&demo->postgres, paper.file, error);
    paper_say(&paper);
    return status;
}

static enum status start_servers(struct demo *demo, struct error *error)
{
    uint64_t bytes = 0;
    enum status status = plan(demo, &bytes, error);
    int partitions = demo_broker_partitions(bytes);

    if (status != STATUS_OK)
        return status;
    log_say(LOG_LEVEL_INFO, NULL,
            "Starting a private PostgreSQL and librdkafka's built-in Kafka broker …");
    /* PostgreSQL first: it must not inherit the broker's sockets. */
    status = start_postgres(demo, error);
    if (status == STATUS_OK)
        status = demo_broker_start(topics, partitions, &demo->broker, error);
    if (status == STATUS_OK) {
        log_say(LOG_LEVEL_INFO, NULL,
                "PostgreSQL: %s; Kafka: %s, %zu topics with %d partitions each",
                demo->postgres.conninfo, demo_broker_address(demo->broker),
                sizeof(topics) / sizeof(topics[0]) - 1, partitions);
        log_say(LOG_LEVEL_INFO, NULL,
                "The fleet speaks four formats: kansen's own, OCSF, ECS and CloudEvents.");
        leave_blank_line();
    }
    return status;
}

static enum status compare_figures(const struct demo *demo, struct db *db, size_t *figures,
                                   struct error *error)
{
    struct paper paper;
    enum status status = paper_open(&paper, error);

    if (status == STATUS_OK)
        status = demo_check(db, demo->scenario, demo->fleet->truth,
                            demo->heartbeats == NULL ? NULL : demo->heartbeats->truth, paper.file,
                            figures, error);
    paper_say(&paper);
    return status;
}

static enum status check_figures(const struct demo *demo, struct error *error)
{
    size_t figures = 0;
    struct db *db = NULL;
    enum status status = db_open(demo->postgres.conninfo, &db, error);

    if (status == STATUS_OK)
        status = compare_figures(demo, db, &figures, error);
    db_close(db);
    if (status == STATUS_OK)
        log_say(LOG_LEVEL_INFO, NULL, "All %zu figures are what the simulator intended.", figures);
    return status;
}

/* Has everything that was sent, since its beginning? */
static enum status check_broker(const struct demo *demo, struct error *error)
{
    uint64_t heartbeats = demo->heartbeats == NULL ? 0 : demo->heartbeats->count;

    return demo_broker_check(demo->broker, demo->fleet->count + heartbeats, error);
}

static enum status walk_the_path(struct demo *demo, struct error *error)
{
    enum status status = run_db(demo, "init", error);

    if (status == STATUS_OK)
        status = run_db(demo, "maintain", error);
    if (status == STATUS_OK)
        status = run_threat_set(demo, error);
    if (status == STATUS_OK)
        status = run_feeds(demo, run_simulate, error);
    if (status == STATUS_OK)
        status = check_broker(demo, error);
    if (status == STATUS_OK)
        status = run_feeds(demo, run_ingest, error);
    if (status == STATUS_OK)
        status = check_broker(demo, error);
    if (status == STATUS_OK)
        status = run_db(demo, "verify", error);
    if (status == STATUS_OK)
        status = check_figures(demo, error);
    if (status == STATUS_OK)
        status = run_output(demo, "report", error);
    if (status == STATUS_OK)
        status = run_output(demo, "stats", error);
    return status;
}

/* Behind the broker's end: the server must not inherit its sockets. A signal that came meanwhile
 * takes what was kept away again. */
static enum status keep(struct demo *demo, struct kept *kept, struct error *error)
{
    struct paper paper;
    enum status status = paper_open(&paper, error);

    memcpy(kept->folder, demo->postgres.folder, sizeof(kept->folder));
    if (status == STATUS_OK)
        status = kept_make(&demo->postgres, paper.file, error);
    paper_say(&paper);
    if (status == STATUS_OK && process_interrupted(0) != 0)
        status = kept_stop(kept, error);
    return status;
}

/* Always, whatever went wrong before; the first error is the one to be told. */
static enum status clean_up(struct demo *demo, struct kept *kept, enum status status,
                            struct error *error)
{
    struct error why = {""};
    enum status stopped;

    demo_broker_stop(demo->broker);
    if (status == STATUS_OK && kept != NULL)
        status = keep(demo, kept, error);
    stopped = demo_postgres_stop(&demo->postgres, &why);
    if (stopped != STATUS_OK && status == STATUS_OK)
        status = error_set(error, stopped, "%s", why.message);
    else if (stopped != STATUS_OK)
        log_say(LOG_LEVEL_ERROR, "demo", "%s", why.message);
    return status;
}

static void free_plan(struct demo *demo)
{
    fleet_free(demo->fleet);
    fleet_free(demo->heartbeats);
    scenario_free(demo->scenario);
    networks_free(demo->networks);
}

/* Ends as the signal would have ended us, so that a calling shell sees it. */
static void die_of(int number)
{
    sigset_t signals;

    log_say(LOG_LEVEL_ERROR, "demo", "stopped by signal %d", number);
    sigemptyset(&signals);
    sigaddset(&signals, number);
    signal(number, SIG_DFL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

/* What is there now, once all went well. */
static void say_end(const struct demo *demo, const struct kept *kept)
{
    leave_blank_line();
    if (kept == NULL)
        log_say(
            LOG_LEVEL_INFO, NULL,
            "The report lies in %s. Everything else of the demo is gone again; with --keep, its "
            "PostgreSQL would still be there for psql.",
            demo->report_folder);
    else
        demo_kept_say_made(kept, demo->report_folder, demo->first, demo->last);
}

static int run_demo(const struct options *options, struct error *error)
{
    const char *folder = options_value(options, "output");
    struct demo demo = {.report_folder = folder == NULL ? DEFAULT_FOLDER : folder};
    struct kept made;
    struct kept *kept = options_flag(options, "keep") ? &made : NULL;
    enum status status;
    int input;
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;
    if (options_flag(options, "stop"))
        return demo_kept_stop_all(options, error);
    process_block_signals();
    child_forget_settings();
    demo_kept_say_left();
    status = find_scenario(&demo, options_value(options, "scenario"), error);
    if (status == STATUS_OK)
        status = read_scenario(&demo, error);
    input = command_input_code(status);
    if (status == STATUS_OK)
        status = start_servers(&demo, error);
    if (status == STATUS_OK)
        status = walk_the_path(&demo, error);
    status = clean_up(&demo, kept, status, error);
    if (process_interrupted(0) != 0)
        die_of(process_interrupted(0));
    if (status == STATUS_OK)
        say_end(&demo, kept);
    free_plan(&demo);
    return input != EX_OK ? input : command_exit_code(status);
}

static const char *const demo_options[] = {"output", "scenario", "keep", "stop", NULL};

const struct command command_demo = {
    "demo",
    "",
    "the whole path on one machine with nothing set up",
    "Starts a private PostgreSQL and the Kafka broker that is built into librdkafka, sends a "
    "simulated\n"
    "fleet through them, and writes the report in English and Japanese (to kansen-report, or the\n"
    "folder that --output names). Without --scenario it is the fleet of the published report.\n"
    "\nWith --keep the PostgreSQL goes on running, without Kafka, and the lines for psql are "
    "printed, as\n"
    "somebody who reads the views of schema report and as the owner. --stop ends every demo that "
    "was\n"
    "left running, and removes its folder.\n",
    demo_options,
    run_demo,
    COMMAND_EXAMPLES("kansen demo", "kansen demo -o /tmp/report", "kansen demo --keep",
                     "kansen demo --stop")};
