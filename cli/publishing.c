#include "cli/publishing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "cli/recalled.h"
#include "cli/reporting.h"
#include "cli/written.h"
#include "editions/kept_template.h"
#include "editions/publish.h"

/* ---- one edition */

static int exit_code_of(enum status status, const struct edition_outcome *outcome)
{
    if (status == STATUS_FATAL)
        return EX_CANTCREAT;
    if (outcome->no_format)
        return EX_UNAVAILABLE;
    return command_exit_code(status);
}

static void say_made(const struct edition_request *request, const struct edition_outcome *outcome)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    month_format(request->figures.from, from);
    month_format(request->figures.to, to);
    if (outcome->number == 0)
        log_say(LOG_LEVEL_INFO, NULL,
                "%s, %s to %s: nothing has changed since edition %d, and none was made; --force "
                "makes one all the same",
                request->figures.threat, from, to, request->before->number);
    else
        log_say(LOG_LEVEL_INFO, NULL, "%s, %s to %s: edition %d%s, %" PRId64 " infections%s",
                request->figures.threat, from, to, outcome->number,
                outcome->provisional ? ", provisional" : "", outcome->total,
                request->before == NULL ? "" : "; what changed stands in it");
}

static int publish(struct db *db, const struct edition_request *request, struct error *error)
{
    struct edition_outcome outcome = {.number = 0};
    struct written written = {.rank = 0};
    enum status status = edition_publish(db, request, written_say, &written, &outcome, error);

    if (status == STATUS_OK) {
        say_made(request, &outcome);
        if (*outcome.left_out.message != '\0')
            log_say(LOG_LEVEL_WARNING, "publish", "%s; the edition has all other formats",
                    outcome.left_out.message);
        return EX_OK;
    }
    if (outcome.committed) {
        struct error why = *error;

        error_set(error, status,
                  "edition %d is published, but %.700s; `kansen editions render` writes its files",
                  outcome.number, why.message);
    }
    return exit_code_of(status, &outcome);
}

/* Reads what the edition is to be: with --restate, options are those of the one before where the
 * command line doesn't give others. */
static int make(struct db *db, const struct options *options, const struct edition *before,
                const struct template *template, const struct stats_request *window,
                struct error *error)
{
    struct reporting_choices formats;
    struct reporting_choices languages;
    struct edition_request request = {.before = before};
    char *text = NULL;
    int code = reporting_read(options, &request.figures, error);

    request.figures.threat = window->threat;
    request.figures.from = window->from;
    request.figures.to = window->to;
    if (code == EX_OK)
        code = reporting_choose_formats(options, &formats, &request.files.every_format, error);
    if (code == EX_OK)
        code = reporting_choose_languages(options, &languages, error);
    if (code == EX_OK)
        code = reporting_read_bom(options, &formats, &request.files.bom, error);
    if (code != EX_OK)
        return code;
    text = recalled_write(options);
    if (text == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    request.options = text;
    request.options_differ = before != NULL && !recalled_same(before->options, text);
    request.files.formats = formats.words;
    request.files.format_count = formats.count;
    request.files.languages = languages.words;
    request.files.language_count = languages.count;
    request.files.template = template;
    request.files.progress = reporting_progress();
    request.conninfo = options_value(options, "db");
    request.provisional = options_flag(options, "provisional");
    request.forced = options_flag(options, "force");
    request.folder =
        options_value(options, "output") == NULL ? "." : options_value(options, "output");
    code = publish(db, &request, error);
    free(text);
    return code;
}

/* ---- which one */

static int refuse_first(const struct edition_list *editions, const char *threat,
                        const struct stats_request *window, struct error *error)
{
    const struct edition *newest = &editions->editions[0];
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    month_format(window->from, from);
    month_format(window->to, to);
    if (editions->count == 0)
        error_set(
            error, STATUS_REJECT,
            "there is no edition of %.200s %s to %s to be restated: publish without --restate",
            threat, from, to);
    else
        error_set(error, STATUS_REJECT,
                  "edition %d of %.200s %s to %s was published at %s (%s) by %.100s%s: nothing is "
                  "published; --restate makes edition %d, which says what has changed, and `kansen "
                  "editions render` "
                  "writes the files of this one",
                  newest->number, threat, from, to, newest->published, newest->timezone,
                  newest->published_by, newest->withdrawn == NULL ? "" : ", and withdrawn",
                  newest->number + 1);
    return EX_DATAERR;
}

/* Somebody else publishes what is due, too. */
static void say_meanwhile(const struct edition *edition)
{
    char name[EDITION_NAME_SIZE];

    log_say(LOG_LEVEL_INFO, NULL, "%s was published meanwhile, by %s: nothing to do",
            edition_name(edition, name), edition->published_by);
}

bool publishing_brings_template(const struct options *options)
{
    return options_on_command_line(options, "template") || !options_flag(options, "restate");
}

int publishing_window(struct db *db, const struct options *options, const struct template *given,
                      const struct stats_request *window, struct error *error)
{
    bool restate = options_flag(options, "restate");
    struct edition_list editions = {NULL, 0};
    struct options *recalled = NULL;
    struct template *kept = NULL;
    enum status status =
        edition_turn(db, window->threat, window->from, window->to, &editions, error);
    int code = command_exit_code(status);

    if (status == STATUS_OK && editions.count > 0 && options_flag(options, "due")) {
        code = EX_OK;
        say_meanwhile(&editions.editions[0]);
        goto out;
    }
    if (status == STATUS_OK && (editions.count > 0) != restate)
        code = refuse_first(&editions, window->threat, window, error);
    else if (status == STATUS_OK && restate)
        code = recalled_read(options, editions.editions[0].options, &recalled, error);
    if (code == EX_OK && !publishing_brings_template(options))
        code = command_exit_code(edition_template(db, &editions.editions[0], &kept, error));
    if (code == EX_OK)
        code = make(db, restate ? recalled : options, restate ? &editions.editions[0] : NULL,
                    publishing_brings_template(options) ? given : kept, window, error);
out:
    template_free(kept);
    options_free(recalled);
    edition_list_clear(&editions);
    return code;
}
