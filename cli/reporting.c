#include "cli/reporting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "cli/month_option.h"
#include "cli/option_bounds.h"
#include "cli/option_notes.h"
#include "reports/formats/writers.h"
#include "reports/languages/language.h"
#include "reports/template/template.h"
#include "sql/db.h"
#include "stats/completeness.h"
#include "stats/load.h"
#include "stats/monthly.h"
#include "stats/rates.h"
#include "stats/show_sql.h"

#define TOP_DEFAULT 10

_Static_assert(REPORT_WRITERS <= REPORTING_CHOICES_MAX, "every format can be asked for");
_Static_assert(LANGUAGES <= REPORTING_CHOICES_MAX, "a language has no room");

static int add_word(struct reporting_choices *choices, const char *name, const char *word,
                    size_t length, const char *const *known, bool for_all, struct error *error)
{
    for (size_t i = 0; i < choices->count; i++)
        if (strlen(choices->words[i]) == length && strncmp(choices->words[i], word, length) == 0)
            return EX_OK;
    for (const char *const *one = known; *one != NULL; one++) {
        if (strlen(*one) != length || strncmp(*one, word, length) != 0)
            continue;
        choices->words[choices->count++] = *one;
        return EX_OK;
    }
    if (for_all && option_is_a_word(name, word, length))
        return EX_OK;
    (void)option_refuse_word(name, word, length, known, error);
    return EX_USAGE;
}

int reporting_choose(const struct options *options, const char *name, const char *const *known,
                     struct reporting_choices *out, struct error *error)
{
    struct reporting_choices choices = {.count = 0};
    bool for_all = !options_on_command_line(options, name);

    for (size_t i = 0; i < options_count(options, name); i++) {
        const char *word = options_item(options, name, i);

        for (;;) {
            size_t length = strcspn(word, ",");
            int code = add_word(&choices, name, word, length, known, for_all, error);

            if (code != EX_OK)
                return code;
            if (word[length] == '\0')
                break;
            word += length + 1;
        }
    }
    *out = choices;
    return EX_OK;
}

int reporting_choose_json(const struct options *options, bool *as_json, struct error *error)
{
    static const char *const formats[] = {"table", "json", NULL};
    struct reporting_choices choices = {.count = 0};
    int code = reporting_choose(options, "format", formats, &choices, error);

    if (code == EX_OK)
        *as_json = choices.count > 0 && strcmp(choices.words[choices.count - 1], "json") == 0;
    return code;
}

int reporting_choose_formats(const struct options *options, struct reporting_choices *out,
                             bool *every, struct error *error)
{
    const char *known[REPORT_WRITERS + 1] = {NULL};
    int code;

    for (size_t i = 0; i < REPORT_WRITERS; i++)
        known[i] = report_writers[i].format;
    code = reporting_choose(options, "format", known, out, error);
    if (code != EX_OK)
        return code;
    if (every != NULL)
        *every = out->count == 0;
    if (out->count > 0)
        return EX_OK;
    for (size_t i = 0; i < REPORT_WRITERS; i++)
        out->words[out->count++] = known[i];
    return EX_OK;
}

int reporting_choose_languages(const struct options *options, struct reporting_choices *out,
                               struct error *error)
{
    const char *codes[LANGUAGES + 1];
    int code;

    for (size_t i = 0; i <= LANGUAGES; i++)
        codes[i] = language_code_at(i);
    code = reporting_choose(options, "lang", codes, out, error);
    if (code == EX_OK && out->count == 0)
        out->words[out->count++] = codes[0];
    return code;
}

int reporting_read_bom(const struct options *options, const struct reporting_choices *formats,
                       bool *out, struct error *error)
{
    bool wanted = options_flag(options, "bom");

    *out = false;
    for (size_t i = 0; i < formats->count && wanted; i++)
        *out |= strcmp(formats->words[i], "csv") == 0;
    if (*out || !wanted || !options_on_command_line(options, "bom"))
        return EX_OK;
    error_set(error, STATUS_REJECT, "--bom is for CSV; ask for it with --format csv");
    return EX_USAGE;
}

int reporting_read_template(const struct options *options, struct template **out,
                            struct error *error)
{
    const char *folder = options_value(options, "template");
    enum status status = folder == NULL ? STATUS_OK : template_read(folder, out, error);

    if (status == STATUS_OK)
        return EX_OK;
    return status == STATUS_REJECT ? EX_CONFIG : EX_NOINPUT;
}

int reporting_choose_dimensions(const struct options *options, bool *out, struct error *error)
{
    const char *known[DIMENSIONS + 1] = {NULL};
    struct reporting_choices choices = {.count = 0};
    enum dimension dimension;
    int code;

    for (enum dimension i = 0; i < DIMENSIONS; i++)
        known[i] = dimension_name(i);
    code = reporting_choose(options, "by", known, &choices, error);
    for (size_t i = 0; i < choices.count; i++)
        if (dimension_parse(choices.words[i], &dimension))
            out[dimension] = true;
    return code;
}

struct progress *reporting_progress(void)
{
    static struct progress progress = {.show = log_progress_show};

    return &progress;
}

int reporting_read(const struct options *options, struct stats_request *request,
                   struct error *error)
{
    int64_t top = TOP_DEFAULT;

    request->from = STATS_MONTH_DEFAULT;
    request->to = STATS_MONTH_DEFAULT;
    request->months = STATS_WINDOW_MONTHS;
    request->rate_minimum = RATE_MINIMUM_DEFAULT;
    if (month_option(options, "from", &request->from, error) != STATUS_OK ||
        month_option(options, "to", &request->to, error) != STATUS_OK ||
        option_bounded(options, "months", &request->months, error) != STATUS_OK ||
        option_bounded(options, "top", &top, error) != STATUS_OK ||
        option_bounded(options, "rate-minimum", &request->rate_minimum, error) != STATUS_OK ||
        option_bounded(options, "suppress-below", &request->suppress_below, error) != STATUS_OK)
        return EX_USAGE;
    if (request->from != STATS_MONTH_DEFAULT && request->to != STATS_MONTH_DEFAULT &&
        monthly_check_window(request->from, request->to, error) != STATUS_OK)
        return EX_USAGE;
    if (options_on_command_line(options, "months") && request->from != STATS_MONTH_DEFAULT) {
        error_set(error, STATUS_REJECT,
                  "--months says how long a window is whose --from is left out: leave one of them "
                  "out");
        return EX_USAGE;
    }
    if (options_arguments(options) > 0)
        request->threat = options_argument(options, 0);
    request->progress = reporting_progress();
    request->top = (size_t)top;
    request->unique = options_flag(options, "unique");
    return reporting_choose_dimensions(options, request->by, error);
}

/* Frees the figures when they are refused. */
static int require_complete(struct figures **figures, struct error *error)
{
    char why[ERROR_MESSAGE_SIZE - 64];

    if (!completeness_explain(*figures, why, sizeof(why)))
        return EX_OK;
    figures_free(*figures);
    *figures = NULL;
    error_set(error, STATUS_RETRY, "not complete, and nothing is written: %s", why);
    return EX_TEMPFAIL;
}

/* *text, when text is not NULL, gets the statements. */
static int load(const struct options *options, char **text, struct figures **out,
                struct error *error)
{
    struct stats_request request = {.threat = NULL};
    struct db *db = NULL;
    int code = command_check_arguments(options, 0, 1, "THREAT", error);

    if (code == EX_OK)
        code = reporting_read(options, &request, error);
    if (code != EX_OK)
        return code;

    code = command_open_ready_db(options, SCHEMA_READ, &db, error);
    if (code != EX_OK)
        return code;

    enum status status = stats_choose_window(db, &request, error);

    code = status == STATUS_REJECT ? EX_USAGE : command_exit_code(status);
    if (status == STATUS_OK && text != NULL)
        code = command_exit_code(stats_show_sql(db, &request, text, out, error));
    else if (status == STATUS_OK)
        code = command_exit_code(stats_load(db, &request, out, error));
    db_close(db);
    progress_end(reporting_progress());
    if (code == EX_OK && options_flag(options, "require-complete"))
        code = require_complete(out, error);
    return code;
}

int reporting_load(const struct options *options, struct figures **out, struct error *error)
{
    return load(options, NULL, out, error);
}

/* Writes it to standard output, to its end. EX_OK or EX_IOERR. */
static int print(const char *text, struct error *error)
{
    errno = 0;
    if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
        return EX_OK;
    error_set(error, STATUS_FATAL, "standard output: %s",
              errno == 0 ? "a write failed" : strerror(errno));
    return EX_IOERR;
}

int reporting_show_sql(const struct options *options, struct error *error)
{
    struct figures *figures = NULL;
    char *text = NULL;
    int code;

    if (options_on_command_line(options, "output") || options_on_command_line(options, "open")) {
        error_set(error, STATUS_REJECT,
                  "--show-sql prints statements and writes no files: leave %s out",
                  options_on_command_line(options, "output") ? "-o" : "--open");
        return EX_USAGE;
    }
    code = load(options, &text, &figures, error);
    if (code == EX_OK)
        code = print(text, error);
    free(text);
    figures_free(figures);
    return code;
}
