/* `kansen site`: all editions as a static site. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/log.h"
#include "cli/reporting.h"
#include "cli/written.h"
#include "site/site.h"

/* Longer addresses are cut by browsers. */
#define BASE_URL_MAX 1024

static int refuse_url(const char *url, const char *why, struct error *error)
{
    error_set(error, STATUS_REJECT,
              "--base-url %.200s: %s; it is where the folder will be found, e.g. "
              "https://www.example.com/threats/",
              url, why);
    return EX_USAGE;
}

/* With a "/" at its end. EX_OK or EX_USAGE. */
static int read_base_url(const struct options *options, char out[BASE_URL_MAX + 2],
                         struct error *error)
{
    const char *url = options_value(options, "base-url");
    const char *host;
    size_t length;

    *out = '\0';
    if (url == NULL)
        return EX_OK;
    length = strlen(url);
    if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
        return refuse_url(url, "it does not begin with https:// or http://", error);
    host = strstr(url, "://") + 3;
    if (*host == '/' || *host == '\0')
        return refuse_url(url, "it names no server", error);
    if (length > BASE_URL_MAX)
        return refuse_url(url, "it is too long", error);
    for (const char *at = url; *at != '\0'; at++)
        if (!isgraph((unsigned char)*at) || strchr("\"<>\\^`{|}?#", *at) != NULL)
            return refuse_url(
                url, "a character in it can't be in a folder's address (write it as %XX)", error);
    snprintf(out, BASE_URL_MAX + 2, "%s%s", url, url[length - 1] == '/' ? "" : "/");
    return EX_OK;
}

static void say_what_was_done(const char *folder, const struct site_outcome *outcome)
{
    const struct tree_counts *files = &outcome->files;

    if (outcome->editions == 0) {
        log_say(
            LOG_LEVEL_WARNING, "site",
            "nothing is published yet, and nothing was written; `kansen publish THREAT` makes an "
            "edition");
        return;
    }
    printf("%s: %zu edition%s; %zu files written, %zu kept, %zu removed\n", folder,
           outcome->editions, outcome->editions == 1 ? "" : "s", files->written, files->kept,
           files->removed);
    if (*outcome->undressed.message != '\0')
        log_say(
            LOG_LEVEL_WARNING, "site",
            "the page of an edition looks as the site does, since its template can't be read: %s",
            outcome->undressed.message);
    if (files->left > 0)
        log_say(LOG_LEVEL_WARNING, "site",
                "%zu file%s no longer of the site, but somebody changed %s: left where %s",
                files->left, files->left == 1 ? " is" : "s are", files->left == 1 ? "it" : "them",
                files->left == 1 ? "it is" : "they are");
}

/* --open: nothing was written without an edition, and that is said. */
static int show_site(const struct options *options, const struct site_outcome *outcome,
                     struct error *error)
{
    char path[FOLDER_PATH_SIZE];

    if (!options_flag(options, "open") || outcome->editions == 0)
        return EX_OK;
    snprintf(path, sizeof(path), "%s/index.html", options_value(options, "output"));
    return written_open(path, error);
}

static int write_site(const struct options *options, struct site_request *request,
                      struct error *error)
{
    struct site_outcome outcome = {.editions = 0};
    struct db *db = NULL;
    int code = command_open_ready_db(options, SCHEMA_READ, &db, error);
    enum status status;

    if (code != EX_OK)
        return code;
    status = site_write(db, request, &outcome, error);
    progress_end(request->progress);
    db_close(db);
    if (status != STATUS_OK)
        return status == STATUS_FATAL ? EX_CANTCREAT : command_exit_code(status);
    say_what_was_done(request->folder, &outcome);
    return show_site(options, &outcome, error);
}

static int run_site(const struct options *options, struct error *error)
{
    char base_url[BASE_URL_MAX + 2];
    struct site_request request = {.folder = options_value(options, "output")};
    struct template *template = NULL;
    int code = command_refuse_arguments(options, error);

    if (code == EX_OK && !command_is_given(options, "output")) {
        error_set(error, STATUS_REJECT, "-o DIR is missing: the folder of the site");
        code = EX_USAGE;
    }
    if (code == EX_OK)
        code = read_base_url(options, base_url, error);
    if (code == EX_OK)
        code = reporting_read_template(options, &template, error);
    if (code == EX_OK) {
        request.base_url = *base_url == '\0' ? NULL : base_url;
        request.template = template;
        request.progress = reporting_progress();
        code = write_site(options, &request, error);
    }
    template_free(template);
    return code;
}

static const char *const option_names[] = {"db", "output", "base-url", "template", "open", NULL};

const struct command command_site = {
    .name = "site",
    .arguments = "",
    .summary = "write all editions as a static site: pages, feeds, files, data",
    .details =
        "Pages of all editions in each language in which one was published: newest first, by "
        "threat\n"
        "and by month, with what replaced what and why, and what was withdrawn; the files of each\n"
        "edition as they were published; Atom feeds; figures as CSV and JSON with their\n"
        "descriptions. Links are relative: it works below any address, and from a disk. With\n"
        "--base-url, which says where the folder will be found, there is a sitemap.xml too, and\n"
        "feeds and search engines are given whole addresses.\n"
        "\nA run touches only what has changed. Its own files stand in DIR/.kansen-site, with "
        "their\n"
        "digests; others are neither written over nor removed. --template is that of report, and "
        "for\n"
        "all pages; without it the page of an edition has the template that it was published "
        "with.\n"
        "\n--open shows its first page by your own viewer, as report does.\n"
        "\nWithout an edition nothing is written, and that is said; it ends with 0, as a nightly "
        "job\n"
        "would want. When DIR has a site already, it ends with 65, and nothing is removed.\n",
    .options = option_names,
    .run = run_site,
    .examples = COMMAND_EXAMPLES("kansen site -o site",
                                 "kansen site -o site --base-url https://www.example.com/threats/"),
};
