/* `kansen threat …`: what is counted. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "kansen/event.h"
#include "sql/db.h"
#include "sql/embedded.h"
#include "text/escape.h"
#include "threats/threat.h"

/* A threat's name is typed in commands and becomes part of file names. */
#define THREAT_NAME_MAX 128

/* Of a language's code (BCP 47), in bytes: RFC 5646 asks for room for 35. */
#define LANGUAGE_MAX 35
#define LANGUAGE_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

/* What escape_next() gives for bytes that are no UTF-8. */
#define REPLACEMENT 0xFFFD

static void show(void *context, const struct recount_progress *progress)
{
    char part[48] = ", reading";
    char text[128];

    (void)context;
    if (progress->parts > 0)
        snprintf(part, sizeof(part), ", part %d of %d", progress->parts_done + 1,
                 progress->parts + 1);
    snprintf(text, sizeof(text), "counting %s%s, %" PRId64 " detections in months before",
             progress->month, part, progress->detections);
    log_progress(progress->months_done, progress->months, text);
}

/* Why a text can't be a name, or NULL. What else acts instead of being seen is escaped where it is
 * written. */
static const char *unreadable(const char *text)
{
    bool blank = true;

    for (int32_t character; (character = escape_next(&text)) != 0;) {
        if (character < 0x20 || character == 0x7f)
            return "holds a control character";
        if (character == REPLACEMENT)
            return "holds bytes that are no UTF-8, or U+FFFD, which stands for such";
        blank = blank && character == ' ';
    }
    return blank ? "is empty" : NULL;
}

static enum status check_text(const char *what, const char *text, size_t maximum,
                              struct error *error)
{
    const char *why = unreadable(text);

    if (strlen(text) > maximum)
        return error_set(error, STATUS_REJECT, "%s is longer than %zu bytes", what, maximum);
    if (why != NULL)
        return error_set(error, STATUS_REJECT, "%s %s", what, why);
    return STATUS_OK;
}

/* Patterns are the values of --match and what stands behind NAME: `--match 'A*' 'B*'`. */
static enum status read_patterns(const struct options *options, const char **patterns,
                                 size_t *count, struct error *error)
{
    *count = 0;
    for (size_t i = 0; i < options_count(options, "match"); i++)
        patterns[(*count)++] = options_item(options, "match", i);
    if (*count == 0)
        return error_set(error, STATUS_REJECT, "no --match PATTERN: which malware names are it?");
    for (size_t i = 1; i < options_arguments(options); i++)
        patterns[(*count)++] = options_argument(options, i);
    for (size_t i = 0; i < *count; i++) {
        enum status status = check_text("a pattern", patterns[i], 256, error);

        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* The letters, digits and hyphens in front of `=`. */
static enum status read_name(const char *text, struct threat_name *name, struct error *error)
{
    size_t length = strspn(text, LANGUAGE_CHARACTERS);

    if (length == 0 || text[length] != '=')
        return error_set(error, STATUS_REJECT, "--name %.200s: not LANG=NAME, e.g. en=Worms", text);
    if (length > LANGUAGE_MAX)
        return error_set(error, STATUS_REJECT, "--name %.200s: a language has at most %d bytes",
                         text, LANGUAGE_MAX);
    *name = (struct threat_name){text, length, text + length + 1};
    return check_text("--name", name->name, EVENT_NAME_MAX, error);
}

/* The values of --name, none of a language that there is already, whatever the case of its letters.
 */
static enum status read_names(const struct options *options, struct threat_name *names,
                              size_t *count, struct error *error)
{
    for (*count = 0; *count < options_count(options, "name"); ++*count) {
        struct threat_name *name = &names[*count];
        enum status status = read_name(options_item(options, "name", *count), name, error);

        if (status != STATUS_OK)
            return status;
        for (size_t i = 0; i < *count; i++)
            if (names[i].language_length == name->language_length &&
                strncasecmp(names[i].language, name->language, name->language_length) == 0)
                return error_set(error, STATUS_REJECT, "--name: %.*s is there twice",
                                 (int)name->language_length, name->language);
    }
    return STATUS_OK;
}

static enum status read_definition(const struct options *options, const char **patterns,
                                   struct threat_name *names, struct threat_definition *definition,
                                   struct error *error)
{
    enum status status;

    definition->name = options_argument(options, 0);
    definition->names = names;
    definition->patterns = patterns;
    status = check_text("the threat's name", definition->name, THREAT_NAME_MAX, error);
    if (status == STATUS_OK)
        status = read_names(options, names, &definition->name_count, error);
    if (status == STATUS_OK)
        status = read_patterns(options, patterns, &definition->pattern_count, error);
    return status;
}

static int define(const struct options *options, const struct threat_definition *definition,
                  struct error *error)
{
    struct db *db = NULL;
    struct threat_dropped dropped;
    int64_t detections = 0;
    int code = command_open_ready_db(options, SCHEMA_OWN, &db, error);

    if (code != EX_OK)
        return code;
    db_close(db);

    enum status status = threat_define(options_value(options, "db"), definition, show, NULL,
                                       &detections, &dropped, error);

    log_progress_end();
    if (status == STATUS_OK)
        log_say(LOG_LEVEL_INFO, NULL, "%s: %" PRId64 " stored detection%s counted",
                definition->name, detections, detections == 1 ? "" : "s");
    if (status == STATUS_OK && dropped.months > 0)
        log_say(LOG_LEVEL_WARNING, NULL,
                "the events of %" PRId64 " month%s (%s to %s) were dropped: they stay as the "
                "definition before has counted them, and are 0 when there was none",
                dropped.months, dropped.months == 1 ? "" : "s", dropped.first, dropped.last);
    return command_exit_code(status);
}

static int run_set(const struct options *options, struct error *error)
{
    size_t most = options_count(options, "match") + options_arguments(options);
    const char **patterns = NULL;
    struct threat_name *names = NULL;
    struct threat_definition definition = {0};
    int code = command_check_arguments(options, 1, SIZE_MAX, "NAME", error);

    if (code != EX_OK)
        return code;
    patterns = calloc(most, sizeof(*patterns));
    names = calloc(options_count(options, "name") + 1, sizeof(*names));
    if (patterns == NULL || names == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        code = EX_OSERR;
    } else if (read_definition(options, patterns, names, &definition, error) == STATUS_OK) {
        code = define(options, &definition, error);
    } else {
        code = EX_USAGE;
    }
    free(patterns);
    free(names);
    return code;
}

static int run_remove(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    int code = command_check_arguments(options, 1, 1, "NAME", error);

    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_OWN, &db, error);
    if (code != EX_OK)
        return code;
    db_close(db);
    return command_exit_code(
        threat_remove(options_value(options, "db"), options_argument(options, 0), error));
}

static void print_line(const char *label, const char *text)
{
    printf("  %-6s ", label);
    escape_plain(stdout, text);
    putchar('\n');
}

static bool is_of_threat(const struct db_result *rows, int row, const char *threat_id)
{
    return row >= 0 && row < db_rows(rows) && strcmp(db_text(rows, row, 0), threat_id) == 0;
}

/* A row for each language of a threat, those of one behind each other. */
static void print_row(const struct db_result *rows, int row)
{
    const char *threat_id = db_text(rows, row, 0);

    if (!is_of_threat(rows, row - 1, threat_id)) {
        escape_plain(stdout, db_text(rows, row, 1));
        puts(strcmp(db_text(rows, row, 2), "counting") == 0 ? " (being counted)" : "");
    }
    if (db_text(rows, row, 3) != NULL)
        print_line(db_text(rows, row, 3), db_text(rows, row, 4));
    if (!is_of_threat(rows, row + 1, threat_id))
        print_line("match", db_text(rows, row, 5));
}

static int run_list(const struct options *options, struct error *error)
{
    struct db *db = NULL;
    struct db_result *rows = NULL;
    int code = command_refuse_arguments(options, error);

    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);
    if (code != EX_OK)
        return code;

    enum status status = db_query(db, sql_threat_list, 0, NULL, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++)
        print_row(rows, row);
    db_result_free(rows);
    db_close(db);
    return command_exit_code(status);
}

static const char *const set_options[] = {"db", "name", "match", NULL};
static const char *const db_options[] = {"db", NULL};

const struct command command_threat_list = {
    "threat list", "",       "show the threats that are counted",   NULL,
    db_options,    run_list, COMMAND_EXAMPLES("kansen threat list")};

const struct command command_threat_set = {
    "threat set",
    "NAME [PATTERN…]",
    "define a threat by patterns of malware names, count what is stored",
    "Patterns match the whole name: * is any text, ? one character, ASCII case is ignored. More\n"
    "patterns may follow the first: --match 'TROJ_COINMINE*' 'BKDR_BTMINE*'. Workers may go on\n"
    "ingesting. A threat can be defined again; its old counts are shown until the new are there.\n"
    "Reports call it by its --name in their language, else by that in English, else NAME.\n",
    set_options,
    run_set,
    COMMAND_EXAMPLES("kansen threat set bitcoin-miner --match 'BKDR_BTMINE*' 'TROJ_COINMINE*'",
                     "kansen threat set worms --name en=Worms --name de=Würmer --match 'WORM_*'")};

const struct command command_threat_remove = {
    "threat remove", "NAME",     "remove a threat and its counts; detections stay",     NULL,
    db_options,      run_remove, COMMAND_EXAMPLES("kansen threat remove bitcoin-miner")};
