/* `kansen db …`: the database itself: created, migrated, described, kept ahead, recomputed. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "kansen/month.h"
#include "sql/db.h"
#include "sql/embedded.h"
#include "sql/schema.h"
#include "sql/verify.h"
#include "text/escape.h"

static int run_init(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;

    enum status status = command_open_db(options, &db, error);

    if (status != STATUS_OK)
        return command_refused_code(status);
    status = schema_init(db, options_value(options, "timezone"), error);
    db_close(db);
    if (status == STATUS_DENIED) {
        struct error why = *error;

        error_set(error, status,
                  "%.800s; a superuser may do this, or the owner of the database with CREATEROLE",
                  why.message);
    }
    return command_exit_code(status);
}

static enum status print_rows(struct db *db, const char *sql, struct error *error)
{
    struct db_result *result = NULL;
    enum status status = db_query(db, sql, 0, NULL, &result, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(result); row++) {
        escape_plain(stdout, db_text(result, row, 0));
        putchar('\n');
    }
    db_result_free(result);
    return status;
}

static int run_status(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    int code = command_refuse_arguments(options, error);

    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);
    if (code != EX_OK)
        return code;

    enum status status = print_rows(db, sql_status_lines, error);

    db_close(db);
    return command_exit_code(status);
}

/* Months that were verified and follow each other. */
struct stretch {
    bool any;
    bool recounted; /* else their detections were dropped */
    month_t first;
    month_t last;
};

static void print_stretch(const struct stretch *stretch)
{
    char first[MONTH_TEXT_SIZE];
    char last[MONTH_TEXT_SIZE];

    if (!stretch->any)
        return;
    month_format(stretch->first, first);
    month_format(stretch->last, last);
    if (!stretch->recounted)
        log_say(LOG_LEVEL_INFO, NULL,
                "%s%s%s: what is kept agrees with itself; %s events were dropped, so nothing can "
                "be recounted",
                first, stretch->first == stretch->last ? "" : " to ",
                stretch->first == stretch->last ? "" : last,
                stretch->first == stretch->last ? "its" : "their");
    else if (stretch->first == stretch->last)
        log_say(LOG_LEVEL_INFO, NULL, "verified %s", first);
    else
        log_say(LOG_LEVEL_INFO, NULL, "verified %s to %s, each month in a snapshot of its own",
                first, last);
}

static void add_verified(void *context, const struct verify_progress *progress)
{
    struct stretch *stretch = context;
    month_t month = 0;

    log_progress(progress->months_done, progress->months, progress->month);
    if (!progress->is_compared || !month_parse(progress->month, &month))
        return;
    if (!stretch->any || month != stretch->last + 1 || progress->recounted != stretch->recounted) {
        print_stretch(stretch);
        stretch->first = month;
    }
    stretch->any = true;
    stretch->recounted = progress->recounted;
    stretch->last = month;
}

static int run_verify(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    struct stretch stretch = {.any = false};
    int64_t differences = 0;
    int code = command_refuse_arguments(options, error);

    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);
    if (code != EX_OK)
        return code;

    enum status status = verify_database(db, stdout, add_verified, &stretch, &differences, error);

    log_progress_end();
    db_close(db);
    print_stretch(&stretch);
    if (status != STATUS_OK)
        return command_exit_code(status);
    if (differences > 0) {
        error_set(error, STATUS_REJECT,
                  "%" PRId64 " difference%s between detection and what is counted", differences,
                  differences == 1 ? "" : "s");
        return EX_DATAERR;
    }
    log_say(LOG_LEVEL_INFO, NULL, "verified: infections and counts are what detection says");
    return EX_OK;
}

/* A worker would go on with the old rows while the next one begins with the new. */
static enum status refuse_readers(struct db *db, const char *group, const char *topic,
                                  struct error *error)
{
    const char *const parameters[] = {group, topic};
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_topic_readers, 2, parameters, &rows, error);

    if (status == STATUS_OK && db_rows(rows) > 0)
        status = error_set(error, STATUS_RETRY,
                           "%d of the group's workers read the topic, %s (connection %s) for one; "
                           "stop them first",
                           db_rows(rows), db_text(rows, 0, 0), db_text(rows, 0, 1));
    db_result_free(rows);
    return status;
}

static enum status reread(struct db *db, const char *group, const char *topic, struct error *error)
{
    const char *const parameters[] = {group, topic};
    struct db_result *rows = NULL;
    enum status status = refuse_readers(db, group, topic, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_topic_reread, 2, parameters, &rows, error);
    if (status == STATUS_OK && db_rows(rows) == 0)
        status =
            error_set(error, STATUS_REJECT, "group %s has never read a topic %s", group, topic);
    if (status == STATUS_OK)
        log_say(LOG_LEVEL_INFO, NULL,
                "topic %s will be read from its beginning by the next worker of group %s; what is "
                "stored counts once",
                topic, group);
    db_result_free(rows);
    return status;
}

static int run_reread(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    const char *group = options_value(options, "group");
    const char *topic = options_value(options, "topic");
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;
    if (!command_is_given(options, "group") || !command_is_given(options, "topic")) {
        error_set(error, STATUS_REJECT, "which topic? --group GROUP --topic TOPIC are needed");
        return EX_USAGE;
    }
    code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);
    if (code != EX_OK)
        return code;

    enum status status = reread(db, group, topic, error);

    db_close(db);
    return command_exit_code(status);
}

static enum status retire(struct db *db, const char *group, const char *topic, struct error *error)
{
    const char *const parameters[] = {group, topic};
    struct db_result *rows = NULL;
    enum status status = refuse_readers(db, group, topic, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_topic_retire, 2, parameters, &rows, error);
    if (status == STATUS_OK && db_rows(rows) == 0)
        status = group == NULL
                     ? error_set(error, STATUS_REJECT, "no group has ever read a topic %s", topic)
                     : error_set(error, STATUS_REJECT, "group %s has never read a topic %s", group,
                                 topic);
    if (status == STATUS_OK)
        log_say(LOG_LEVEL_INFO, NULL, "topic %s is retired: no month waits for its partitions",
                topic);
    db_result_free(rows);
    return status;
}

static int run_retire(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    const char *group = command_is_given(options, "group") ? options_value(options, "group") : NULL;
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;
    if (!command_is_given(options, "topic")) {
        error_set(error, STATUS_REJECT, "which topic? --topic TOPIC is needed");
        return EX_USAGE;
    }
    code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);
    if (code != EX_OK)
        return code;

    enum status status = retire(db, group, options_value(options, "topic"), error);

    db_close(db);
    return command_exit_code(status);
}

static const char *const init_options[] = {"db", "timezone", NULL};
static const char *const reread_options[] = {"db", "group", "topic", NULL};
static const char *const db_options[] = {"db", NULL};

const struct command command_db_init = {
    "db init",
    "",
    "create roles, tables and partitions; fix the report time zone",
    "Run it as a role that may create roles. Running it again changes nothing but adds what is\n"
    "missing. Workers connect as members of kansen_loader, analysts of kansen_reader.\n",
    init_options,
    run_init,
    COMMAND_EXAMPLES("kansen db init",
                     "kansen db init --db 'dbname=kansen user=postgres' --timezone Asia/Tokyo")};

const struct command command_db_status = {
    "db status",
    "",
    "version, time zone, threats, partitions, offsets",
    "Ends with 0 only when the database can be reached and is at this program's version.\n",
    db_options,
    run_status,
    COMMAND_EXAMPLES("kansen db status", "kansen db status --config /etc/kansen/ingest.conf")};

const struct command command_db_verify = {
    "db verify",
    "",
    "recompute infections and counts, name every difference",
    "Prints one line for each difference. Ends with 65 when there is one. Goes month by month, "
    "and\n"
    "says which; what is stored meanwhile in a month that was verified before is not looked at. "
    "Of\n"
    "months whose events were dropped, infections and counts are held against each other.\n",
    db_options,
    run_verify,
    COMMAND_EXAMPLES("kansen db verify")};

const struct command command_db_reread = {
    "db reread",
    "",
    "let a group read a topic from its beginning again",
    "For a topic that was created again or truncated, which workers refuse to go on with. Nothing\n"
    "is deleted and every event still counts once. Stop the group's workers first.\n",
    reread_options,
    run_reread,
    COMMAND_EXAMPLES("kansen db reread --group kansen --topic detections")};

const struct command command_db_retire = {
    "db retire",
    "",
    "say that nothing comes from a topic any more",
    "A month is complete when every Kafka partition was read beyond its end; those of a topic "
    "that\n"
    "is gone would hold up every later month. Nothing is deleted. It ends by itself as soon as a\n"
    "worker reads the topic again. Stop its workers first; with --group, only those of the "
    "group.\n",
    reread_options,
    run_retire,
    COMMAND_EXAMPLES("kansen db retire --topic detections")};
