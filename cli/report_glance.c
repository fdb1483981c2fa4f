#include "cli/report_glance.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/reporting.h"
#include "reports/formats/terminal.h"
#include "reports/template/template.h"
#include "stats/overview.h"
#include "stats/show_sql.h"
#include "text/escape.h"

bool report_glance_is_meant(const struct options *options)
{
    static const char *const others[] = {"from", "to", "format", "output", "template"};

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (options_count(options, others[i]) > 0)
            return false;
    return !options_flag(options, "open") && !options_flag(options, "bom") &&
           !options_flag(options, "require-complete") &&
           !options_on_command_line(options, "months");
}

/* Block elements need characters that the locale has; colours a terminal that nobody wants plain.
 */
static struct terminal_style find_style(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    bool plain = (no_color != NULL && *no_color != '\0') ||
                 (terminal != NULL && strcmp(terminal, "dumb") == 0);
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    struct terminal_style style = {.colour = !plain && isatty(STDOUT_FILENO)};

    if (locale != (locale_t)0) {
        style.blocks = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
        freelocale(locale);
    }
    return style;
}

static enum status show_language(const struct figures *figures, const char *code,
                                 struct error *error)
{
    struct composed composed;
    enum status status = template_compose(NULL, code, figures, &composed, error);

    if (status == STATUS_OK && !terminal_write(stdout, composed.document, find_style()))
        status = error_set(error, STATUS_FATAL, "out of memory");
    composed_clear(&composed);
    return status;
}

/* What is shown of each threat. */
struct glance {
    struct reporting_choices languages;
    bool sql; /* the statements instead */
};

/* One line for a threat of which no month can be shown. */
static void say_none(const struct glance *glance, const char *threat, const char *why)
{
    if (glance->sql)
        fputs("-- ", stdout);
    escape_plain(stdout, threat);
    fputs(": ", stdout);
    escape_plain(stdout, why);
    putchar('\n');
}

static int show_threat(struct db *db, const struct stats_request *request,
                       const struct glance *glance, struct error *error)
{
    struct figures *figures = NULL;
    char *text = NULL;
    enum status status = glance->sql ? stats_show_sql(db, request, &text, &figures, error)
                                     : stats_load(db, request, &figures, error);

    progress_end(request->progress);
    if (status == STATUS_RETRY && !db_is_broken(db)) {
        say_none(glance, request->threat, error->message);
        return EX_OK;
    }
    if (text != NULL)
        fputs(text, stdout);
    for (size_t i = 0; i < glance->languages.count && status == STATUS_OK && !glance->sql; i++) {
        if (i > 0)
            putchar('\n');
        status = show_language(figures, glance->languages.words[i], error);
    }
    free(text);
    figures_free(figures);
    return command_exit_code(status);
}

static int show_threats(struct db *db, struct stats_request *request,
                        const struct overview *overview, const struct glance *glance,
                        struct error *error)
{
    const char *only = request->threat;
    int code = EX_OK;

    request->from = request->to = overview->last_complete;
    for (size_t i = 0; i < overview->threat_count && code == EX_OK; i++) {
        if (only != NULL && strcmp(only, overview->threats[i]) != 0)
            continue;
        request->threat = overview->threats[i];
        if (overview->last_complete < 0) {
            say_none(glance, request->threat,
                     "no month is complete yet; --from and --to show months that are not");
            continue;
        }
        if (i > 0 && only == NULL)
            fputs("\n\n", stdout);
        code = show_threat(db, request, glance, error);
    }
    return code;
}

static bool is_defined(const struct overview *overview, const char *threat)
{
    for (size_t i = 0; i < overview->threat_count; i++)
        if (threat == NULL || strcmp(overview->threats[i], threat) == 0)
            return true;
    return false;
}

/* The error of a threat that isn't there, or of none at all, as every report has it. */
static int refuse_threat(struct db *db, struct stats_request *request, struct error *error)
{
    struct figures *figures = NULL;
    enum status status = stats_choose_window(db, request, error);

    if (status == STATUS_OK)
        status = stats_load(db, request, &figures, error);
    figures_free(figures);
    return command_exit_code(status);
}

int report_glance(const struct options *options, struct error *error)
{
    struct stats_request request = {.threat = NULL};
    struct glance glance = {.sql = options_flag(options, "show-sql")};
    struct overview overview = {.last_complete = -1};
    struct db *db = NULL;
    int code = command_check_arguments(options, 0, 1, "THREAT", error);

    if (code == EX_OK)
        code = reporting_read(options, &request, error);
    if (code == EX_OK)
        code = reporting_choose_languages(options, &glance.languages, error);
    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_READ, &db, error);
    if (code != EX_OK)
        return code;
    code = command_exit_code(overview_load(db, &overview, error));
    if (code == EX_OK && is_defined(&overview, request.threat))
        code = show_threats(db, &request, &overview, &glance, error);
    else if (code == EX_OK)
        code = refuse_threat(db, &request, error);
    if (code == EX_OK && (fflush(stdout) != 0 || ferror(stdout))) {
        error_set(error, STATUS_FATAL, "standard output: a write failed");
        code = EX_IOERR;
    }
    overview_clear(&overview);
    db_close(db);
    return code;
}
