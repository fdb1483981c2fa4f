/* `kansen editions show`: all that is kept of an edition. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/edition_options.h"
#include "cli/recalled.h"
#include "cli/reporting.h"
#include "editions/kept_template.h"
#include "stats/figures_json.h"
#include "text/escape.h"
#include "text/json_writer.h"

/* ---- for people */

static void put_label(const char *label)
{
    printf("  %-12s ", label);
}

static void put_line(const char *label, const char *text)
{
    put_label(label);
    escape_plain(stdout, text);
    putchar('\n');
}

static void print_standing(const struct edition *edition)
{
    put_label("published");
    printf("%s (%s) by ", edition->published, edition->timezone);
    escape_plain(stdout, edition->published_by);
    printf(", kansen %s\n", edition->program);
    if (edition->withdrawn != NULL) {
        put_label("withdrawn");
        printf("%s by ", edition->withdrawn);
        escape_plain(stdout, edition->withdrawn_by);
        fputs(": ", stdout);
        escape_plain(stdout, edition->withdrawn_reason);
        putchar('\n');
    }
    if (edition->number > 1)
        printf("  %-12s edition %d\n", "replaces", edition->number - 1);
}

static void print_definition(const struct figures *figures)
{
    for (size_t i = 0; i < figures->pattern_count; i++)
        put_line(i == 0 ? "patterns" : "", figures->patterns[i]);
    for (size_t i = 0; i < figures->name_count; i++) {
        put_label(i == 0 ? "names" : "");
        escape_plain(stdout, figures->names[i].language);
        putchar('=');
        escape_plain(stdout, figures->names[i].name);
        putchar('\n');
    }
    for (size_t i = 0; i < figures->geoip_build_count; i++)
        put_line(i == 0 ? "MaxMind DB" : "", figures->geoip_builds[i]);
    if (figures->geoip_unnoted)
        put_line("MaxMind DB", "of some events it was not noted");
    if (figures->geoip_not_asked)
        put_line("MaxMind DB", "there was none for some addresses");
}

static void print_figures(const struct figures *figures)
{
    char text[MONTH_TEXT_SIZE];

    for (size_t i = 0; i < figures->month_count; i++) {
        const struct month_figures *month = &figures->months[i];

        put_label(i == 0 ? "months" : "");
        printf("%s %12" PRId64 " infections %12" PRId64 " detections, %s\n",
               month_format(month->month, text), month->infections, month->detections,
               month_state_name(month->state));
    }
    put_label("total");
    printf("%7s %12" PRId64 " %s\n", "", figures->total,
           figures->unique ? "machines, each once" : "infections");
    for (size_t i = 0; i < figures->dimension_count; i++)
        printf("  %-12s %s: %zu values, %zu of them ranked\n", i == 0 ? "dimensions" : "",
               dimension_name(figures->dimensions[i].dimension), figures->dimensions[i].line_count,
               figures->dimensions[i].ranked);
    for (size_t i = 0; i < figures->offset_count; i++) {
        put_label(i == 0 ? "read" : "");
        escape_plain(stdout, figures->offsets[i].topic);
        fputs(" ", stdout);
        escape_plain(stdout, figures->offsets[i].next_offsets);
        putchar('\n');
    }
}

static void print_table(const struct edition *edition, const struct kept_template *template,
                        const struct figures *figures)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    char *options = recalled_say(edition->options);

    printf("edition %d of ", edition->number);
    escape_plain(stdout, edition->threat);
    printf(", %s to %s%s\n", month_format(edition->from, from), month_format(edition->to, to),
           edition->provisional ? ", provisional" : "");
    print_standing(edition);
    put_line("options", options == NULL || *options == '\0' ? "none" : options);
    print_definition(figures);
    print_figures(figures);
    for (size_t i = 0; i < edition->file_count; i++) {
        put_label(i == 0 ? "files" : "");
        printf("%s  ", edition->files[i].sha256);
        escape_plain(stdout, edition->files[i].name);
        printf(" (%" PRId64 " bytes)\n", edition->files[i].bytes);
    }
    for (size_t i = 0; i < template->count; i++) {
        put_label(i == 0 ? "template" : "");
        printf("%s  ", template->files[i].sha256);
        escape_plain(stdout, template->files[i].name);
        printf(" (%zu bytes)\n", template->files[i].length);
    }
    free(options);
}

/* ---- for programs */

static void put_files(struct json_writer *json, const struct edition *edition)
{
    json_writer_array(json, "files", JSON_LINES);
    for (size_t i = 0; i < edition->file_count; i++) {
        const struct edition_file *file = &edition->files[i];

        json_writer_object(json, NULL, JSON_ONE_LINE);
        json_writer_text(json, "name", file->name);
        json_writer_text(json, "format", file->format);
        json_writer_text(json, "language", file->language);
        json_writer_integer(json, "bytes", file->bytes);
        json_writer_text(json, "sha256", file->sha256);
        json_writer_end(json);
    }
    json_writer_end(json);
}

static void put_template(struct json_writer *json, const struct kept_template *template)
{
    json_writer_array(json, "template", JSON_LINES);
    for (size_t i = 0; i < template->count; i++) {
        const struct kept_file *file = &template->files[i];

        json_writer_object(json, NULL, JSON_ONE_LINE);
        json_writer_text(json, "name", file->name);
        json_writer_integer(json, "bytes", (int64_t)file->length);
        json_writer_text(json, "sha256", file->sha256);
        json_writer_end(json);
    }
    json_writer_end(json);
}

static void print_json(const struct edition *edition, const struct kept_template *template,
                       const char *figures)
{
    struct json_writer json;
    char text[MONTH_TEXT_SIZE];

    json_writer_init(&json, stdout);
    json_writer_object(&json, NULL, JSON_LINES);
    json_writer_text(&json, "threat", edition->threat);
    json_writer_text(&json, "from", month_format(edition->from, text));
    json_writer_text(&json, "to", month_format(edition->to, text));
    json_writer_integer(&json, "edition", edition->number);
    json_writer_text(&json, "published", edition->published_utc);
    json_writer_text(&json, "published_by", edition->published_by);
    json_writer_bool(&json, "provisional", edition->provisional);
    json_writer_text(&json, "withdrawn", edition->withdrawn_utc);
    json_writer_text(&json, "withdrawn_by", edition->withdrawn_by);
    json_writer_text(&json, "reason", edition->withdrawn_reason);
    json_writer_text(&json, "program", edition->program);
    json_writer_number(&json, "options", edition->options);
    put_files(&json, edition);
    put_template(&json, template);
    json_writer_number(&json, "figures", figures);
    json_writer_end(&json);
    putchar('\n');
}

/* ---- which */

static int show(struct db *db, struct edition *edition, bool as_json, struct error *error)
{
    struct kept_template template = {NULL, 0};
    struct figures *figures = NULL;
    char *text = NULL;
    enum status status = edition_files(db, edition, error);

    if (status == STATUS_OK)
        status = kept_template_load(db, edition, &template, error);

    if (status == STATUS_OK)
        status = edition_figures(db, edition, &figures, error);
    if (status == STATUS_OK && as_json)
        status = figures_to_json(figures, &text, error);
    if (status == STATUS_OK && as_json) {
        text[strlen(text) - 1] = '\0'; /* without its line's end */
        print_json(edition, &template, text);
    } else if (status == STATUS_OK) {
        print_table(edition, &template, figures);
    }
    free(text);
    figures_free(figures);
    kept_template_clear(&template);
    return command_exit_code(status);
}

static int run_show(const struct options *options, struct error *error)
{
    struct edition_list list = {NULL, 0};
    struct edition *edition = NULL;
    struct db *db = NULL;
    bool as_json = false;
    int code = reporting_choose_json(options, &as_json, error);

    if (code == EX_OK)
        code = edition_options_window(options, 1, SCHEMA_READ, &db, &list, error);
    if (code == EX_OK && (edition = edition_options_pick(options, 1, &list, error)) == NULL)
        code = EX_DATAERR;
    if (code == EX_OK)
        code = show(db, edition, as_json, error);
    edition_list_clear(&list);
    db_close(db);
    return code;
}

static const char *const option_names[] = {"db", "from", "to", "format", NULL};

const struct command command_editions_show = {
    .name = "editions show",
    .arguments = "THREAT [NUMBER]",
    .summary = "show all that is kept of an edition",
    .details = EDITION_HELP "\n--format is table (the default) or json. Digests are SHA-256, as "
                            "`sha256sum` prints them.\n",
    .options = option_names,
    .run = run_show,
    .examples = COMMAND_EXAMPLES("kansen editions show bitcoin-miner",
                                 "kansen editions show bitcoin-miner 1 --format json | jq .files"),
};
