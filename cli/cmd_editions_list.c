/* `kansen editions list`: what was published, the newest first. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/edition_options.h"
#include "cli/reporting.h"
#include "text/csv_writer.h"
#include "text/escape.h"
#include "text/json_writer.h"

/* What there is to say of an edition in one word. */
static const char *state_of(const struct edition *edition)
{
    if (edition->withdrawn != NULL)
        return "withdrawn";
    return edition->provisional ? "provisional" : "published";
}

static void print_table(const struct edition_list *list)
{
    puts("published         window              edition  state        infections  threat\n"
         "----------------  ------------------  -------  -----------  ----------  ------");
    for (size_t i = 0; i < list->count; i++) {
        const struct edition *edition = &list->editions[i];
        char from[MONTH_TEXT_SIZE];
        char to[MONTH_TEXT_SIZE];

        printf("%s  %s to %s  %7d  %-11s  %10" PRId64 "  ", edition->published,
               month_format(edition->from, from), month_format(edition->to, to), edition->number,
               state_of(edition), edition->total);
        escape_plain(stdout, edition->threat);
        putchar('\n');
        if (edition->withdrawn == NULL)
            continue;
        printf("                  withdrawn %s: ", edition->withdrawn);
        escape_plain(stdout, edition->withdrawn_reason);
        putchar('\n');
    }
}

static void put_json(struct json_writer *json, const struct edition *edition)
{
    char text[MONTH_TEXT_SIZE];

    json_writer_object(json, NULL, JSON_ONE_LINE);
    json_writer_text(json, "threat", edition->threat);
    json_writer_text(json, "from", month_format(edition->from, text));
    json_writer_text(json, "to", month_format(edition->to, text));
    json_writer_integer(json, "edition", edition->number);
    json_writer_text(json, "published", edition->published_utc);
    json_writer_text(json, "published_by", edition->published_by);
    json_writer_text(json, "state", state_of(edition));
    json_writer_bool(json, "provisional", edition->provisional);
    json_writer_integer(json, "total", edition->total);
    json_writer_text(json, "withdrawn", edition->withdrawn_utc);
    json_writer_text(json, "withdrawn_by", edition->withdrawn_by);
    json_writer_text(json, "reason", edition->withdrawn_reason);
    json_writer_end(json);
}

static void print_json(const struct edition_list *list)
{
    struct json_writer json;

    json_writer_init(&json, stdout);
    json_writer_array(&json, NULL, JSON_LINES);
    for (size_t i = 0; i < list->count; i++)
        put_json(&json, &list->editions[i]);
    json_writer_end(&json);
    putchar('\n');
}

static void print_csv(const struct edition_list *list)
{
    static const char *const head[] = {"threat",    "from",         "to",           "edition",
                                       "published", "published_by", "state",        "provisional",
                                       "total",     "withdrawn",    "withdrawn_by", "reason"};
    struct csv_writer csv;

    csv_writer_init(&csv, stdout);
    for (size_t i = 0; i < sizeof(head) / sizeof(*head); i++)
        csv_writer_field(&csv, head[i]);
    csv_writer_end(&csv);
    for (size_t i = 0; i < list->count; i++) {
        const struct edition *edition = &list->editions[i];
        char text[MONTH_TEXT_SIZE];
        char number[24];

        csv_writer_field(&csv, edition->threat);
        csv_writer_field(&csv, month_format(edition->from, text));
        csv_writer_field(&csv, month_format(edition->to, text));
        snprintf(number, sizeof(number), "%d", edition->number);
        csv_writer_field(&csv, number);
        csv_writer_field(&csv, edition->published_utc);
        csv_writer_field(&csv, edition->published_by);
        csv_writer_field(&csv, state_of(edition));
        csv_writer_field(&csv, edition->provisional ? "true" : "false");
        snprintf(number, sizeof(number), "%" PRId64, edition->total);
        csv_writer_field(&csv, number);
        csv_writer_field(&csv, edition->withdrawn_utc);
        csv_writer_field(&csv, edition->withdrawn_by);
        csv_writer_field(&csv, edition->withdrawn_reason);
        csv_writer_end(&csv);
    }
}

static int run_list(const struct options *options, struct error *error)
{
    static const char *const formats[] = {"table", "json", "csv", NULL};
    static void (*const prints[])(const struct edition_list *) = {print_table, print_json,
                                                                  print_csv};
    struct reporting_choices choices = {.count = 0};
    struct edition_list list = {NULL, 0};
    struct db *db = NULL;
    size_t format = 0;
    int code = command_check_arguments(options, 0, 1, "THREAT", error);

    if (code == EX_OK)
        code = reporting_choose(options, "format", formats, &choices, error);
    for (size_t i = 0; choices.count > 0 && formats[i] != NULL; i++)
        if (strcmp(choices.words[choices.count - 1], formats[i]) == 0)
            format = i;
    if (code == EX_OK)
        code = edition_options_list(options, SCHEMA_READ, &db, &list, error);
    if (code == EX_OK)
        prints[format](&list);
    edition_list_clear(&list);
    db_close(db);
    return code;
}

static const char *const option_names[] = {"db", "from", "to", "format", NULL};

const struct command command_editions_list = {
    .name = "editions list",
    .arguments = "[THREAT]",
    .summary = "list what was published, the newest first",
    .details = "--format is table (the default), json or csv. Withdrawn editions stay listed, with "
               "the\nreason. Times are those of the report time zone, in json and csv UTC.\n",
    .options = option_names,
    .run = run_list,
    .examples = COMMAND_EXAMPLES("kansen editions list", "kansen editions list bitcoin-miner"),
};
