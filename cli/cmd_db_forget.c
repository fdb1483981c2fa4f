/* `kansen db forget`: one machine's rows are erased, the counts stay. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/confirmed.h"
#include "cli/log.h"
#include "ingest/event/identity.h"
#include "retention/forget.h"
#include "text/hex.h"

#define UUID_TEXT_SIZE 37

/* In report.erasures, without --because. */
#define NO_REASON "not said"

/* The word of the agent; the id in its two bare spellings, around which all others are built. */
struct names {
    char uuid[UUID_TEXT_SIZE];
    char digits[UUID_TEXT_SIZE];
    const char *spellings[3];
};

static void show(void *context, const char *month, int64_t done, int64_t months)
{
    char text[64];

    (void)context;
    snprintf(text, sizeof(text), "forgetting in %.7s", month);
    log_progress(done, months, text);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void make_names(const char *device, struct names *out)
{
    static const int dashes[] = {4, 6, 8, 10};
    uint8_t id[IDENTITY_SIZE];
    size_t used = 0;
    int dash = 0;

    identity_of_device((struct slice){device, strlen(device)}, id);
    for (int i = 0; i < IDENTITY_SIZE; i++) {
        if (dash < 4 && i == dashes[dash]) {
            out->uuid[used++] = '-';
            dash++;
        }
        used += (size_t)snprintf(out->uuid + used, sizeof(out->uuid) - used, "%02x", id[i]);
        snprintf(out->digits + (ptrdiff_t)2 * i, 3, "%02x", id[i]);
    }
    out->spellings[0] = device;
    out->spellings[1] = out->uuid;
    out->spellings[2] = out->digits;
}

static int confirm(const struct options *options, const char *device, bool *go_on,
                   struct error *error)
{
    char would[256];
    char asked[256];

    snprintf(would, sizeof(would), "this would erase every row of the machine %.128s for good",
             device);
    snprintf(asked, sizeof(asked), "Erase every row of the machine %.128s for good? Counts stay.",
             device);
    return confirmed(options, &(struct question){would, asked, "nothing was erased"}, go_on, error);
}

static void say(const struct forget_result *result)
{
    log_say(LOG_LEVEL_INFO, NULL,
            "erased: %" PRId64 " detection%s, %" PRId64 " infection%s, %" PRId64
            " month%s as an active machine, %" PRId64 " dead letter%s; counts are what they were",
            result->detections, plural(result->detections), result->infections,
            plural(result->infections), result->active, plural(result->active),
            result->dead_letters, plural(result->dead_letters));
    if (*result->before != '\0')
        log_say(LOG_LEVEL_INFO, NULL, "it was forgotten before, last in %s", result->before);
    else if (result->detections + result->infections + result->active + result->dead_letters == 0)
        log_say(LOG_LEVEL_WARNING, NULL,
                "nothing was stored of it; is this the identifier that its agent sends?");
    if (result->files > 0)
        log_say(LOG_LEVEL_WARNING, NULL,
                "%" PRId64 " month%s that were dropped lie in files (report.dropped_months), which "
                "may hold it still",
                result->files, plural(result->files));
}

static int forget(const struct options *options, const char *device, struct error *error)
{
    struct names names;
    struct forget_result result;
    struct db *db = NULL;
    int code;

    make_names(device, &names);

    const struct forget_settings settings = {
        .device = names.uuid,
        .spellings = names.spellings,
        .spelling_count = sizeof(names.spellings) / sizeof(names.spellings[0]),
        .reason =
            command_is_given(options, "because") ? options_value(options, "because") : NO_REASON,
        .show = show,
    };

    code = command_open_ready_db(options, SCHEMA_OWN, &db, error);
    if (code != EX_OK)
        return code;

    enum status status = forget_machine(db, &settings, &result, error);

    db_close(db);
    log_progress_end();
    if (status == STATUS_OK)
        say(&result);
    return command_exit_code(status);
}

static int run(const struct options *options, struct error *error)
{
    const char *device = options_value(options, "device");
    bool go_on = false;
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;
    if (!command_is_given(options, "device")) {
        error_set(error, STATUS_REJECT, "which machine? --device ID is needed");
        return EX_USAGE;
    }
    if (strlen(device) > EVENT_IDENTIFIER_MAX) {
        error_set(error, STATUS_REJECT, "--device has more than %d bytes, as no machine has",
                  EVENT_IDENTIFIER_MAX);
        return EX_USAGE;
    }
    code = confirm(options, device, &go_on, error);
    return code == EX_OK && go_on ? forget(options, device, error) : code;
}

static const char *const options[] = {"db", "device", "because", "yes", NULL};

const struct command command_db_forget = {
    "db forget",
    "",
    "erase one machine's rows, and keep the counts",
    "Erases the detections, infections and heartbeats of the machine, and dead letters that name "
    "it. Every count, report and edition stays what it is, and `db verify` agrees: what the "
    "machine was counted as is kept as a sum without it. What it has sent, and sends until the end "
    "of the month, doesn't come back, however often it is read; in later months it is a machine "
    "like any other.\n\n"
    "--device is the identifier that its agent sends, or the id of report.detections. Who did it, "
    "when, why and how much stands in report.erasures, but not which machine: leave it out of "
    "--because. Files of `db export` are not touched.\n",
    options,
    run,
    COMMAND_EXAMPLES("kansen db forget --device host-7 --because 'request 17' --yes")};
