/* `kansen stats`: the figures of one threat and window, on standard output. */
#include <errno.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/reporting.h"
#include "reports/formats/writers.h"
#include "reports/template/template.h"

static enum status print_figures(const struct figures *figures, const char *code,
                                 const char *format, bool bom, struct error *error)
{
    struct report report = {.bom = bom};
    struct composed composed;
    enum status status = template_compose(NULL, code, figures, &composed, error);

    for (size_t i = 0; i < STATS_WRITERS && status == STATUS_OK; i++) {
        report.document = composed.document;
        if (strcmp(stats_writers[i].format, format) == 0 &&
            !stats_writers[i].write(stdout, &report))
            status = error_set(error, STATUS_FATAL, "out of memory");
    }
    if (status == STATUS_OK && fflush(stdout) != 0)
        status = error_set(error, STATUS_FATAL, "standard output: %s", strerror(errno));
    else if (status == STATUS_OK && ferror(stdout))
        status = error_set(error, STATUS_FATAL, "standard output: a write failed");
    composed_clear(&composed);
    return status;
}

static int run_stats(const struct options *options, struct error *error)
{
    struct reporting_choices format = {.count = 0};
    struct reporting_choices language = {.count = 0};
    struct figures *figures = NULL;
    const char *formats[STATS_WRITERS + 1] = {NULL};
    bool bom = false;

    for (size_t i = 0; i < STATS_WRITERS; i++)
        formats[i] = stats_writers[i].format;

    int code = reporting_choose(options, "format", formats, &format, error);

    if (code == EX_OK)
        code = reporting_choose_languages(options, &language, error);
    /* Of several, the last one counts. */
    format.words[0] = format.count == 0 ? formats[0] : format.words[format.count - 1];
    format.count = 1;
    if (code == EX_OK)
        code = reporting_read_bom(options, &format, &bom, error);
    if (code == EX_OK && options_flag(options, "show-sql"))
        return reporting_show_sql(options, error);
    if (code == EX_OK)
        code = reporting_load(options, &figures, error);
    if (code != EX_OK)
        return code;

    enum status status =
        print_figures(figures, language.words[language.count - 1], format.words[0], bom, error);

    figures_free(figures);
    return status == STATUS_OK ? EX_OK : EX_IOERR;
}

static const char *const option_names[] = {"db",
                                           "from",
                                           "to",
                                           "months",
                                           "top",
                                           "by",
                                           "unique",
                                           "rate-minimum",
                                           "suppress-below",
                                           "format",
                                           "lang",
                                           "bom",
                                           "require-complete",
                                           "show-sql",
                                           NULL};

const struct command command_stats = {
    .name = "stats",
    .arguments = "[THREAT]",
    .summary = "print infections by month and by country",
    .details = REPORTING_HELP
    "\n--format is table (the default), json or csv; of several, the last one counts.\n"
    "--lang is one of " LANGUAGE_CODES "; " LANGUAGE_DEFAULT " unless given.\n",
    .options = option_names,
    .run = run_stats,
    .examples = COMMAND_EXAMPLES("kansen stats bitcoin-miner --from 2013-09 --to 2013-11",
                                 "kansen stats bitcoin-miner --unique --format json | jq .total",
                                 "kansen stats bitcoin-miner --show-sql | psql"),
};
