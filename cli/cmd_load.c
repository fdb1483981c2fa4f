/* `kansen load`: events from files or standard input. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/intake.h"
#include "cli/intake_lines.h"
#include "cli/log.h"
#include "ingest/files/load.h"

/* A backfill is asked for by hand, so by default nothing is too old for it: 100 years. */
#define BACKFILL_MAX_AGE_DAYS INTAKE_DAYS_MAX

static void show(void *context, const struct load_progress *progress)
{
    char text[64];

    (void)context;
    snprintf(text, sizeof(text), "%" PRId64 " lines", progress->lines);
    log_progress(progress->bytes, progress->bytes_total, text);
}

static int load(struct pipeline *pipeline, const struct options *options,
                const struct logger *logger, struct error *error)
{
    size_t count = options_arguments(options);
    const char **paths = calloc(count, sizeof(*paths));
    struct load_settings settings = {
        .paths = paths, .count = count, .show = show, .stop = &intake_stopped};
    struct load_progress progress;
    enum status status;

    if (paths == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    for (size_t i = 0; i < count; i++)
        paths[i] = options_argument(options, i);
    status = load_files(pipeline, &settings, &progress, error);
    free(paths);
    log_progress_end();

    struct store_totals totals = pipeline_totals(pipeline);

    intake_log_totals(logger, status == STATUS_OK && !intake_stopped ? "loaded" : "stopped early",
                      &totals);
    if (status == STATUS_REJECT)
        return progress.lines == 0 ? EX_NOINPUT : EX_DATAERR;
    if (status == STATUS_OK && intake_stopped)
        return EX_TEMPFAIL;
    return command_exit_code(status);
}

static int run(const struct options *options, struct error *error)
{
    const struct logger *logger = NULL;
    struct pipeline *pipeline = NULL;
    int code = command_check_arguments(options, 1, SIZE_MAX, "FILE", error);

    if (code != EX_OK)
        return code;
    if (log_open(options, &logger, error) != STATUS_OK)
        return EX_USAGE;
    code = intake_open(options, BACKFILL_MAX_AGE_DAYS, logger, &pipeline, error);
    if (code != EX_OK)
        return code;
    code = load(pipeline, options, logger, error);
    pipeline_close(pipeline);
    return code;
}

static const char *const options[] = {"db", "geoip", "max-age", "max-ahead", NULL};

const struct command command_load = {
    "load",
    "FILE…|-",
    "store events from NDJSON files or standard input",
    "Files are plain, gzip or zstd, told by their first bytes; `kcat -J` envelopes are unpacked.\n"
    "Loading a file again is safe: an event counts once. Rejected lines are kept in dead_letter\n"
    "with file and line. Events of any age since 2000 are accepted unless --max-age says\n"
    "otherwise. Ends with 0 when every line has been stored or kept.\n",
    options,
    run,
    COMMAND_EXAMPLES("kansen load events.ndjson",
                     "kansen load archive/*.ndjson.zst --geoip country.mmdb",
                     "kcat -b kafka:9092 -t detections -C -e -J | kansen load -")};
