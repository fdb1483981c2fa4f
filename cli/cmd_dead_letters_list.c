/* `kansen dead-letters list`: rejected events, counted by reason or each. */
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/dead_letter_options.h"
#include "cli/option_bounds.h"
#include "cli/reporting.h"
#include "dead_letters/list.h"
#include "sql/db.h"
#include "sql/embedded.h"

static bool is_filtered(const struct options *options)
{
    return options_arguments(options) > 0 || options_value(options, "reason") != NULL ||
           options_value(options, "since") != NULL || options_value(options, "until") != NULL;
}

static int list(struct db *db, const struct options *options,
                const struct dead_letter_filter *filter, enum dead_letter_list_format format,
                struct error *error)
{
    const char *limit = options_value(options, "limit");
    const char *replayed = options_flag(options, "replayed") ? "true" : "false";
    bool each = options_flag(options, "each") || limit != NULL;
    const char *const parameters[] = {filter->topics, filter->reason, filter->since,
                                      filter->until,  replayed,       limit};
    struct db_result *rows = NULL;
    enum status status = each ? db_query(db, sql_dead_letters_each, 6, parameters, &rows, error)
                              : db_query(db, sql_dead_letters_summary, 5, parameters, &rows, error);

    if (status != STATUS_OK)
        return command_exit_code(status);
    dead_letter_list_print(rows, each, format);

    bool is_empty = db_rows(rows) == 0;
    int code = dead_letter_output_check(error);

    db_result_free(rows);
    if (code == EX_OK && is_empty && is_filtered(options))
        code = dead_letter_say_none(db, options_argument(options, 0), "", error);
    return code;
}

static int list_chosen(const struct options *options, const struct dead_letter_filter *filter,
                       struct error *error)
{
    static const char *const formats[] = {"table", "json", "csv", NULL};
    struct reporting_choices choices = {.count = 0};
    enum dead_letter_list_format format = DEAD_LETTER_LIST_TABLE;
    int64_t limit = 0;
    struct db *db = NULL;
    int code = reporting_choose(options, "format", formats, &choices, error);

    if (code != EX_OK)
        return code;
    if (option_bounded(options, "limit", &limit, error) != STATUS_OK)
        return EX_USAGE;
    for (int i = 0; choices.count > 0 && formats[i] != NULL; i++)
        if (strcmp(choices.words[choices.count - 1], formats[i]) == 0)
            format = (enum dead_letter_list_format)i;
    code = command_open_ready_db(options, SCHEMA_READ, &db, error);
    if (code != EX_OK)
        return code;
    code = list(db, options, filter, format, error);
    db_close(db);
    return code;
}

static int run_list(const struct options *options, struct error *error)
{
    struct dead_letter_options chosen;
    int code = dead_letter_options_read(options, &chosen, error);

    if (code == EX_OK)
        code = list_chosen(options, &chosen.filter, error);
    dead_letter_options_clear(&chosen);
    return code;
}

static const char *const list_options[] = {"db",    "reason",   "since",  "until", "each",
                                           "limit", "replayed", "format", NULL};

const struct command command_dead_letters_list = {
    "dead-letters list",
    "[TOPIC]",
    "count rejected events by reason, or list each",
    DEAD_LETTER_FILTER_HELP
    "--format is table (the default), json or csv. Letters that were replayed are left out; see\n"
    "them with --replayed. --limit lists the newest dead letters, one a line; --each lists all.\n",
    list_options,
    run_list,
    COMMAND_EXAMPLES("kansen dead-letters list",
                     "kansen dead-letters list detections --reason bad_time --limit 20")};
