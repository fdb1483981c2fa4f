#include "site/page.h"

#include <stdlib.h>
#include <string.h>

#include "reports/formats/html_parts.h"
#include "site/tree_file.h"
#include "text/escape.h"

/* ---- one page */

static enum status write_page(struct page *page, page_writer *writer, const void *what,
                              struct tree *tree, struct error *error)
{
    struct tree_file file;
    enum status status = tree_file_open(&file, page->file, error);

    if (status != STATUS_OK)
        return status;
    page->out = file.out;
    status = writer(page, what, error);
    if (status == STATUS_OK && page->phrases.failed)
        status = tree_file_short(page->file, error);
    if (status == STATUS_OK)
        return tree_file_put(&file, tree, error);
    tree_file_drop(&file);
    return status;
}

enum status page_make(const struct model *model, struct tree *tree, size_t language,
                      const char *path, const char *file, page_writer *writer, const void *what,
                      struct error *error)
{
    char place[TREE_PATH_MAX + 1];
    struct page page = {.model = model, .language = language, .path = path, .file = place};
    enum status status;

    if (file != NULL)
        snprintf(place, sizeof(place), "%s", file);
    else
        snprintf(place, sizeof(place), "%s/%s", language_code(model->languages[language]), path);
    if (!tree_wants(tree, place))
        return STATUS_OK;
    phrases_init(&page.phrases);
    status = write_page(&page, writer, what, tree, error);
    phrases_clear(&page.phrases);
    return status;
}

const struct language *page_language(const struct page *page)
{
    return page->model->languages[page->language];
}

const char *page_say(const struct page *page, enum message message)
{
    return language_message(page_language(page), message);
}

const char *page_number(struct page *page, int64_t number)
{
    return language_number(page_language(page), &page->phrases, number);
}

const char *page_day(struct page *page, const char *date)
{
    return language_day(page_language(page), &page->phrases, date);
}

/* ---- links */

void page_put_path(FILE *out, const char *path)
{
    char part[TREE_PATH_MAX + 1];

    for (;;) {
        size_t length = strcspn(path, "/");

        snprintf(part, sizeof(part), "%.*s", (int)length, path);
        escape_url(out, part);
        if (path[length] == '\0')
            return;
        fputc('/', out);
        path += length + 1;
    }
}

char *page_url(const char *path)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        return NULL;
    page_put_path(out, path);

    bool whole = !ferror(out);

    if (fclose(out) == 0 && whole)
        return text;
    free(text);
    return NULL;
}

/* The beginning of an attribute, and the way from the page to the site's folder. */
static void put_to_root(const struct page *page, const char *attribute)
{
    fputs(attribute, page->out);
    for (const char *at = strchr(page->file, '/'); at != NULL; at = strchr(at + 1, '/'))
        fputs("../", page->out);
}

void page_href_file(const struct page *page, const char *file)
{
    put_to_root(page, " href=\"");
    page_put_path(page->out, file);
    fputc('"', page->out);
}

static void href_in(const struct page *page, size_t language, const char *path)
{
    char file[TREE_PATH_MAX + 1];

    snprintf(file, sizeof(file), "%s/%s", language_code(page->model->languages[language]), path);
    page_href_file(page, file);
}

void page_href(const struct page *page, const char *path)
{
    href_in(page, page->language, path);
}

void page_link(const struct page *page, const char *path, const char *text)
{
    fputs("<a", page->out);
    page_href(page, path);
    fputc('>', page->out);
    escape_html(page->out, text);
    fputs("</a>", page->out);
}

void page_put_address(FILE *out, const struct model *model, const char *file)
{
    if (model->request->base_url != NULL)
        escape_html(out, model->request->base_url);
    page_put_path(out, file);
}

/* ---- head */

static void put_meta(FILE *out, const char *key, const char *name, const char *content)
{
    fputs("<meta", out);
    html_put_attribute(out, key, name);
    html_put_attribute(out, "content", content);
    fputs(">\n", out);
}

/* Search engines take absolute addresses only. */
static void put_address(struct page *page, size_t language, const char *attributes)
{
    const struct model *model = page->model;
    char file[TREE_PATH_MAX + 1];

    fprintf(page->out, "<link %s", attributes);
    if (model->request->base_url == NULL) {
        href_in(page, language, page->path);
    } else {
        snprintf(file, sizeof(file), "%s/%s", language_code(model->languages[language]),
                 page->path);
        fputs(" href=\"", page->out);
        page_put_address(page->out, model, file);
        fputc('"', page->out);
    }
    fputs(">\n", page->out);
}

static void put_addresses(struct page *page)
{
    const struct model *model = page->model;
    char attributes[64];

    if (model->request->base_url != NULL)
        put_address(page, page->language, "rel=\"canonical\"");
    for (size_t i = 0; i < model->language_count && model->language_count > 1; i++) {
        snprintf(attributes, sizeof(attributes), "rel=\"alternate\" hreflang=\"%s\"",
                 language_code(model->languages[i]));
        put_address(page, i, attributes);
    }
}

static void put_feed(struct page *page, const char *path)
{
    fputs("<link rel=\"alternate\" type=\"application/atom+xml\"", page->out);
    html_put_attribute(page->out, "title", page_say(page, MESSAGE_SITE_FEED));
    page_href(page, path);
    fputs(">\n", page->out);
}

static void put_title(struct page *page, const char *title)
{
    const char *site = page_say(page, MESSAGE_SITE_TITLE);

    fputs("<title>", page->out);
    escape_html(page->out, title);
    if (strcmp(title, site) != 0) {
        fputs(" – ", page->out);
        escape_html(page->out, site);
    }
    fputs("</title>\n", page->out);
}

/* Words that the script has to say; it fills in the counts. */
static void put_script(struct page *page)
{
    fputs("<script", page->out);
    put_to_root(page, " src=\"");
    fputs(PAGE_SCRIPT "\"", page->out);
    html_put_attribute(page->out, "data-filter", page_say(page, MESSAGE_SITE_FILTER));
    html_put_attribute(page->out, "data-shown",
                       language_say(page_language(page), &page->phrases, MESSAGE_SITE_SHOWN,
                                    MESSAGE_ARGUMENTS(language_text("shown", "{shown}"),
                                                      language_text("all", "{all}"))));
    fputs("></script>\n", page->out);
}

static void put_head(struct page *page, const struct page_head *head)
{
    FILE *out = page->out;

    fprintf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
            language_code(page_language(page)));
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src "
          "data:; "
          "base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"generator\" content=\"kansen\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta name=\"format-detection\" content=\"telephone=no\">\n",
          out);
    put_title(page, head->title);
    put_meta(out, "name", "description", head->description);
    put_meta(out, "property", "og:title", head->title);
    put_meta(out, "property", "og:description", head->description);
    put_addresses(page);
    put_feed(page, head->feed == NULL ? "feed.xml" : head->feed);
    fputs("<link rel=\"stylesheet\"", out);
    page_href_file(page, "style.css");
    fputs(">\n", out);
    if (head->dress != NULL && head->dress->style != NULL)
        fprintf(out, "<style>\n%s\n</style>\n", head->dress->style);
    put_script(page);
    fputs("</head>\n", out);
}

/* ---- body */

static void put_place(struct page *page, const char *path, enum message message)
{
    fputs("<li><a", page->out);
    page_href(page, path);
    if (strcmp(page->path, path) == 0)
        fputs(" aria-current=\"page\"", page->out);
    fputc('>', page->out);
    escape_html(page->out, page_say(page, message));
    fputs("</a></li>\n", page->out);
}

static void put_languages(struct page *page)
{
    const struct model *model = page->model;

    if (model->language_count < 2)
        return;
    fputs("<ul class=\"languages\"", page->out);
    html_put_attribute(page->out, "aria-label", page_say(page, MESSAGE_SITE_LANGUAGES));
    fputs(">\n", page->out);
    for (size_t i = 0; i < model->language_count; i++) {
        const char *code = language_code(model->languages[i]);

        fputs("<li><a", page->out);
        href_in(page, i, page->path);
        fprintf(page->out, " lang=\"%s\" hreflang=\"%s\"%s>", code, code,
                i == page->language ? " aria-current=\"true\"" : "");
        escape_html(page->out, language_message(model->languages[i], MESSAGE_SITE_LANGUAGE));
        fputs("</a></li>\n", page->out);
    }
    fputs("</ul>\n", page->out);
}

/* The site's own lies beside its pages. */
static void put_site_logo(struct page *page, const struct page_dress *dress)
{
    fputs("<img class=\"logo\"", page->out);
    html_put_attribute(page->out, "alt", dress->logo_text);
    put_to_root(page, " src=\"");
    fprintf(page->out, "logo.%s\">\n", strcmp(dress->logo_type, "image/png") == 0 ? "png" : "svg");
}

static void put_navigation(struct page *page, const struct page_head *head)
{
    const struct page_dress *dress = template_dress(page->model->request->template);

    fputs("<nav class=\"site\"", page->out);
    html_put_attribute(page->out, "aria-label", page_say(page, MESSAGE_SITE_NAVIGATION));
    fputs(">\n", page->out);
    if (head->dress != NULL && head->dress->logo != NULL)
        html_put_logo(page->out, head->dress);
    else if (dress != NULL && dress->logo != NULL)
        put_site_logo(page, dress);
    fputs("<ul class=\"places\">\n", page->out);
    put_place(page, "index.html", MESSAGE_SITE_TITLE);
    put_place(page, "method.html", MESSAGE_SITE_METHOD);
    put_place(page, "data.html", MESSAGE_SITE_DATA);
    put_place(page, "feed.xml", MESSAGE_SITE_FEED);
    fputs("</ul>\n", page->out);
    put_languages(page);
    fputs("</nav>\n", page->out);
}

static void put_contents(struct page *page, const struct page_head *head)
{
    fputs("<nav class=\"contents\" aria-labelledby=\"site-contents\">\n", page->out);
    html_put_element(page->out, "p", " id=\"site-contents\"",
                     page_say(page, MESSAGE_SITE_CONTENTS));
    fputs("\n<ol>\n", page->out);
    head->contents(page, head->what);
    fputs("</ol>\n</nav>\n", page->out);
}

void page_open(struct page *page, const struct page_head *head)
{
    put_head(page, head);
    fputs("<body>\n<a class=\"skip\" href=\"#content\">", page->out);
    escape_html(page->out, page_say(page, MESSAGE_SITE_SKIP));
    fprintf(page->out, "</a>\n<div class=\"%s\">\n",
            head->contents == NULL ? "page" : "page beside");
    put_navigation(page, head);
    fputs("<header>\n", page->out);
    html_put_element(page->out, "h1", "", head->title);
    fputc('\n', page->out);
    if (head->lead != NULL)
        head->lead(page, head->what);
    fputs("</header>\n", page->out);
    if (head->contents != NULL)
        put_contents(page, head);
    fputs("<main id=\"content\">\n", page->out);
}

void page_close(struct page *page)
{
    fputs("</main>\n</div>\n</body>\n</html>\n", page->out);
}

void page_open_section(struct page *page, const char *id, const char *heading)
{
    fprintf(page->out, "<section id=\"site-%s\">\n", id);
    fputs("<h2>", page->out);
    escape_html(page->out, heading);
    fputs("</h2>\n", page->out);
}

void page_close_section(struct page *page)
{
    fputs("</section>\n", page->out);
}
