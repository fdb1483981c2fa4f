#include "site/edition_page.h"

#include <stdlib.h>
#include <string.h>

#include "reports/charts/chart.h"
#include "reports/formats/html_parts.h"
#include "text/escape.h"

/* ---- what became of it */

static void put_notice(struct page *page, const char *class, const char *text)
{
    fprintf(page->out, "<p class=\"notice %s\">", class);
    escape_html(page->out, text);
    fputs("</p>\n", page->out);
}

static void put_replaced(struct page *page, const struct site_edition *by)
{
    const struct language *language = page_language(page);
    const char *text = language_say(
        language, &page->phrases, MESSAGE_SITE_IS_REPLACED,
        MESSAGE_ARGUMENTS(language_count(language, &page->phrases, "number", by->edition->number),
                          language_text("published", page_day(page, by->edition->published))));

    fputs("<p class=\"notice replaced\">", page->out);
    page_link(page, by->page, text);
    fputs("</p>\n", page->out);
}

static void put_lead(struct page *page, const void *what)
{
    const struct edition_page *about = what;
    const struct edition *edition = about->edition->edition;
    const struct site_edition *standing = about->edition->standing;

    html_put_element(page->out, "p", " class=\"window\"", about->document->subtitle);
    fputc('\n', page->out);
    if (edition->withdrawn != NULL)
        put_notice(page, "withdrawn",
                   language_say(
                       page_language(page), &page->phrases, MESSAGE_SITE_IS_WITHDRAWN,
                       MESSAGE_ARGUMENTS(language_text("time", page_day(page, edition->withdrawn)),
                                         language_text("reason", edition->withdrawn_reason))));
    if (standing != NULL && standing != about->edition)
        put_replaced(page, standing);
    if (edition->provisional)
        put_notice(page, "provisional", page_say(page, MESSAGE_SITE_IS_PROVISIONAL));
    html_put_element(page->out, "p", " class=\"headline\"", about->document->headline);
    fputc('\n', page->out);
    html_put_element(page->out, "p", " class=\"summary\"", about->document->summary);
    fputc('\n', page->out);
}

/* ---- what it says */

static enum status put_charts(struct page *page, const struct document *document,
                              const struct section *section, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < section->chart_count && status == STATUS_OK; i++) {
        struct chart_image image = {NULL, 0};

        status = chart_draw(document, &section->charts[i], &image, error);
        if (status == STATUS_OK)
            html_put_figure(page->out, &section->charts[i], &image, section->first_chart + i + 1);
        chart_image_clear(&image);
    }
    return status;
}

static enum status put_section(struct page *page, const struct document *document, size_t shown,
                               size_t *tables, struct error *error)
{
    const struct section *section = &document->sections[document->shown[shown]];
    bool heading = document_opens_heading(document, shown);
    enum status status;

    if (heading)
        fprintf(page->out, "<section id=\"%s\" aria-labelledby=\"%s-heading\">\n", section->id,
                section->id);
    else
        fprintf(page->out, "<section id=\"%s\" class=\"more\">\n", section->id);
    if (heading) {
        fprintf(page->out, "<h2 id=\"%s-heading\">", section->id);
        escape_html(page->out, section->heading);
        fputs("</h2>\n", page->out);
    }
    if (section->item_count > 0)
        html_put_items(page->out, section);
    if (section->table.column_count > 0)
        html_put_table(page->out, &section->table, ++*tables);
    status = put_charts(page, document, section, error);
    fputs("</section>\n", page->out);
    return status;
}

/* ---- all of it */

static void put_place(struct page *page, const char *before, const char *id, const char *heading)
{
    fprintf(page->out, "<li><a href=\"#%s%s\">", before, id);
    escape_html(page->out, heading);
    fputs("</a></li>\n", page->out);
}

static void put_contents(struct page *page, const void *what)
{
    const struct document *document = ((const struct edition_page *)what)->document;

    for (size_t i = 0; i < document->shown_count; i++) {
        const struct section *section = &document->sections[document->shown[i]];

        if (document_opens_heading(document, i))
            put_place(page, "", section->id, section->heading);
    }
    put_place(page, "site-", "downloads", page_say(page, MESSAGE_SITE_DOWNLOADS));
    put_place(page, "site-", "editions", page_say(page, MESSAGE_SITE_ALL_EDITIONS));
}

static bool is_of_window(const struct site_edition *edition, const void *what)
{
    return model_same_window(edition, what);
}

enum status page_write_edition(struct page *page, const void *what, struct error *error)
{
    const struct edition_page *about = what;
    const struct document *document = about->document;
    char feed[TREE_PATH_MAX + 1];
    const struct page_head head = {.title = document->title,
                                   .description = document->description,
                                   .feed = feed,
                                   .lead = put_lead,
                                   .contents = put_contents,
                                   .dress = about->dress,
                                   .what = about};
    enum status status = STATUS_OK;
    size_t tables = 0;

    snprintf(feed, sizeof(feed), "threats/%s/feed.xml",
             page->model->threats[about->edition->threat].part);
    page_open(page, &head);
    for (size_t i = 0; i < document->shown_count && status == STATUS_OK; i++)
        status = put_section(page, document, i, &tables, error);
    page_put_downloads(page, about->edition);
    page_open_section(page, "editions", page_say(page, MESSAGE_SITE_ALL_EDITIONS));
    page_put_editions(page, page_say(page, MESSAGE_SITE_NEWEST_FIRST), is_of_window,
                      about->edition);
    page_close_section(page);
    page_close(page);
    return status;
}
