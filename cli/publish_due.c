#include "cli/publish_due.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/edition_writing.h"
#include "cli/log.h"
#include "cli/option_bounds.h"
#include "cli/publishing.h"
#include "cli/recalled.h"
#include "cli/reporting.h"
#include "editions/due.h"
#include "kansen/clock.h"
#include "stats/overview.h"
#include "stats/threat_load.h"

#define SETTLE_DEFAULT_S 30

/* Late events that never stop hold an edition up for so many waits: ten minutes, unless --settle
 * says otherwise. */
#define SETTLE_WAITS 20

struct round {
    const struct options *options;
    const char *folder;
    struct stats_request request;
    struct due_window window;
    int64_t settle_s;
    const char **threats; /* that are looked at; then, those whose edition is due */
    size_t threat_count;
    bool names_threats; /* an error says of which it is */
    int code;
};

/* Says what is wrong with one threat. 75 is the mildest code: to wait is all that is to be done. */
static void fail(struct round *round, const char *threat, int code, struct error *error)
{
    if (*error->message != '\0')
        log_say(LOG_LEVEL_ERROR, "publish", "%s%s%s", round->names_threats ? threat : "",
                round->names_threats ? ": " : "", error->message);
    *error->message = '\0';
    if (round->code == EX_OK || round->code == EX_TEMPFAIL)
        round->code = code;
}

/* ---- what is there */

static int see_to_files(const struct round *round, struct db *db, struct edition *edition,
                        struct error *error)
{
    const struct edition_wish wish = {.bom = recalled_flag(edition->options, "bom"),
                                      .progress = round->request.progress};
    struct written written = {.rank = 0};
    char name[EDITION_NAME_SIZE];
    int code = command_exit_code(edition_files(db, edition, error));
    size_t missing = code == EX_OK ? due_missing_files(edition, round->folder) : 0;

    edition_name(edition, name);
    if (code != EX_OK)
        return code;
    if (missing == 0) {
        log_say(LOG_LEVEL_INFO, NULL, "%s is published, and its files lie in %s: nothing to do",
                name, round->folder);
        return EX_OK;
    }
    log_say(LOG_LEVEL_INFO, NULL,
            "%s is published, and %zu of its %zu files %s missing in %s: all are written again",
            name, missing, edition->file_count, missing == 1 ? "is" : "are", round->folder);
    return edition_writing(db, edition, &wish, round->folder, &written, error);
}

static int see_to_edition(const struct round *round, struct db *db, struct edition *edition,
                          struct error *error)
{
    char name[EDITION_NAME_SIZE];

    if (edition->withdrawn == NULL)
        return see_to_files(round, db, edition, error);
    log_say(LOG_LEVEL_INFO, NULL,
            "%s was withdrawn at %s: nothing takes its place before somebody publishes with "
            "--restate",
            edition_name(edition, name), edition->withdrawn);
    return EX_OK;
}

/* *is_due: there is no edition that ends with the month. */
static int look_at(const struct round *round, struct db *db, const char *threat, bool *is_due,
                   struct error *error)
{
    struct edition_filter filter = EDITION_FILTER_ANY;
    struct edition_list editions = {NULL, 0};
    struct edition *standing = NULL;
    char *found = NULL;
    enum status status = threat_find(db, threat, &found, error);
    int code;

    free(found);
    filter.threat = threat;
    filter.to = round->window.to;
    if (status == STATUS_OK)
        status = edition_list_load(db, &filter, &editions, error);
    code = command_exit_code(status);
    if (status == STATUS_OK)
        standing = due_standing(&editions, round->window.to);
    if (standing != NULL)
        code = see_to_edition(round, db, standing, error);
    *is_due = status == STATUS_OK && standing == NULL;
    edition_list_clear(&editions);
    return code;
}

/* Leaves the threats whose edition is due. */
static void look_at_all(struct round *round, struct db *db, struct error *error)
{
    size_t due = 0;

    for (size_t i = 0; i < round->threat_count; i++) {
        const char *threat = round->threats[i];
        bool is_due = false;
        int code = look_at(round, db, threat, &is_due, error);

        if (code != EX_OK)
            fail(round, threat, code, error);
        else if (is_due)
            round->threats[due++] = threat;
    }
    round->threat_count = due;
}

/* ---- what is due */

/* Waits until nothing more arrives, for a while: what is being caught up with is not cut in two. */
static enum status settle(const struct round *round, struct db *db, struct error *error)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    int64_t before = 0;
    int64_t now = 0;
    enum status status = due_count(db, &round->window, &now, error);

    month_format(round->window.from, from);
    month_format(round->window.to, to);
    if (status == STATUS_OK)
        log_say(LOG_LEVEL_INFO, NULL,
                "%s to %s is complete: waiting until nothing more of it has arrived for %" PRId64
                " s, for %" PRId64 " s at most",
                from, to, round->settle_s, round->settle_s * SETTLE_WAITS);
    for (int i = 0; i < SETTLE_WAITS && status == STATUS_OK; i++) {
        before = now;
        progress_say(round->request.progress, "waiting for what may still arrive");
        clock_rest(round->settle_s * 1000);
        status = due_count(db, &round->window, &now, error);
        if (status != STATUS_OK || now == before)
            return status;
    }
    if (status == STATUS_OK)
        log_say(LOG_LEVEL_WARNING, NULL,
                "events of %s to %s still arrive, %" PRId64 " detections in the last %" PRId64
                " s; what there is, is published, and --restate has the rest later",
                from, to, now - before, round->settle_s);
    return status;
}

/* On a connection of its own: the turn of a threat and window ends with it. */
static int publish_one(const struct round *round, const struct template *template,
                       const char *threat, struct error *error)
{
    struct stats_request request = round->request;
    struct db *db = NULL;
    int code = command_open_ready_db(round->options, SCHEMA_PUBLISH, &db, error);

    request.threat = threat;
    request.from = round->window.from;
    request.to = round->window.to;
    if (code == EX_OK)
        code = publishing_window(db, round->options, template, &request, error);
    db_close(db);
    progress_end(round->request.progress);
    return code;
}

static void publish_all(struct round *round, struct db *db, const struct template *template,
                        struct error *error)
{
    char last[MONTH_TEXT_SIZE];
    enum status status = STATUS_OK;

    if (round->threat_count == 0)
        return;
    if (round->window.from < 0) {
        log_say(LOG_LEVEL_INFO, NULL,
                "nothing is stored of %s, the last month that is over: no edition is due",
                month_format(round->window.to, last));
        return;
    }
    /* What is not complete is refused at once, and says why. */
    if (round->settle_s > 0 && round->window.complete)
        status = settle(round, db, error);
    progress_end(round->request.progress);
    if (status != STATUS_OK) {
        round->names_threats = false;
        fail(round, "", command_exit_code(status), error);
        return;
    }
    for (size_t i = 0; i < round->threat_count; i++) {
        int code = publish_one(round, template, round->threats[i], error);

        if (code != EX_OK)
            fail(round, round->threats[i], code, error);
    }
}

/* ---- a round */

/* The threats that are asked for; those of the overview when none is. */
static int choose_threats(struct round *round, const struct overview *overview, struct error *error)
{
    size_t asked = options_arguments(round->options);

    round->threat_count = asked > 0 ? asked : overview->threat_count;
    round->names_threats = round->threat_count > 1;
    round->threats = calloc(round->threat_count + 1, sizeof(*round->threats));
    if (round->threats == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    for (size_t i = 0; i < round->threat_count; i++)
        round->threats[i] = asked > 0 ? options_argument(round->options, i) : overview->threats[i];
    if (round->threat_count == 0)
        log_say(LOG_LEVEL_INFO, NULL,
                "no threat is defined, and no edition is due: 'kansen threat set' defines one");
    return EX_OK;
}

static int read_round(const struct options *options, struct round *round, struct template **out,
                      struct error *error)
{
    int code = reporting_read(options, &round->request, error);

    if (code == EX_OK && option_bounded(options, "settle", &round->settle_s, error) != STATUS_OK)
        code = EX_USAGE;
    return code == EX_OK ? reporting_read_template(options, out, error) : code;
}

int publish_due(const struct options *options, struct error *error)
{
    const char *folder = options_value(options, "output");
    struct round round = {.options = options,
                          .folder = folder == NULL ? "." : folder,
                          .settle_s = SETTLE_DEFAULT_S,
                          .code = EX_OK};
    struct overview overview = {.last_complete = -1};
    struct template *template = NULL;
    struct db *db = NULL;
    int code = read_round(options, &round, &template, error);

    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_PUBLISH, &db, error);
    if (code == EX_OK)
        code = command_exit_code(due_window_load(db, round.request.months, &round.window, error));
    if (code == EX_OK)
        code = command_exit_code(overview_load(db, &overview, error));
    if (code == EX_OK)
        code = choose_threats(&round, &overview, error);
    if (code == EX_OK) {
        look_at_all(&round, db, error);
        publish_all(&round, db, template, error);
        code = round.code;
    }
    free(round.threats);
    overview_clear(&overview);
    db_close(db);
    template_free(template);
    return code;
}
