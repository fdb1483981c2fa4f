/* `kansen editions diff`: what is different between two editions, or since one, and why. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/edition_options.h"
#include "cli/reporting.h"
#include "editions/changes.h"
#include "stats/load.h"
#include "text/csv_writer.h"
#include "text/escape.h"
#include "text/json_writer.h"

/* Two sides; `after` is NULL when the second is what is counted now. */
struct diff {
    const struct edition *before;
    const struct edition *after;
    struct figures *then;
    struct figures *now;
    struct edition_changes changes;
    bool by[DIMENSIONS]; /* --by: what is left of them; none: all */
    size_t others;       /* lines of other dimensions */
};

/* The sums of months come first, as a dimension of their own. */
static const char *dimension_of(const struct edition_change *line)
{
    return line->change.value == NULL ? "month" : dimension_name(line->dimension);
}

static size_t line_count(const struct diff *diff)
{
    return diff->changes.month_count + diff->changes.count;
}

static struct edition_change line_at(const struct diff *diff, size_t index)
{
    if (index < diff->changes.month_count)
        return (struct edition_change){DIMENSION_COUNTRY, diff->changes.months[index]};
    return diff->changes.lines[index - diff->changes.month_count];
}

/* "A*, B*". */
static void join_patterns(FILE *out, const struct figures *figures)
{
    for (size_t i = 0; i < figures->pattern_count; i++)
        fprintf(out, "%s%s", i == 0 ? "" : ", ", figures->patterns[i]);
}

static bool same_patterns(const struct diff *diff)
{
    if (diff->then->pattern_count != diff->now->pattern_count)
        return false;
    for (size_t i = 0; i < diff->then->pattern_count; i++)
        if (strcmp(diff->then->patterns[i], diff->now->patterns[i]) != 0)
            return false;
    return true;
}

/* ---- table */

static void put_patterns(const char *label, const struct figures *figures)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        return;
    join_patterns(out, figures);
    if (fclose(out) == 0) {
        printf("patterns %s: ", label);
        escape_plain(stdout, text);
        putchar('\n');
    }
    free(text);
}

static void print_table(const struct diff *diff)
{
    printf("edition %d -> ", diff->before->number);
    if (diff->after == NULL)
        puts("now");
    else
        printf("edition %d\n", diff->after->number);
    if (!same_patterns(diff)) {
        put_patterns("before", diff->then);
        put_patterns("now", diff->now);
    }
    if (line_count(diff) == 0) {
        puts(diff->others == 0 ? "no count is different"
                               : "no count by that is different; by others there are some");
        return;
    }
    puts(
        "month    of         before        now    change    events  relocated  replayed  patterns  "
        "value\n"
        "-------  -------  ---------  ---------  --------  --------  ---------  --------  -------- "
        " "
        "-----");
    for (size_t i = 0; i < line_count(diff); i++) {
        struct edition_change line = line_at(diff, i);
        const struct change_figures *change = &line.change;
        char month[MONTH_TEXT_SIZE];

        printf("%s  %-7s  %9" PRId64 "  %9" PRId64 "  %+8" PRId64 "  %+8" PRId64 "  %+9" PRId64
               "  %+8" PRId64 "  %+8" PRId64 "  ",
               month_format(change->month, month), dimension_of(&line), change->before, change->now,
               change->now - change->before, change->causes[CAUSE_ARRIVED],
               change->causes[CAUSE_RELOCATED], change->causes[CAUSE_REPLAYED],
               change->causes[CAUSE_REDEFINED]);
        escape_plain(stdout, change->value == NULL ? "" : change->value);
        putchar('\n');
    }
}

/* ---- for programs */

static void put_change(struct json_writer *json, const struct edition_change *line)
{
    const struct change_figures *change = &line->change;
    char text[MONTH_TEXT_SIZE];

    json_writer_object(json, NULL, JSON_ONE_LINE);
    json_writer_text(json, "month", month_format(change->month, text));
    json_writer_text(json, "dimension", dimension_of(line));
    json_writer_text(json, "value", change->value);
    json_writer_integer(json, "before", change->before);
    json_writer_integer(json, "now", change->now);
    json_writer_integer(json, "change", change->now - change->before);
    for (int cause = 0; cause < CAUSES; cause++)
        json_writer_integer(json, cause_name((enum cause)cause), change->causes[cause]);
    json_writer_integer(json, "detections_before", change->detections_before);
    json_writer_integer(json, "detections_now", change->detections_now);
    json_writer_end(json);
}

static void put_side(struct json_writer *json, const char *key, const struct edition *edition,
                     const struct figures *figures)
{
    json_writer_object(json, key, JSON_ONE_LINE);
    if (edition == NULL)
        json_writer_number(json, "edition", NULL);
    else
        json_writer_integer(json, "edition", edition->number);
    json_writer_integer(json, "total",
                        edition == NULL ? figures->months_infections : edition->total);
    json_writer_array(json, "patterns", JSON_ONE_LINE);
    for (size_t i = 0; i < figures->pattern_count; i++)
        json_writer_text(json, NULL, figures->patterns[i]);
    json_writer_end(json);
    json_writer_end(json);
}

static void print_json(const struct diff *diff)
{
    struct json_writer json;
    char text[MONTH_TEXT_SIZE];

    json_writer_init(&json, stdout);
    json_writer_object(&json, NULL, JSON_LINES);
    json_writer_text(&json, "threat", diff->before->threat);
    json_writer_text(&json, "from", month_format(diff->before->from, text));
    json_writer_text(&json, "to", month_format(diff->before->to, text));
    put_side(&json, "before", diff->before, diff->then);
    put_side(&json, "now", diff->after, diff->now);
    json_writer_array(&json, "changes", JSON_LINES);
    for (size_t i = 0; i < line_count(diff); i++) {
        struct edition_change line = line_at(diff, i);

        put_change(&json, &line);
    }
    json_writer_end(&json);
    json_writer_end(&json);
    putchar('\n');
}

static void put_number(struct csv_writer *csv, int64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, number);
    csv_writer_field(csv, text);
}

static void print_csv(const struct diff *diff)
{
    static const char *const head[] = {"month",
                                       "dimension",
                                       "value",
                                       "before",
                                       "now",
                                       "change",
                                       "arrived",
                                       "relocated",
                                       "replayed",
                                       "redefined",
                                       "detections_before",
                                       "detections_now"};
    struct csv_writer csv;
    char text[MONTH_TEXT_SIZE];

    csv_writer_init(&csv, stdout);
    for (size_t i = 0; i < sizeof(head) / sizeof(*head); i++)
        csv_writer_field(&csv, head[i]);
    csv_writer_end(&csv);
    for (size_t i = 0; i < line_count(diff); i++) {
        struct edition_change line = line_at(diff, i);
        const struct change_figures *change = &line.change;

        csv_writer_field(&csv, month_format(change->month, text));
        csv_writer_field(&csv, dimension_of(&line));
        csv_writer_field(&csv, change->value);
        put_number(&csv, change->before);
        put_number(&csv, change->now);
        put_number(&csv, change->now - change->before);
        for (int cause = 0; cause < CAUSES; cause++)
            put_number(&csv, change->causes[cause]);
        put_number(&csv, change->detections_before);
        put_number(&csv, change->detections_now);
        csv_writer_end(&csv);
    }
}

/* ---- which */

static enum status load_now(struct db *db, struct diff *diff, struct error *error)
{
    const struct stats_request request = {
        .threat = diff->before->threat, .from = diff->before->from, .to = diff->before->to};

    if (diff->after != NULL)
        return edition_figures(db, diff->after, &diff->now, error);
    return stats_load_within(db, &request, &diff->now, error);
}

static bool is_all(const struct diff *diff)
{
    for (enum dimension i = 0; i < DIMENSIONS; i++)
        if (diff->by[i])
            return false;
    return true;
}

/* Leaves the lines that --by asks for; the sums of months are of every dimension. */
static void choose_lines(struct diff *diff)
{
    struct edition_changes *changes = &diff->changes;
    size_t kept = 0;

    if (is_all(diff))
        return;
    for (size_t i = 0; i < changes->count; i++) {
        struct edition_change line = changes->lines[i];

        if (diff->by[line.dimension])
            changes->lines[kept++] = line;
        else
            free(line.change.value);
    }
    diff->others = changes->count - kept;
    changes->count = kept;
}

/* In one snapshot: what is counted goes on growing. */
static enum status load(struct db *db, struct diff *diff, struct error *error)
{
    enum status status = db_begin(db, DB_READ_ONLY_SNAPSHOT, error);

    if (status == STATUS_OK)
        status = edition_figures(db, diff->before, &diff->then, error);
    if (status == STATUS_OK)
        status = load_now(db, diff, error);
    if (status == STATUS_OK)
        status = edition_changes_load(db, diff->before, diff->after, &diff->changes, error);
    db_rollback(db);
    return status;
}

static int pick(const struct options *options, const struct edition_list *list, struct diff *diff,
                struct error *error)
{
    size_t arguments = options_arguments(options);

    diff->before = edition_options_pick(options, 1, list, error);
    if (arguments > 2)
        diff->after = edition_options_pick(options, 2, list, error);
    return diff->before == NULL || (arguments > 2 && diff->after == NULL) ? EX_DATAERR : EX_OK;
}

static int run_diff(const struct options *options, struct error *error)
{
    static const char *const formats[] = {"table", "json", "csv", NULL};
    static void (*const prints[])(const struct diff *) = {print_table, print_json, print_csv};
    struct reporting_choices choices = {.count = 0};
    struct edition_list list = {NULL, 0};
    struct diff diff = {.before = NULL};
    struct db *db = NULL;
    size_t format = 0;
    int code = reporting_choose(options, "format", formats, &choices, error);

    for (size_t i = 0; choices.count > 0 && formats[i] != NULL; i++)
        if (strcmp(choices.words[choices.count - 1], formats[i]) == 0)
            format = i;
    if (code == EX_OK)
        code = reporting_choose_dimensions(options, diff.by, error);
    if (code == EX_OK)
        code = edition_options_window(options, 2, SCHEMA_READ, &db, &list, error);
    if (code == EX_OK)
        code = pick(options, &list, &diff, error);
    if (code == EX_OK)
        code = command_exit_code(load(db, &diff, error));
    if (code == EX_OK) {
        choose_lines(&diff);
        prints[format](&diff);
    }
    edition_changes_clear(&diff.changes);
    figures_free(diff.then);
    figures_free(diff.now);
    edition_list_clear(&list);
    db_close(db);
    return code;
}

static const char *const option_names[] = {"db", "from", "to", "by", "format", NULL};

const struct command command_editions_diff = {
    .name = "editions diff",
    .arguments = "THREAT [A [B]]",
    .summary = "say what is different between editions, and why",
    .details =
        "A and B are numbers of editions of one threat and window. Without B it is what has "
        "changed\n"
        "since A, as `publish --restate` would say it; without A, since the newest. Each "
        "line is a\n"
        "month and a value of a dimension (country, name, product, version, os, segment), "
        "those of\n"
        "`month` are the sums; events, relocated, replayed and patterns add up to the "
        "change: late\n"
        "events, `db relocate`, dead letters that were replayed, `threat set`. --by leaves the\n"
        "lines of some dimensions, and those of `month`.\n"
        "--from and --to may be left out when the threat has editions of one window only.\n"
        "\n--format is table (the default), json or csv.\n",
    .options = option_names,
    .run = run_diff,
    .examples = COMMAND_EXAMPLES("kansen editions diff bitcoin-miner",
                                 "kansen editions diff bitcoin-miner 1 --by country,os",
                                 "kansen editions diff bitcoin-miner 1 2 --format json"),
};
