/* `kansen db relocate`: stored addresses looked up again in another MaxMind DB. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "cli/month_option.h"
#include "ingest/event/country.h"
#include "ingest/geoip/geo.h"
#include "kansen/month.h"
#include "relocate/relocate.h"
#include "sql/db.h"

/* Pairs of countries that are said, of those that moved most. */
#define MOVES_SAID 5

/* So many of a hundred addresses without a country make one doubt the file; a few addresses don't.
 */
#define DOUBTFUL_PERCENT 99
#define DOUBTFUL_MIN 100

static volatile sig_atomic_t stopped;
static volatile sig_atomic_t storing;

/* A chunk that is being stored is not interrupted, unless it is told twice: it may wait for a lock.
 * All else is, at once. */
static void stop(int signal_number)
{
    (void)signal_number;
    if (stopped || !storing)
        (void)db_interrupt();
    stopped = 1;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = stop};

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

static void show(void *context, const struct relocate_progress *progress)
{
    char text[96];

    (void)context;
    snprintf(text, sizeof(text), "%s, %" PRId64 " detections looked up", progress->month,
             progress->detections);
    log_progress(progress->done_s, progress->total_s, text);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void say_moves(struct tally *moved)
{
    tally_sort(moved);
    for (size_t i = 0; i < moved->count && i < MOVES_SAID; i++)
        log_say(LOG_LEVEL_INFO, NULL,
                "  %s -> %s: %" PRId64 " detection%s, %" PRId64 " infection%s",
                moved->moves[i].from, moved->moves[i].to, moved->moves[i].detections,
                plural(moved->moves[i].detections), moved->moves[i].infections,
                plural(moved->moves[i].infections));
    if (moved->count > MOVES_SAID)
        log_say(LOG_LEVEL_INFO, NULL, "  and %zu more pairs of countries",
                moved->count - MOVES_SAID);
}

/* The wrong file takes countries away, and is itself to be seen by that alone. Whoever asks for
 * what has no country at present has mostly addresses that no file knows. */
static void doubt_file(const struct relocate_result *result, const struct options *options,
                       const struct geo *geo)
{
    const char *country = options_value(options, "country");

    if ((country != NULL && strcmp(country, COUNTRY_UNKNOWN) == 0) ||
        result->detections < DOUBTFUL_MIN ||
        result->unlocated * 100 < result->detections * DOUBTFUL_PERCENT)
        return;
    log_say(LOG_LEVEL_WARNING, NULL,
            "%s (%s) has no country for %" PRId64 " of these %" PRId64
            " detections' addresses; if it is the wrong file, run this again with the right one: "
            "nothing is lost",
            geo_path(geo), geo_database_type(geo), result->unlocated, result->detections);
}

static void say_result(const struct relocate_settings *settings, struct relocate_result *result,
                       bool done)
{
    struct tally_move total = tally_total(&result->moved);

    if (done && result->months == 0) {
        log_say(
            LOG_LEVEL_INFO, NULL,
            "nothing to look up again: of %s to %s no detection is stored that was looked up in "
            "another MaxMind DB, or in none",
            settings->from, settings->to);
        return;
    }
    log_say(LOG_LEVEL_INFO, NULL,
            "%d month%s done: %" PRId64 " detection%s looked up again, %" PRId64
            " of them and %" PRId64 " infection%s moved",
            result->months, plural(result->months), result->detections, plural(result->detections),
            total.detections, total.infections, plural(total.infections));
    say_moves(&result->moved);
    if (result->left_alone > 0)
        log_say(LOG_LEVEL_WARNING, NULL,
                "%" PRId64
                " detection%s left alone: a version stored them that did not note whether "
                "their country is their own; --country XX looks those up that have XX",
                result->left_alone, plural(result->left_alone));
    if (result->active > 0 && total.infections > 0)
        log_say(LOG_LEVEL_WARNING, NULL,
                "%" PRId64
                " active machine%s of these months stay%s in the country of the heartbeat: no "
                "address of it is kept, so rates by country hold two lookups against each other",
                result->active, plural(result->active), result->active == 1 ? "s" : "");
    if (result->late > 0)
        log_say(LOG_LEVEL_WARNING, NULL,
                "%" PRId64
                " detection%s came meanwhile from workers with another MaxMind DB, or none: "
                "give them this one, then run it again",
                result->late, plural(result->late));
}

/* The window, the country, the file: EX_OK or EX_USAGE. */
static int check_options(const struct options *options, struct error *error)
{
    const char *from = options_value(options, "from");
    const char *to = options_value(options, "to");
    const char *country = options_value(options, "country");
    month_t first = 0;
    month_t last = 0;

    if (month_option(options, "from", &first, error) != STATUS_OK ||
        month_option(options, "to", &last, error) != STATUS_OK)
        return EX_USAGE;
    if (from == NULL || to == NULL) {
        error_set(error, STATUS_REJECT, "which months? --from YYYY-MM --to YYYY-MM are needed");
        return EX_USAGE;
    }
    if (first > last) {
        error_set(error, STATUS_REJECT, "--from %s is after --to %s", from, to);
        return EX_USAGE;
    }
    if (country != NULL && strcmp(country, COUNTRY_UNKNOWN) != 0 &&
        (strlen(country) != COUNTRY_SIZE - 1 || !country_is_known(country))) {
        error_set(error, STATUS_REJECT,
                  "--country %.40s: not an assigned ISO 3166-1 alpha-2 code in upper case, nor %s",
                  country, COUNTRY_UNKNOWN);
        return EX_USAGE;
    }
    if (!command_is_given(options, "geoip")) {
        error_set(error, STATUS_REJECT, "in which MaxMind DB? --geoip FILE is needed");
        return EX_USAGE;
    }
    return EX_OK;
}

static int relocate(const struct options *options, struct geo *geo, struct error *error)
{
    struct relocate_settings settings = {
        .from = options_value(options, "from"),
        .to = options_value(options, "to"),
        .country = options_value(options, "country"),
        .geo = geo,
        .show = show,
        .stop = &stopped,
        .busy = &storing,
    };
    struct relocate_result result;
    struct db *db = NULL;
    int code;

    catch_signals();
    code = command_open_ready_db(options, SCHEMA_OWN, &db, error);
    if (code != EX_OK)
        return stopped ? EX_TEMPFAIL : code;

    enum status status = relocate_run(db, &settings, &result, error);

    db_close(db);
    log_progress_end();
    if (status == STATUS_OK || result.detections > 0)
        say_result(&settings, &result, status == STATUS_OK);
    doubt_file(&result, options, geo);
    tally_clear(&result.moved);
    return command_exit_code(status);
}

static enum status open_file(const char *path, struct geo **out, struct error *error)
{
    struct error why;
    enum status status = geo_open(path, out, &why);

    return status == STATUS_OK ? STATUS_OK
                               : error_set(error, status, "--geoip %.1000s", why.message);
}

static int run_relocate(const struct options *options, struct error *error)
{
    struct geo *geo = NULL;
    int code = command_refuse_arguments(options, error);

    if (code == EX_OK)
        code = check_options(options, error);
    if (code == EX_OK)
        code = command_refused_code(open_file(options_value(options, "geoip"), &geo, error));
    if (code == EX_OK)
        code = relocate(options, geo, error);
    geo_close(geo);
    return code;
}

static const char *const options[] = {"db", "from", "to", "country", "geoip", NULL};

const struct command command_db_relocate = {
    "db relocate",
    "",
    "look stored addresses up again in another MaxMind DB",
    "Of the months from --from to --to, what was looked up in another MaxMind DB than --geoip, or "
    "in none, is looked up in it, and infections and counts move along; with --country only what "
    "has that country at present (ZZ: none). An event's own country stands. What a version stored "
    "that did not note whose its country is, is looked up when it has none, or by --country.\n\n"
    "Workers may go on ingesting; give them the new file first. Interrupted, it goes on where it "
    "was when it is run again. A month takes as much room again as its detections, until "
    "PostgreSQL has cleaned up.\n",
    options,
    run_relocate,
    COMMAND_EXAMPLES("kansen db relocate --geoip country.mmdb --from 2013-09 --to 2013-11",
                     "kansen db relocate --geoip country.mmdb --from 2013-09 --to 2013-11 \\\n"
                     "    --country ZZ")};
