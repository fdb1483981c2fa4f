/* `kansen dead-letters …`: rejected events: counted, shown, stored after all, passed on. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/intake.h"
#include "cli/intake_lines.h"
#include "cli/log.h"
#include "cli/option_notes.h"
#include "cli/reporting.h"
#include "dead_letters/list.h"
#include "dead_letters/reader.h"
#include "dead_letters/relay.h"
#include "dead_letters/replay.h"
#include "ingest/event/timestamp.h"
#include "sql/db.h"
#include "sql/embedded.h"
#include "text/escape.h"

/* "2013-09-13" and what makes it an instant. */
#define DATE_LENGTH 10
#define MIDNIGHT "T00:00:00Z"

/* Letters that `show` names when it can't tell which one is meant. */
#define NAMED_MAX 10

/* ---- which dead letters */

struct filter {
    struct dead_letter_filter dead_letters;
    char since[64];
    char until[64];
};

/* A day or an instant; *out points into text when it was given. */
static enum status read_time(const struct options *options, const char *name, char *text,
                             size_t size, const char **out, struct error *error)
{
    const char *given = options_value(options, name);
    const char *wrong;
    int64_t time_us;

    if (given == NULL)
        return STATUS_OK;
    snprintf(text, size, "%s%s", given, strlen(given) == DATE_LENGTH ? MIDNIGHT : "");
    wrong = timestamp_parse((struct slice){text, strlen(text)}, &time_us);
    if (wrong != NULL)
        return error_set(error, STATUS_REJECT,
                         "--%s %s: neither YYYY-MM-DD nor RFC 3339 with an offset", name, given);
    *out = text;
    return STATUS_OK;
}

static enum status check_reason(const char *reason, struct error *error)
{
    const char *known[REJECT_REASONS + 1] = {NULL};

    for (int i = 0; i < REJECT_REASONS; i++)
        known[i] = reject_reason_name((enum reject_reason)i);
    for (int i = 0; i < REJECT_REASONS; i++)
        if (reason == NULL || strcmp(reason, known[i]) == 0)
            return STATUS_OK;
    return option_refuse_word("reason", reason, strlen(reason), known, error);
}

/* EX_OK or EX_USAGE. Values point into options and filter. */
static int read_filter(const struct options *options, struct filter *filter, struct error *error)
{
    int code = command_check_arguments(options, 0, 1, "TOPIC", error);

    if (code != EX_OK)
        return code;
    *filter = (struct filter){.dead_letters.topic = options_argument(options, 0),
                              .dead_letters.reason = options_value(options, "reason")};
    if (check_reason(filter->dead_letters.reason, error) != STATUS_OK ||
        read_time(options, "since", filter->since, sizeof(filter->since),
                  &filter->dead_letters.since, error) != STATUS_OK ||
        read_time(options, "until", filter->until, sizeof(filter->until),
                  &filter->dead_letters.until, error) != STATUS_OK)
        return EX_USAGE;
    return EX_OK;
}

/* ---- list */

static int check_output(struct error *error)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EX_OK;
    error_set(error, STATUS_FATAL, "standard output: %s", strerror(errno));
    return EX_IOERR;
}

static int list(struct db *db, const struct options *options,
                const struct dead_letter_filter *filter, enum dead_letter_list_format format,
                struct error *error)
{
    const char *limit = options_value(options, "limit");
    const char *replayed = options_flag(options, "replayed") ? "true" : "false";
    bool each = options_flag(options, "each") || limit != NULL;
    const char *const parameters[] = {filter->topic, filter->reason, filter->since,
                                      filter->until, replayed,       limit};
    struct db_result *rows = NULL;
    enum status status = each ? db_query(db, sql_dead_letters_each, 6, parameters, &rows, error)
                              : db_query(db, sql_dead_letters_summary, 5, parameters, &rows, error);

    if (status != STATUS_OK)
        return command_exit_code(status);
    dead_letter_list_print(rows, each, format);
    db_result_free(rows);
    return check_output(error);
}

static int run_list(const struct options *options, struct error *error)
{
    static const char *const formats[] = {"table", "json", "csv", NULL};
    struct reporting_choices choices = {.count = 0};
    enum dead_letter_list_format format = DEAD_LETTER_LIST_TABLE;
    int64_t limit = 0;
    struct filter filter;
    struct db *db = NULL;
    int code = read_filter(options, &filter, error);

    if (code == EX_OK)
        code = reporting_choose(options, "format", formats, &choices, error);
    if (code != EX_OK)
        return code;
    if (options_number(options, "limit", 1, INT64_MAX, &limit, error) != STATUS_OK)
        return EX_USAGE;
    for (int i = 0; choices.count > 0 && formats[i] != NULL; i++)
        if (strcmp(choices.words[choices.count - 1], formats[i]) == 0)
            format = (enum dead_letter_list_format)i;
    code = command_open_ready_db(options, SCHEMA_READ, &db, error);
    if (code != EX_OK)
        return code;
    code = list(db, options, &filter.dead_letters, format, error);
    db_close(db);
    return code;
}

/* ---- show */

static void show_bytes(const char *name, struct slice bytes)
{
    if (bytes.data == NULL) {
        printf("%-10s none\n", name);
        return;
    }
    printf("%-10s %zu byte%s\n  ", name, bytes.length, bytes.length == 1 ? "" : "s");
    escape_bytes(stdout, bytes.data, bytes.length);
    putchar('\n');
}

static void show_headers(const struct dead_letter *dead_letter)
{
    if (dead_letter->header_count > 0)
        printf("headers    %zu\n", dead_letter->header_count);
    for (size_t i = 0; i < dead_letter->header_count; i++) {
        const struct dead_letter_header *header = &dead_letter->headers[i];

        fputs("  ", stdout);
        escape_bytes(stdout, header->name.data, header->name.length);
        if (header->value.data != NULL) {
            fputs(": ", stdout);
            escape_bytes(stdout, header->value.data, header->value.length);
        }
        putchar('\n');
    }
}

static void show_letter(const struct dead_letter *dead_letter)
{
    bool of_file = dead_letter_is_of_file(dead_letter);

    printf("letter     %" PRId64 "\nreason     %s: ", dead_letter->id, dead_letter->reason);
    escape_plain(stdout, dead_letter->detail);
    printf("\n%-10s ", of_file ? "file" : "topic");
    escape_plain(stdout, dead_letter->topic);
    if (!of_file) {
        printf("\npartition  %" PRId32 "\nsource     ", dead_letter->partition);
        escape_plain(stdout, dead_letter->source);
    }
    printf("\n%-10s %" PRId64 "\nrejected   %s\n", of_file ? "line" : "offset", dead_letter->offset,
           dead_letter->rejected);
    if (dead_letter->replayed != NULL)
        printf("replayed   %s\n", dead_letter->replayed);
    show_headers(dead_letter);
    if (!of_file)
        show_bytes("key", dead_letter->key);
    show_bytes("value", dead_letter->value);
}

/* Several dead letters can come from one place: a file that has changed, a topic that was created
 * again.
 */
static int refuse_several(struct dead_letter_reader *dead_letters, struct error *error)
{
    char names[256] = "";
    size_t used = 0;

    for (int row = 0; row < dead_letter_reader_count(dead_letters) && row < NAMED_MAX; row++) {
        struct dead_letter dead_letter;

        if (dead_letter_reader_get(dead_letters, row, &dead_letter, error) != STATUS_OK)
            return EX_OSERR;
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%" PRId64,
                                 row > 0 ? ", " : "", dead_letter.id);
    }
    error_set(error, STATUS_REJECT, "%d dead letters are from there; name one by its number: %s",
              dead_letter_reader_count(dead_letters), names);
    return EX_USAGE;
}

static int print_letters(struct dead_letter_reader *dead_letters, bool raw, struct error *error)
{
    int count = dead_letter_reader_count(dead_letters);

    if (count == 0) {
        error_set(error, STATUS_REJECT,
                  "there is no such dead letter; `kansen dead-letters list "
                  "--each` names them");
        return EX_DATAERR;
    }
    if (raw && count > 1)
        return refuse_several(dead_letters, error);
    for (int row = 0; row < count; row++) {
        struct dead_letter dead_letter;

        if (dead_letter_reader_get(dead_letters, row, &dead_letter, error) != STATUS_OK)
            return EX_OSERR;
        if (row > 0)
            putchar('\n');
        if (!raw)
            show_letter(&dead_letter);
        else if (dead_letter.value.length > 0)
            fwrite(dead_letter.value.data, 1, dead_letter.value.length, stdout);
    }
    return check_output(error);
}

static enum status check_number(const char *what, const char *text, int64_t maximum,
                                struct error *error)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno == 0 && *text >= '0' && *text <= '9' && *end == '\0' && number <= maximum)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "%s is a whole number, not \"%s\"", what, text);
}

/* LETTER | FILE LINE | TOPIC PARTITION OFFSET, as the parameters of dead_letters_find.sql. */
static enum status read_place(const struct options *options, const char *parameters[4],
                              struct error *error)
{
    size_t count = options_arguments(options);
    const char *first = options_argument(options, 0);
    enum status status = STATUS_OK;

    if (count == 1) {
        parameters[0] = first;
        return check_number("LETTER", first, INT64_MAX, error);
    }
    parameters[1] = first;
    parameters[2] = count == 2 ? "0" : options_argument(options, 1);
    parameters[3] = options_argument(options, count - 1);
    if (count == 3)
        status = check_number("PARTITION", parameters[2], INT32_MAX, error);
    if (status == STATUS_OK)
        status = check_number(count == 2 ? "LINE" : "OFFSET", parameters[3], INT64_MAX, error);
    return status;
}

static int run_show(const struct options *options, struct error *error)
{
    const char *parameters[4] = {NULL, NULL, NULL, NULL};
    struct dead_letter_reader dead_letters = {.rows = NULL};
    struct db *db = NULL;
    int code = command_check_arguments(options, 1, 3,
                                       "the dead letter's number, or where it is from", error);

    if (code != EX_OK)
        return code;
    if (read_place(options, parameters, error) != STATUS_OK)
        return EX_USAGE;
    code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);
    if (code != EX_OK)
        return code;

    enum status status =
        dead_letter_reader_read(&dead_letters, db, sql_dead_letters_find, 4, parameters, error);

    db_close(db);
    code = status == STATUS_OK ? print_letters(&dead_letters, options_flag(options, "raw"), error)
                               : command_exit_code(status);
    dead_letter_reader_clear(&dead_letters);
    return code;
}

/* ---- replay */

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
    intake_log_totals(logger, status == STATUS_OK && !intake_stopped ? "replayed" : "stopped early",
                      &totals);
    if (status != STATUS_OK)
        return command_exit_code(status);
    return intake_stopped ? EX_TEMPFAIL : EX_OK;
}

static int run_replay(const struct options *options, struct error *error)
{
    const struct logger *logger = NULL;
    struct pipeline *pipeline = NULL;
    struct filter filter;
    int code = read_filter(options, &filter, error);

    if (code != EX_OK)
        return code;
    if (log_open(options, &logger, error) != STATUS_OK)
        return EX_USAGE;
    code = intake_open(options, INTAKE_MAX_AGE_DAYS, logger, &pipeline, error);
    if (code != EX_OK)
        return code;
    code = replay(pipeline, options, &filter.dead_letters, logger, error);
    pipeline_close(pipeline);
    return code;
}

/* ---- relay */

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
    log_relayed(logger, early ? "stopped early" : settings.follow ? "stopped" : "relayed", &totals);
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
        code = intake_read_wait(options, &wait_s, error);
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

static const char *const list_options[] = {"db",    "reason",   "since",  "until", "each",
                                           "limit", "replayed", "format", NULL};
static const char *const show_options[] = {"db", "raw", NULL};
static const char *const replay_options[] = {"db",    "reason",  "since",     "until",
                                             "geoip", "max-age", "max-ahead", NULL};
static const char *const relay_options[] = {"brokers", "topic", "property", "follow",
                                            "wait",    "db",    NULL};

#define FILTER_HELP                                                                                \
    "TOPIC is a Kafka topic, or a file as `kansen load` was given it. TIME is YYYY-MM-DD (in\n"    \
    "UTC) or RFC 3339.\n"

const struct command command_dead_letters_list = {
    "dead-letters list",
    "[TOPIC]",
    "count rejected events by reason, or list each",
    FILTER_HELP
    "--format is table (the default), json or csv. Letters that were replayed are left out; see\n"
    "them with --replayed. --limit lists the newest dead letters, one a line; --each lists all.\n",
    list_options,
    run_list,
    COMMAND_EXAMPLES("kansen dead-letters list",
                     "kansen dead-letters list detections --reason bad_time --limit 20")};

const struct command command_dead_letters_show = {
    "dead-letters show",
    "LETTER | TOPIC PARTITION OFFSET | FILE LINE",
    "show a rejected event whole",
    "LETTER is the number that `dead-letters list --each` shows. Characters that would act on a\n"
    "terminal are shown as \\u{202E}, bytes that are no UTF-8 as \\x{FF}; --raw leaves every byte "
    "as\n"
    "it came, for a file or a pipe.\n",
    show_options,
    run_show,
    COMMAND_EXAMPLES("kansen dead-letters show 1", "kansen dead-letters show detections 0 1202",
                     "kansen dead-letters show events.ndjson 17 --raw | jq .")};

const struct command command_dead_letters_replay = {
    "dead-letters replay",
    "[TOPIC]",
    "store rejected events that are accepted now",
    FILTER_HELP
    "Letters go through the same checks as in `kansen ingest`, with the --max-age, --max-ahead "
    "and\n"
    "--geoip given here; age is measured by the time at which they were rejected. Each event\n"
    "counts once, however often this is run or killed; what is still rejected stays, with the\n"
    "reason of today. Ends with 0 when every dead letter has been tried.\n",
    replay_options,
    run_replay,
    COMMAND_EXAMPLES("kansen dead-letters replay",
                     "kansen dead-letters replay --reason time_out_of_range --max-age 800")};

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
