/* `kansen report`: the document, in files or on standard output. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/log.h"
#include "cli/report_glance.h"
#include "cli/reporting.h"
#include "cli/written.h"
#include "process/folder.h"
#include "process/leftovers.h"
#include "process/viewer.h"
#include "reports/formats/writers.h"
#include "reports/publish.h"
#include "reports/template/template.h"

/* What the user asked for, and what came of it. */
struct wish {
    struct reporting_choices formats;
    struct reporting_choices languages;
    const char *folder; /* NULL: standard output */
    bool every_format;  /* none was named */
    bool bom;
    struct template *template; /* NULL: none */
    bool open;                 /* show what was written */
    bool for_viewer;           /* into `temporary`, which stays */
    char temporary[FOLDER_PATH_SIZE];
    struct written written;
};

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

/* Whoever only wants to see the report wants the page, and no files where they are. */
static void choose_folder(const struct options *options, struct wish *wish)
{
    bool one_format = !wish->every_format && wish->formats.count == 1;

    wish->open = options_flag(options, "open");
    wish->folder = options_value(options, "output");
    wish->for_viewer = wish->open && wish->folder == NULL;
    if (wish->for_viewer)
        wish->folder = wish->temporary;
    if (wish->for_viewer && wish->every_format)
        wish->formats = (struct reporting_choices){{"html"}, 1};
    if (wish->folder == NULL && (!one_format || wish->languages.count > 1))
        wish->folder = ".";
}

static int read_wish(const struct options *options, struct wish *wish, struct error *error)
{
    int code = reporting_choose_formats(options, &wish->formats, &wish->every_format, error);

    if (code == EX_OK)
        code = reporting_choose_languages(options, &wish->languages, error);
    if (code != EX_OK)
        return code;
    choose_folder(options, wish);
    code = refuse_terminal(wish, error);
    return code != EX_OK ? code : reporting_read_bom(options, &wish->formats, &wish->bom, error);
}

static enum status write_document(const struct document *document, struct wish *wish,
                                  struct error *error)
{
    const char *formats[REPORTING_CHOICES_MAX];
    struct publish_request request = {
        .folder = wish->folder,
        .render = {.formats = formats,
                   .format_count = wish->formats.count,
                   .bom = wish->bom,
                   .dress = template_dress(wish->template),
                   .progress = reporting_progress()},
    };

    for (size_t i = 0; i < wish->formats.count; i++)
        formats[i] = wish->formats.words[i];
    if (wish->folder == NULL)
        return publish_stream(document, &request, stdout, error);
    return publish_report(document, &request, written_say, &wish->written, error);
}

static enum status write_language(const struct figures *figures, const char *code,
                                  struct wish *wish, struct error *error)
{
    struct composed composed;
    enum status status = template_compose(wish->template, code, figures, &composed, error);

    if (status == STATUS_OK)
        status = write_document(composed.document, wish, error);
    composed_clear(&composed);
    return status;
}

static void plan(const struct wish *wish)
{
    const char *formats[REPORTING_CHOICES_MAX];
    const struct render_request request = {.formats = formats, .format_count = wish->formats.count};

    for (size_t i = 0; i < wish->formats.count; i++)
        formats[i] = wish->formats.words[i];
    progress_plan(reporting_progress(), wish->languages.count * render_steps(&request));
}

/* A format that fails alone keeps no language back. One that can't be had here was not asked for by
 * name when all are written. */
static enum status write_languages(const struct figures *figures, struct wish *wish,
                                   struct error *error)
{
    enum status worst = STATUS_OK;

    plan(wish);
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

/* EX_OK or the code to end with. */
static int write_all(const struct figures *figures, struct wish *wish, struct error *error)
{
    static const char *const none[] = {NULL};
    enum status status = STATUS_OK;

    if (wish->for_viewer)
        status = folder_make_temporary("report", none, wish->temporary, error);
    if (status == STATUS_OK)
        status = write_languages(figures, wish, error);
    /* With files in it, it stays. */
    if (*wish->temporary != '\0')
        leftovers_take_away(wish->temporary);
    if (status == STATUS_OK)
        return EX_OK;
    if (status == STATUS_REJECT || status == STATUS_RETRY)
        return EX_UNAVAILABLE;
    return wish->folder == NULL && ferror(stdout) ? EX_IOERR : EX_CANTCREAT;
}

static int run_report(const struct options *options, struct error *error)
{
    struct wish wish = {.folder = NULL};
    struct figures *figures = NULL;
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
    code = write_all(figures, &wish, error);
    figures_free(figures);
    template_free(wish.template);
    return written_show(&wish.written, wish.open, code, error);
}

static const char *const option_names[] = {
    "db",           "from",           "to",     "months", "top",  "by",  "unique",
    "rate-minimum", "suppress-below", "format", "output", "lang", "bom", "require-complete",
    "show-sql",     "template",       "open",   NULL};

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
        "--open shows the page, or what else was written, by the first of " VIEWERS ";\n"
        "without -o it is written to a new folder in TMPDIR, which stays, as html unless --format "
        "says\n"
        "otherwise. Without a viewer, or when it fails, the command ends with 69.\n"
        "--lang is a list of " LANGUAGE_CODES "; " LANGUAGE_DEFAULT " unless given.\n",
    .options = option_names,
    .run = run_report,
    .examples =
        COMMAND_EXAMPLES("kansen report", "kansen report bitcoin-miner --open",
                         "kansen report bitcoin-miner --from 2013-09 --to 2013-11 -o reports",
                         "kansen report bitcoin-miner --format html --lang ja > report.html"),
};
