/* The first page: all editions, and the ways to them by threat and month. */
#include "reports/formats/html_parts.h"
#include "site/page.h"
#include "text/escape.h"

static bool choose_all(const struct site_edition *edition, const void *what)
{
    (void)edition;
    (void)what;
    return true;
}

static void put_lead(struct page *page, const void *what)
{
    (void)what;
    html_put_element(page->out, "p", " class=\"window\"", page_say(page, MESSAGE_SITE_ABOUT));
    fputc('\n', page->out);
}

static void put_threats(struct page *page)
{
    page_open_section(page, "threats", page_say(page, MESSAGE_SITE_THREATS));
    fputs("<ul class=\"ways\">\n", page->out);
    for (size_t i = 0; i < page->model->threat_count; i++) {
        const struct site_threat *threat = &page->model->threats[i];
        const struct edition_words *words = &threat->newest->words[page->language];
        char path[TREE_PATH_MAX + 1];

        snprintf(path, sizeof(path), "threats/%s/index.html", threat->part);
        fputs("<li>", page->out);
        page_link(page, path, words->threat);
        fputs("<p>", page->out);
        escape_html(page->out, words->description);
        fputs("</p></li>\n", page->out);
    }
    fputs("</ul>\n", page->out);
    page_close_section(page);
}

static void put_months(struct page *page)
{
    page_open_section(page, "months", page_say(page, MESSAGE_SITE_MONTHS));
    fputs("<ul class=\"months\">\n", page->out);
    for (size_t i = 0; i < page->model->month_count; i++) {
        char text[MONTH_TEXT_SIZE];
        char path[TREE_PATH_MAX + 1];

        snprintf(path, sizeof(path), "months/%s.html", month_format(page->model->months[i], text));
        fputs("<li>", page->out);
        page_link(page, path,
                  language_month(page_language(page), &page->phrases, page->model->months[i]));
        fputs("</li>\n", page->out);
    }
    fputs("</ul>\n", page->out);
    page_close_section(page);
}

enum status page_write_index(struct page *page, const void *what, struct error *error)
{
    const struct page_head head = {.title = page_say(page, MESSAGE_SITE_TITLE),
                                   .description = page_say(page, MESSAGE_SITE_ABOUT),
                                   .lead = put_lead};

    (void)what;
    (void)error;
    page_open(page, &head);
    put_threats(page);
    page_open_section(page, "editions", page_say(page, MESSAGE_SITE_EDITIONS));
    page_put_editions(page, page_say(page, MESSAGE_SITE_NEWEST_FIRST), choose_all, NULL);
    page_close_section(page);
    put_months(page);
    page_close(page);
    return STATUS_OK;
}
