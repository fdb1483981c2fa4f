/* `kansen db export`: the events of a month as a file that `kansen load` reads back. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "cli/month_option.h"
#include "retention/export.h"

static void show(void *context, const char *month, int64_t events, int64_t total)
{
    char text[96];

    (void)context;
    snprintf(text, sizeof(text), "exporting %.7s, %" PRId64 " events", month, events);
    log_progress(events, total, text);
}

static int export_to(const struct options *options, month_t month, struct error *error)
{
    struct db *db = NULL;
    struct export_result result;
    const char *folder = options_value(options, "output");
    int code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);

    if (code != EX_OK)
        return code;

    enum status status =
        export_month(db, month, folder == NULL ? "." : folder, show, NULL, &result, error);

    db_close(db);
    log_progress_end();
    if (status != STATUS_OK)
        return result.file_failed ? EX_CANTCREAT : command_exit_code(status);
    printf("%s\n", result.file.path);
    log_say(LOG_LEVEL_INFO, NULL,
            "%" PRId64 " event%s in %" PRId64 " bytes%s; SHA-256 beside it, for sha256sum -c",
            result.events, result.events == 1 ? "" : "s", result.file.bytes,
            result.file.was_there ? ", as they were there already" : "");
    return EX_OK;
}

static int run(const struct options *options, struct error *error)
{
    month_t month = 0;
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;
    if (month_option(options, "month", &month, error) != STATUS_OK)
        return EX_USAGE;
    if (!command_is_given(options, "month")) {
        error_set(error, STATUS_REJECT, "which month? --month YYYY-MM is needed");
        return EX_USAGE;
    }
    return export_to(options, month, error);
}

static const char *const options[] = {"db", "month", "output", NULL};

const struct command command_db_export = {
    "db export",
    "",
    "write the events of a month into a file that load reads",
    "Writes DIR/detections-YYYY-MM.ndjson.zst, an event a line in kansen's own format, with its "
    "identity and the country that it counts in, and the SHA-256 beside it. `kansen load` reads it "
    "back, each event once, also into another database.\n\n"
    "The same events give the same bytes. A file of that name that holds others stays, and this "
    "one gets a number. Nothing is deleted.\n",
    options,
    run,
    COMMAND_EXAMPLES("kansen db export --month 2013-09",
                     "sha256sum -c detections-2013-09.ndjson.zst.sha256",
                     "kansen load detections-2013-09.ndjson.zst")};
