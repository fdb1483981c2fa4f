/* PDF: the HTML page on paper, laid out by WeasyPrint; tagged, with bookmarks and page numbers.
 *
 * WeasyPrint fetches what a page names, so the page names nothing (its charts stand in it, names
 * are escaped), relative addresses have no base, and proxies that don't exist stand in the way of
 * all others. */
#include "reports/formats/writers.h"

#include <stdlib.h>
#include <string.h>

#include "process/tool.h"
#include "reports/charts/paper_fonts.h"
#include "reports/formats/stamp.h"

/* A page of tables takes seconds, a report of 250 lines and 120 months well below a minute. */
#define PDF_SECONDS_MAX 300

/* "kansen-2013-09-2013-11-en" and the like. */
#define IDENTIFIER_SIZE 64

static const char *const folder_files[] = {"page.html",   "style.css",       "report.pdf",
                                           TOOL_MESSAGES, PAPER_FONTS_FILES, NULL};

/* Beside the page's own style for paper, what browsers have no use for: bookmarks of tables and
 * figures, and a foot of one line, whatever the title is. */
static const char style[] =
    "@page{size:A4;@bottom-left{width:80%;white-space:nowrap;overflow:hidden}}\n"
    "caption,figcaption{bookmark-level:3;bookmark-label:content(text)}\n";

static const char *const environment_fixed[] = {
    /* Addresses in a page would go through these; nobody listens on port 9. */
    "http_proxy=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9",
    "ftp_proxy=http://127.0.0.1:9", "no_proxy=",
    /* Python's sets have an order that differs from run to run, unless this is said. */
    "PYTHONHASHSEED=0"};

#define FIXED (sizeof(environment_fixed) / sizeof(*environment_fixed))

static bool close_written(FILE *file)
{
    bool written = !ferror(file);

    return fclose(file) == 0 && written;
}

/* The page with the date in its head, from where WeasyPrint takes it. */
static bool put_page(FILE *out, const char *html, time_t stamp)
{
    static const char head[] = "<head>\n";
    const char *behind = strstr(html, head);
    char text[STAMP_TEXT_SIZE];

    if (behind == NULL)
        return false;
    behind += strlen(head);
    stamp_format(stamp, text);
    fwrite(html, 1, (size_t)(behind - html), out);
    fprintf(out,
            "<meta name=\"dcterms.created\" content=\"%s\">\n"
            "<meta name=\"dcterms.modified\" content=\"%s\">\n",
            text, text);
    fputs(behind, out);
    return true;
}

static enum status write_inputs(const struct tool *tool, const struct report *report, time_t stamp,
                                struct error *error)
{
    char *html = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&html, &length);
    bool whole = memory != NULL && write_html(memory, report);

    if (memory != NULL)
        whole = close_written(memory) && whole;

    FILE *page = tool_file(tool, "page.html", "w");
    FILE *sheet = tool_file(tool, "style.css", "w");

    if (whole && page != NULL && sheet != NULL) {
        whole = put_page(page, html, stamp);
        fputs(style, sheet);
    }
    whole = page != NULL && close_written(page) && whole;
    whole = sheet != NULL && close_written(sheet) && whole;
    free(html);
    if (!whole)
        return error_set(error, STATUS_FATAL, "%s: the page for WeasyPrint could not be written",
                         tool->folder);
    return STATUS_OK;
}

static enum status run_weasyprint(const struct tool *tool, const struct report *report,
                                  time_t stamp, struct error *error)
{
    const struct document *document = report->document;
    char identifier[IDENTIFIER_SIZE];
    char epoch[IDENTIFIER_SIZE];
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    char fonts[PAPER_FONTS_SIZE];
    const char *environment[FIXED + 3] = {epoch};
    const char *const argv[] = {
        "weasyprint",       "--quiet",      "--encoding", "utf-8",         "--base-url",
        "about:blank",      "--stylesheet", "style.css",  "--pdf-variant", "pdf/ua-1",
        "--pdf-identifier", identifier,     "page.html",  "report.pdf",    NULL};
    const struct tool_program program = {
        .argv = argv,
        .environment = environment,
        .missing = "pdf needs WeasyPrint, which is not installed (Debian: weasyprint)",
        .seconds_max = PDF_SECONDS_MAX};

    memcpy(environment + 1, environment_fixed, sizeof(environment_fixed));

    enum status status = paper_fonts_cut(tool, "page.html", fonts, error);

    if (*fonts != '\0')
        environment[FIXED + 1] = fonts;
    /* Fonts that are cut to the characters in use carry a date. */
    snprintf(epoch, sizeof(epoch), "SOURCE_DATE_EPOCH=%lld", (long long)stamp);
    snprintf(identifier, sizeof(identifier), "kansen-%s-%s-%s",
             month_format(document->figures->from, from), month_format(document->figures->to, to),
             document->language);
    if (status == STATUS_OK)
        status = tool_run(tool, &program, error);
    return status == STATUS_FATAL ? STATUS_RETRY : status;
}

/* Copies what WeasyPrint left, when it is whole: it ends with 0 also when the disk was full. */
static enum status copy_pdf(const struct tool *tool, FILE *out, struct error *error)
{
    static const char end[] = "%%EOF\n";
    const size_t end_length = strlen(end);
    char *bytes = NULL;
    size_t length = 0;
    enum status status = tool_read(tool, "report.pdf", &bytes, &length, error);

    if (status != STATUS_OK)
        return status;
    if (length < end_length || memcmp(bytes + length - end_length, end, end_length) != 0)
        status = error_set(error, STATUS_FATAL,
                           "WeasyPrint left no whole PDF in %s; is the disk full?", tool->folder);
    else
        fwrite(bytes, 1, length, out);
    free(bytes);
    return status;
}

enum status make_pdf(FILE *out, const struct report *report, struct error *error)
{
    struct tool tool;
    time_t stamp = 0;
    enum status status = stamp_read(report->document, &stamp, error);

    if (status == STATUS_OK)
        status = tool_open(&tool, "pdf", folder_files, error);
    if (status != STATUS_OK)
        return status;
    status = write_inputs(&tool, report, stamp, error);
    if (status == STATUS_OK)
        status = run_weasyprint(&tool, report, stamp, error);
    if (status == STATUS_OK)
        status = copy_pdf(&tool, out, error);
    tool_close(&tool);
    return status;
}
