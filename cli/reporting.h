/* What `kansen stats` and `kansen report` have in common: which figures, in what form. */
#ifndef KANSEN_CLI_REPORTING_H
#define KANSEN_CLI_REPORTING_H

#include <stddef.h>

#include "cli/command.h"
#include "stats/figures.h"
#include "stats/load.h"

struct template;

/* More formats or languages than there are can't be asked for. */
#define REPORTING_CHOICES_MAX 64

/* Words given with --format or --lang, none twice; they are the known ones themselves. */
struct reporting_choices {
    const char *words[REPORTING_CHOICES_MAX];
    size_t count;
};

/* Reads --NAME, a comma list that may repeat; every word must be one of `known` (null-terminated).
 * Of the environment and the file, which are for all commands, a word of another command is passed
 * over. EX_OK or EX_USAGE. Not given: count is 0. */
int reporting_choose(const struct options *options, const char *name, const char *const *known,
                     struct reporting_choices *out, struct error *error);

/* The same for --format of a command that shows a table, or JSON with it. */
int reporting_choose_json(const struct options *options, bool *as_json, struct error *error);

/* The same for --format, of report_writers; *every (may be NULL): none was named, and all are
 * chosen. */
int reporting_choose_formats(const struct options *options, struct reporting_choices *out,
                             bool *every, struct error *error);

/* The same for --lang; the default when it is not given. */
int reporting_choose_languages(const struct options *options, struct reporting_choices *out,
                               struct error *error);

/* --by: out has DIMENSIONS elements, true for those that are named. EX_OK or EX_USAGE. */
int reporting_choose_dimensions(const struct options *options, bool *out, struct error *error);

/* --bom. Where CSV is not among the formats it is refused on the command line, and means nothing in
 * the environment or a file, which are for all commands. EX_OK or EX_USAGE. */
int reporting_read_bom(const struct options *options, const struct reporting_choices *formats,
                       bool *out, struct error *error);

/* --template; *out stays as it is when none is given. EX_OK, EX_CONFIG for a mistake in it, or
 * EX_NOINPUT when it can't be read. The caller frees *out. */
int reporting_read_template(const struct options *options, struct template **out,
                            struct error *error);

/* For a request: what is done is shown by log_progress. One for the whole program. */
struct progress *reporting_progress(void);

/* What the first argument, --from, --to and the other options ask for; months may be
 * STATS_MONTH_DEFAULT. EX_OK or EX_USAGE. */
int reporting_read(const struct options *options, struct stats_request *request,
                   struct error *error);

/* The figures that [THREAT], --from, --to, --top and --unique ask for; the caller frees *out.
 * EX_OK or the code to end with. */
int reporting_load(const struct options *options, struct figures **out, struct error *error);

/* --show-sql: the statements in place of the figures, on standard output; nothing else is written,
 * so that -o is refused. EX_OK or the code to end with. */
int reporting_show_sql(const struct options *options, struct error *error);

/* For --help of both. */
#define REPORTING_HELP                                                                             \
    "THREAT may be left out when only one is defined. Without --to the window ends with the last " \
    "month that is over in the report time zone; without --from it spans --months N, three "       \
    "unless given. --top is 10 unless given, 0 to 250.\n"                                          \
    "Without --unique a machine counts once in each month; with it, once in the window.\n"         \
    "A month is complete when it is over and every Kafka partition was read beyond its end "       \
    "(when\n"                                                                                      \
    "events come from files alone: when it is over); else it is marked as provisional, and "       \
    "never\n"                                                                                      \
    "compared. With --require-complete such a window ends with 75 and nothing is written.\n"       \
    "--show-sql prints the statements that give the tables, for psql, and nothing else.\n"

#endif
