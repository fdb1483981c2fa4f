/* `kansen dead-letters remove`: rejected events, deleted for good. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/confirmed.h"
#include "cli/dead_letter_options.h"
#include "cli/log.h"
#include "dead_letters/remove.h"
#include "sql/array.h"
#include "sql/db.h"

/* Of "3 bad_json, 2 empty" for all reasons. */
#define REASONS_SIZE (REJECT_REASONS * 64)

static volatile sig_atomic_t stopped;

/* A chunk that waits for somebody's lock is given up. */
static void stop(int number)
{
    (void)number;
    stopped = 1;
    (void)db_interrupt();
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = stop};

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

static void show(void *context, int64_t removed, int64_t total)
{
    char text[64];

    (void)context;
    snprintf(text, sizeof(text), "%" PRId64 " dead letters removed", removed);
    log_progress(removed, total, text);
}

/* ---- which */

/* EX_OK, or EX_USAGE: a filter that was forgotten must not remove everything. */
static int check_filter(const struct options *options, const struct dead_letter_options *chosen,
                        struct error *error)
{
    bool is_filtered = chosen->filter.topics != NULL || chosen->filter.reason != NULL ||
                       chosen->filter.since != NULL || chosen->filter.until != NULL ||
                       options_count(options, "letter") > 0 || options_flag(options, "replayed");

    if (is_filtered == options_flag(options, "all")) {
        error_set(error, STATUS_REJECT, "%s",
                  is_filtered ? "--all is for every dead letter: leave it out, or the others"
                              : "which ones? TOPIC, --letter, --reason, --since, --until or "
                                "--replayed; --all for every one");
        return EX_USAGE;
    }
    return EX_OK;
}

/* The numbers of --letter. NULL and EX_OK: none was given. */
static int read_letters(const struct options *options, struct array *array, const char **out,
                        struct error *error)
{
    size_t count = options_count(options, "letter");

    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *text = options_item(options, "letter", i);
        char *end;
        long long number;

        errno = 0;
        number = strtoll(text, &end, 10);
        if (errno != 0 || *text < '0' || *text > '9' || *end != '\0') {
            error_set(error, STATUS_REJECT, "--letter is the number of a dead letter, not \"%s\"",
                      text);
            return EX_USAGE;
        }
        array_add_int64(array, number);
    }
    if (count == 0)
        return EX_OK;
    *out = array_text(array);
    if (*out != NULL)
        return EX_OK;
    error_set(error, STATUS_FATAL, "out of memory");
    return EX_OSERR;
}

static enum removable which(const struct options *options)
{
    if (options_flag(options, "replayed"))
        return REMOVABLE_REPLAYED;
    return options_flag(options, "all") || options_count(options, "letter") > 0 ? REMOVABLE_BOTH
                                                                                : REMOVABLE_WAITING;
}

/* ---- is it meant? */

static void name_reasons(const struct removal *removal, char text[REASONS_SIZE])
{
    size_t used = 0;

    *text = '\0';
    for (int i = 0; i < removal->reason_count; i++)
        used += (size_t)snprintf(text + used, REASONS_SIZE - used, "%s%" PRId64 " %s",
                                 i > 0 ? ", " : "", removal->reasons[i].count,
                                 removal->reasons[i].reason);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* Asks on the terminal. */
static int confirm(const struct options *options, const struct removal *removal, bool *go_on,
                   struct error *error)
{
    char reasons[REASONS_SIZE];
    char would[REASONS_SIZE + 128];
    char asked[REASONS_SIZE + 128];

    name_reasons(removal, reasons);
    snprintf(would, sizeof(would), "this would remove %" PRId64 " dead letter%s for good (%s)",
             removal->total, plural(removal->total), reasons);
    snprintf(asked, sizeof(asked), "%" PRId64 " dead letter%s: %s\nRemove %s for good?",
             removal->total, plural(removal->total), reasons, removal->total == 1 ? "it" : "them");
    return confirmed(options, &(struct question){would, asked, "nothing was removed"}, go_on,
                     error);
}

/* ---- removing */

static int remove_counted(struct db *db, const struct remove_settings *settings,
                          struct removal *removal, const struct logger *logger, struct error *error)
{
    enum status status = remove_dead_letters(db, settings, removal, error);
    bool early = status != STATUS_OK || stopped;

    log_progress_end();
    log_write(logger, LOG_LEVEL_INFO, early ? "stopped early" : "removed",
              LOG_INT("removed", removal->removed), NULL);
    if (status == STATUS_OK || stopped)
        return early ? EX_TEMPFAIL : EX_OK;
    return command_exit_code(status);
}

static int remove_chosen(struct db *db, const struct options *options,
                         const struct remove_settings *settings, const struct logger *logger,
                         struct error *error)
{
    struct removal removal;
    enum status status = remove_count(db, settings, &removal, error);
    bool go_on;
    int code;

    if (status != STATUS_OK)
        return command_exit_code(status);
    if (removal.total == 0)
        return dead_letter_say_none(db, options_argument(options, 0), "; nothing was removed",
                                    error);
    code = confirm(options, &removal, &go_on, error);
    if (code != EX_OK || !go_on)
        return code;
    catch_signals();
    return remove_counted(db, settings, &removal, logger, error);
}

static int remove_filtered(const struct options *options, const struct dead_letter_options *chosen,
                           struct error *error)
{
    const struct logger *logger = NULL;
    struct remove_settings settings = {.show = show, .stop = &stopped};
    struct array letters = {0};
    struct db *db = NULL;
    int code = check_filter(options, chosen, error);

    if (code == EX_OK && log_open(options, &logger, error) != STATUS_OK)
        code = EX_USAGE;
    if (code != EX_OK)
        return code;
    settings.filter = chosen->filter;
    settings.which = which(options);
    code = read_letters(options, &letters, &settings.letters, error);
    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_OWN, &db, error);
    if (code == EX_OK)
        code = remove_chosen(db, options, &settings, logger, error);
    db_close(db);
    array_clear(&letters);
    return code;
}

static int run_remove(const struct options *options, struct error *error)
{
    struct dead_letter_options chosen;
    int code = dead_letter_options_read(options, &chosen, error);

    if (code == EX_OK)
        code = remove_filtered(options, &chosen, error);
    dead_letter_options_clear(&chosen);
    return code;
}

static const char *const remove_options[] = {"db",       "reason", "since", "until", "letter",
                                             "replayed", "all",    "yes",   NULL};

const struct command command_dead_letters_remove = {
    "dead-letters remove",
    "[TOPIC]",
    "delete rejected events for good",
    DEAD_LETTER_FILTER_HELP
    "Removes what `dead-letters list` shows with the same filters, and what is known of where it "
    "was\n"
    "relayed. Letters that were replayed are left out; --replayed removes those instead, and "
    "--all\n"
    "every one. For the database's owner. Asks first; --yes where nobody can be asked. What is\n"
    "removed is gone, unless its topic is read again: after `kansen db reread` it is rejected "
    "anew.\n"
    "It may be interrupted and run again; ends with 75 then.\n",
    remove_options,
    run_remove,
    COMMAND_EXAMPLES("kansen dead-letters remove --replayed --until 2024-01-01 --yes",
                     "kansen dead-letters remove detections --reason bad_json")};
