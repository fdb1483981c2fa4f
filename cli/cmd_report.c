/* `kansen report`: the document, in files or on standard output. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/log.h"
#include "cli/report_glance.h"
#include "cli/reporting.h"
#include "reports/formats/writers.h"
#include "reports/publish.h"
#include "reports/sections/compose.h"
#include "reports/template/template.h"

/* What the user asked for. */
struct wish {
    struct reporting_choices formats;
    struct reporting_choices languages;
    const char *folder; /* NULL: standard output */
    bool every_format;  /* none was named */
    bool bom;
    struct template *template; /* NULL: none */
};

static void say_written(void *context, const char *path)
{
    (void)context;
    puts(path);
}

_Static_assert(REPORT_WRITERS <= REPORTING_CHOICES_MAX, "every format can be asked for");

/* One format that is no text, and a terminal to read it. */
static int refuse_terminal(const struct wish *wish, struct error *error)
{
    if (wish->folder != NULL || !isatty(STDOUT_FILENO))
        return EX_OK;
    for (size_t i = 0; i < REPORT_WRITERS; i++) {
        const char *format = report_writers[i].format;

        if (!report_writers[i].binary || strcmp(format, wish->formats.words[0]) != 0)
            continue;
        error_set(error, STATUS_REJECT,
                  "%s is nothing that a terminal can show; give a folder with -o, or send it to a "
                  "file: > report.%s",
                  format, report_writers[i].suffix);
        return EX_USAGE;
    }
    return EX_OK;
}

static int read_wish(const struct options *options, struct wish *wish, struct error *error)
{
    const char *known[REPORT_WRITERS + 1] = {NULL};
    int code;

    for (size_t i = 0; i < REPORT_WRITERS; i++)
        known[i] = report_writers[i].format;
    code = reporting_choose(options, "format", known, &wish->formats, error);
    if (code == EX_OK)
        code = reporting_choose_languages(options, &wish->languages, error);
    if (code != EX_OK)
        return code;
    wish->folder = options_value(options, "output");
    if (wish->folder == NULL && (wish->formats.count != 1 || wish->languages.count > 1))
        wish->folder = ".";
    wish->every_format = wish->formats.count == 0;
    for (size_t i = 0; wish->every_format && known[i] != NULL; i++)
        wish->formats.words[wish->formats.count++] = known[i];
    code = refuse_terminal(wish, error);
    return code != EX_OK ? code : reporting_read_bom(options, &wish->formats, &wish->bom, error);
}

static enum status write_document(const struct document *document, const struct wish *wish,
                                  struct error *error)
{
    const char *formats[REPORTING_CHOICES_MAX];
    struct publish_request request = {
        .folder = wish->folder,
        .render = {.formats = formats,
                   .format_count = wish->formats.count,
                   .bom = wish->bom,
                   .dress = template_dress(wish->template)},
    };

    for (size_t i = 0; i < wish->formats.count; i++)
        formats[i] = wish->formats.words[i];
    if (wish->folder == NULL)
        return publish_stream(document, &request, stdout, error);
    return publish_report(document, &request, say_written, NULL, error);
}

static enum status write_language(const struct figures *figures, const char *code,
                                  const struct wish *wish, struct error *error)
{
    struct language *language = NULL;
    struct document *document = NULL;
    enum status status = template_open_language(wish->template, code, &language, error);

    if (status == STATUS_OK)
        status =
            compose_ordered(language, figures, template_order(wish->template), &document, error);
    if (status == STATUS_OK)
        status = write_document(document, wish, error);
    document_free(document);
    language_close(language);
    return status;
}

/* A format that fails alone keeps no language back. One that can't be had here was not asked for by
 * name when all are written. */
static enum status write_languages(const struct figures *figures, const struct wish *wish,
                                   struct error *error)
{
    enum status worst = STATUS_OK;

    for (size_t i = 0; i < wish->languages.count && worst != STATUS_FATAL; i++) {
        struct error reason;
        enum status status = write_language(figures, wish->languages.words[i], wish, &reason);

        if (status == STATUS_OK)
            continue;
        worst = status;
        *error = reason;
    }
    if (worst != STATUS_REJECT || !wish->every_format)
        return worst;
    log_say(LOG_LEVEL_WARNING, "report", "%s; all other formats are written", error->message);
    return STATUS_OK;
}

static int run_report(const struct options *options, struct error *error)
{
    struct wish wish = {.folder = NULL};
    struct figures *figures = NULL;
    enum status status;
    int code;

    if (report_glance_is_meant(options))
        return report_glance(options, error);
    if (options_flag(options, "show-sql"))
        return reporting_show_sql(options, error);
    code = read_wish(options, &wish, error);

    if (code == EX_OK)
        code = reporting_read_template(options, &wish.template, error);
    if (code == EX_OK)
        code = reporting_load(options, &figures, error);
    if (code != EX_OK) {
        template_free(wish.template);
        return code;
    }
    status = write_languages(figures, &wish, error);
    figures_free(figures);
    template_free(wish.template);
    if (status == STATUS_OK)
        return EX_OK;
    if (status == STATUS_REJECT || status == STATUS_RETRY)
        return EX_UNAVAILABLE;
    return wish.folder == NULL && ferror(stdout) ? EX_IOERR : EX_CANTCREAT;
}

static const char *const option_names[] = {"db",
                                           "from",
                                           "to",
                                           "top",
                                           "by",
                                           "unique",
                                           "rate-minimum",
                                           "suppress-below",
                                           "format",
                                           "output",
                                           "lang",
                                           "bom",
                                           "require-complete",
                                           "show-sql",
                                           "template",
                                           NULL};

const struct command command_report = {
    .name = "report",
    .arguments = "[THREAT]",
    .summary = "write the report: text, Markdown, HTML, CSV, JSON, XLSX, PDF, with charts",
    .details =
        "With no option but --lang, --top or --unique, the last complete month of THREAT, or of "
        "each\n"
        "threat, is shown on standard output, with bars drawn in text (coloured on a terminal "
        "unless\n"
        "NO_COLOR is set). Any other option writes the document as said below.\n\n" REPORTING_HELP
        "\n--format is a list of text, md, html, csv, json, xlsx, pdf, and all of them unless "
        "given.\n"
        "Files are named THREAT-FROM-TO.LANG.SUFFIX in DIR (the current folder unless given), with "
        "the\n"
        "charts as SVG, PNG and PDF beside html, md and pdf; their paths are printed. One format "
        "in "
        "one\n"
        "language without -o goes to standard output, html with its charts inside, md without. "
        "Charts\n"
        "beside it need rsvg-convert, pdf needs WeasyPrint: without it all other formats are "
        "written, and the "
        "command\n"
        "ends with 69. The date inside of xlsx and pdf is SOURCE_DATE_EPOCH, else the window's "
        "end.\n"
        "--template takes a folder with style.css, logo.svg or logo.png and logo.txt, "
        "LANG.messages "
        "and\n"
        "sections.txt, each of which may be missing; a mistake in it ends with 78.\n"
        "--lang is a list of " LANGUAGE_CODES "; " LANGUAGE_DEFAULT " unless given.\n",
    .options = option_names,
    .run = run_report,
    .examples = COMMAND_EXAMPLES(
        "kansen report", "kansen report bitcoin-miner --from 2013-09 --to 2013-11 -o reports",
        "kansen report bitcoin-miner --format html --lang ja > report.html"),
};
