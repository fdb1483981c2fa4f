/* `kansen load`: events from files or standard input. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/intake.h"
#include "cli/intake_lines.h"
#include "cli/load_restores.h"
#include "cli/load_summary.h"
#include "cli/log.h"
#include "cli/option_bounds.h"
#include "ingest/files/input.h"
#include "ingest/files/load.h"

/* A backfill is asked for by hand, so by default nothing is too old for it: 100 years. */
#define BACKFILL_MAX_AGE_DAYS OPTION_DAYS_MAX

/* What the loader calls back to. */
struct loading {
    struct load_summary *summary;
    struct load_restores *restores;
};

static void show(void *context, const struct load_progress *progress)
{
    char text[64];

    (void)context;
    snprintf(text, sizeof(text), "%" PRId64 " lines", progress->lines);
    log_progress(progress->bytes, progress->bytes_total, text);
}

static void note_done(void *context, const struct load_file *file)
{
    struct loading *loading = context;

    load_summary_add(loading->summary, file);
}

static int32_t restores(void *context, const char *path)
{
    struct loading *loading = context;

    return input_is_stdin(path) ? 0 : load_restores_of(loading->restores, path);
}

/* Standard input can be read once. */
static int check_paths(const struct options *options, struct error *error)
{
    size_t from_stdin = 0;

    for (size_t i = 0; i < options_arguments(options); i++)
        from_stdin += input_is_stdin(options_argument(options, i));
    if (from_stdin < 2)
        return EX_OK;
    error_set(error, STATUS_REJECT, "standard input (-) is named twice, and can be read once");
    return EX_USAGE;
}

static int load(struct pipeline *pipeline, const struct options *options,
                const struct load_allowance *allowance, struct load_summary *summary,
                const struct logger *logger, struct error *error)
{
    size_t count = options_arguments(options);
    const char **paths = calloc(count, sizeof(*paths));
    struct loading loading = {
        .summary = summary,
        .restores = load_restores_new(options_value(options, "db"), logger),
    };
    struct load_settings settings = {
        .kind = intake_kind(options),
        .paths = paths,
        .count = count,
        .show = show,
        .done = note_done,
        .restores = pipeline_has_closed_months(pipeline) ? restores : NULL,
        .context = &loading,
        .stop = &intake_stopped,
    };
    struct load_progress progress;
    struct error said;
    enum status status;
    int code;

    if (paths == NULL || loading.restores == NULL) {
        free(paths);
        load_restores_free(loading.restores);
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    for (size_t i = 0; i < count; i++)
        paths[i] = options_argument(options, i);
    status = load_files(pipeline, &settings, &progress, error);
    free(paths);
    log_progress_end();
    if (status == STATUS_OK)
        load_restores_end(loading.restores);
    load_restores_free(loading.restores);

    struct store_totals totals = pipeline_totals(pipeline);

    intake_log_totals(logger, status == STATUS_OK && !intake_stopped ? "loaded" : "stopped early",
                      &totals);
    code = load_summary_end(summary, allowance, &said);
    if (status == STATUS_OK && intake_stopped)
        return EX_TEMPFAIL;
    if (status != STATUS_OK)
        return command_exit_code(status);
    *error = said;
    return code;
}

static int run(const struct options *options, struct error *error)
{
    const struct logger *logger = NULL;
    struct load_summary *summary;
    struct load_allowance allowance;
    struct pipeline *pipeline = NULL;
    int code = command_check_arguments(options, 1, SIZE_MAX, "FILE", error);

    if (code == EX_OK)
        code = check_paths(options, error);
    if (code != EX_OK)
        return code;
    if (load_allowance_read(options_value(options, "allow-rejected"), &allowance, error) !=
            STATUS_OK ||
        log_open(options, &logger, error) != STATUS_OK)
        return EX_USAGE;
    summary = load_summary_new(options, logger);
    if (summary == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    code = intake_open(options, BACKFILL_MAX_AGE_DAYS, logger, NULL, &pipeline, error);
    if (code == EX_OK)
        code = load(pipeline, options, &allowance, summary, logger, error);
    pipeline_close(pipeline);
    load_summary_free(summary);
    return code;
}

static const char *const options[] = {
    "allow-rejected", "db",        "event-format",    "geoip", "heartbeats",
    "max-age",        "max-ahead", "infection-cache", NULL};

const struct command command_load = {
    "load",
    "FILE…|-",
    "store events from files or standard input",
    "A file has one event a line, or is one JSON array of events, on one line or many. Compressed\n"
    "files are unpacked, as their first bytes tell: gzip, zstd, xz, bzip2, lz4. Envelopes of\n"
    "`kcat -J` are unpacked, too. Loading a file again is safe: an event counts once.\n"
    "Rejected lines are kept in dead_letter, once, with the file's whole path and the line. "
    "Events\n"
    "of any age since 2000 are accepted unless --max-age says otherwise.\n"
    "A file none of whose first 1,000 lines is an event is left alone: nothing of it is stored.\n"
    "With --heartbeats the files hold heartbeats, by which machines count as active.\n"
    "\n"
    "Ends with 0 when every line is stored, now or before. 65: lines were rejected (unless\n"
    "--allow-rejected expects as many), or a file is damaged or holds no events; 66: a file is\n"
    "missing or may not be read; 74: a file can't be read on. No bad file stops the next one, and\n"
    "of several codes the highest counts.\n",
    options,
    run,
    COMMAND_EXAMPLES("kansen load events.ndjson",
                     "kansen load archive/*.ndjson.zst --geoip country.mmdb",
                     "kansen load --heartbeats heartbeats-*.ndjson.gz",
                     "kcat -b kafka:9092 -t detections -C -e -J | kansen load -")};
