#include "stats/show_sql.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "stats/cells.h"
#include "text/escape.h"

/* ---- what each gives */

struct title {
    const char *sql;
    const char *title; /* NULL: nothing that is printed */
};

/* A statement that is not here is shown with its own comment alone. */
static const struct title titles[] = {
    {sql_stats_settings, "Notes: the report time zone, and which months are over"},
    {sql_stats_threats, NULL},
    {sql_stats_names, "Title: what the threat is called"},
    {sql_stats_patterns, "Notes: what is counted"},
    {sql_stats_states, "Tables by month: provisional months (marked *) and those without data"},
    {sql_stats_months, "Table of months, and the months before, of which records are told"},
    {sql_stats_lagging, "Notes: the Kafka partitions that keep a month from being complete"},
    {sql_stats_recounts, NULL},
    {sql_stats_dropped, NULL},
    {sql_stats_dimension, "Tables of one dimension: ranking, months, changes, first seen"},
    {sql_stats_unique, "Table of one dimension, each machine once in the window"},
    {sql_stats_active, "Rates: active machines by month"},
    {sql_stats_active_values, "Rates: active machines by value of one dimension"},
    {sql_stats_covered, "Rates: coverage, infected machines that were active"},
    {sql_stats_geoip, "Notes: the MaxMind DBs that countries were looked up in"},
    {sql_stats_offsets, "Data: how far Kafka was read"},
    {sql_stats_edition, "Notes: the edition that was published of this window"},
};

/* ---- a statement with its parameters filled in */

struct filler {
    FILE *out;
    const char *const *parameters;
    int count;
};

/* The parameter whose number is at text ($1 is the first), or -1; *end is behind it. */
static int parameter_at(const struct filler *filler, const char *text, const char **end)
{
    long number;
    char *behind;

    if (text[0] != '$' || !isdigit((unsigned char)text[1]))
        return -1;
    number = strtol(text + 1, &behind, 10);
    if (number < 1 || number > filler->count)
        return -1;
    *end = behind;
    return (int)number - 1;
}

static void fill(const struct filler *filler, int number, bool in_comment)
{
    const char *parameter = filler->parameters[number];

    if (parameter == NULL)
        fputs("null", filler->out);
    else if (in_comment)
        escape_plain(filler->out, parameter);
    else
        escape_sql(filler->out, parameter);
}

/* Whether text goes on with "folder/module: ", which says who runs the statement. */
static const char *behind_caller(const char *text)
{
    const char *end = text + strspn(text, "abcdefghijklmnopqrstuvwxyz_/");

    return strncmp(text, "stats/", strlen("stats/")) == 0 && strncmp(end, ": ", 2) == 0 ? end + 2
                                                                                        : text;
}

/* Comments are filled in as text that stays on its line, literals of the statement are copied. */
static void write_filled(const struct filler *filler, const char *sql, size_t length)
{
    const char *end = sql + length;
    bool in_literal = false;
    bool in_comment = false;

    while (sql < end) {
        int number = in_literal ? -1 : parameter_at(filler, sql, &sql);

        if (number >= 0) {
            fill(filler, number, in_comment);
            continue;
        }
        if (!in_literal && !in_comment && strncmp(sql, "-- ", 3) == 0) {
            in_comment = true;
            fputs("-- ", filler->out);
            sql = behind_caller(sql + 3);
            continue;
        }
        if (*sql == '\n')
            in_comment = false;
        else if (*sql == '\'' && !in_comment)
            in_literal = !in_literal;
        fputc(*sql++, filler->out);
    }
}

/* ---- listening */

static const struct title *find_title(const char *sql)
{
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        if (titles[i].sql == sql)
            return &titles[i];
    return NULL;
}

/* Ends each with a semicolon in the place of its file's last line break. */
static void hear(void *context, const char *sql, int count, const char *const *parameters)
{
    const struct filler filler = {context, parameters, count};
    const struct title *title = find_title(sql);
    size_t length = strlen(sql);

    if (title != NULL && title->title == NULL)
        return;
    while (length > 0 && (sql[length - 1] == '\n' || sql[length - 1] == ';'))
        length--;
    fputc('\n', filler.out);
    if (title != NULL)
        fprintf(filler.out, "-- %s\n", title->title);
    write_filled(&filler, sql, length);
    fputs(";\n", filler.out);
}

/* ---- all of them */

static enum status listen(struct db *db, const struct stats_request *request, FILE *out,
                          struct figures **figures, struct error *error)
{
    enum status status;

    db_listen(db, hear, out);
    status = stats_load(db, request, figures, error);
    db_listen(db, NULL, NULL);
    return status;
}

/* The heading names the threat, which may be known only behind the statements. */
static void write_all(FILE *out, const struct figures *figures, const char *statements)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    fputs("-- ", out);
    escape_plain(out, figures->threat);
    fprintf(
        out,
        ", %s to %s: what `kansen stats` and `kansen report` print is worked out of what these\n"
        "-- statements give; as a member of kansen_reader, ask them in psql. Shares, ranks and\n"
        "-- \"other\" are made of the counts as docs/numbers.md says.\n"
        "begin isolation level repeatable read read only;\n",
        month_format(figures->from, from), month_format(figures->to, to));
    fputs(statements, out);
    fputs("\ncommit;\n", out);
}

enum status stats_show_sql(struct db *db, const struct stats_request *request, char **text,
                           struct figures **out, struct error *error)
{
    struct figures *figures = NULL;
    char *statements = NULL;
    char *all = NULL;
    size_t size = 0;
    FILE *heard = open_memstream(&statements, &size);
    FILE *whole = open_memstream(&all, &size);
    enum status status = STATUS_OK;

    if (heard == NULL || whole == NULL)
        status = stats_out_of_memory(error);
    if (status == STATUS_OK)
        status = listen(db, request, heard, &figures, error);
    if (heard != NULL && fclose(heard) != 0 && status == STATUS_OK)
        status = stats_out_of_memory(error);
    if (status == STATUS_OK)
        write_all(whole, figures, statements);
    if (whole != NULL && fclose(whole) != 0 && status == STATUS_OK)
        status = stats_out_of_memory(error);
    free(statements);
    if (status != STATUS_OK) {
        free(all);
        figures_free(figures);
        return status;
    }
    *text = all;
    *out = figures;
    return STATUS_OK;
}
