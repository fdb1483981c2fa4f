/* The part of site/page that makes tables. */
#include <inttypes.h>

#include "reports/formats/html_parts.h"
#include "site/page.h"
#include "text/escape.h"

void page_open_table(struct page *page, const char *caption, const struct page_column *columns,
                     size_t count)
{
    size_t number = ++page->tables;

    fprintf(page->out,
            "<div class=\"scroll\" role=\"region\" aria-labelledby=\"site-table-%zu\" "
            "tabindex=\"0\">\n<table class=\"list\">\n<caption id=\"site-table-%zu\"><span>",
            number, number);
    escape_html(page->out, caption);
    fputs("</span></caption>\n<thead><tr>", page->out);
    for (size_t i = 0; i < count; i++)
        html_put_element(page->out, "th",
                         columns[i].right ? " scope=\"col\" class=\"n\"" : " scope=\"col\"",
                         columns[i].heading);
    fputs("</tr></thead>\n<tbody>\n", page->out);
}

void page_close_table(struct page *page)
{
    fputs("</tbody>\n</table>\n</div>\n", page->out);
}

void page_cell(struct page *page, const char *text)
{
    html_put_element(page->out, "td", "", text);
}

void page_cell_number(struct page *page, int64_t number)
{
    html_put_element(page->out, "td", " class=\"n\"", page_number(page, number));
}

const char *page_month_state(const struct page *page, enum month_state state)
{
    switch (state) {
    case MONTH_COMPLETE:
        return page_say(page, MESSAGE_SITE_COMPLETE);
    case MONTH_PROVISIONAL:
        return page_say(page, MESSAGE_SITE_PROVISIONAL);
    case MONTH_NO_DATA:
    case MONTH_STATES:
        break;
    }
    return page_say(page, MESSAGE_NO_DATA);
}

/* ---- editions */

void page_put_published(struct page *page, const struct site_edition *edition)
{
    fprintf(page->out, "<time datetime=\"%s\">", edition->edition->published_utc);
    escape_html(page->out, page_day(page, edition->edition->published));
    fputs("</time>", page->out);
}

static void put_word(struct page *page, bool *first, const char *word)
{
    if (!*first)
        fputs(", ", page->out);
    *first = false;
    escape_html(page->out, word);
}

void page_put_state(struct page *page, const struct site_edition *edition)
{
    const struct language *language = page_language(page);
    bool first = true;

    if (model_is_current(edition))
        put_word(page, &first, page_say(page, MESSAGE_SITE_CURRENT));
    if (edition->edition->withdrawn != NULL)
        put_word(
            page, &first,
            language_say(language, &page->phrases, MESSAGE_SITE_WITHDRAWN,
                         MESSAGE_ARGUMENTS(
                             language_text("time", page_day(page, edition->edition->withdrawn)),
                             language_text("reason", edition->edition->withdrawn_reason))));
    else if (!model_is_current(edition))
        put_word(
            page, &first,
            language_say(language, &page->phrases, MESSAGE_SITE_REPLACED,
                         MESSAGE_ARGUMENTS(language_count(language, &page->phrases, "number",
                                                          edition->standing->edition->number))));
    if (edition->edition->provisional)
        put_word(page, &first, page_say(page, MESSAGE_SITE_PROVISIONAL));
    if (edition->unique)
        put_word(page, &first, page_say(page, MESSAGE_SITE_ONCE));
}

static void put_edition(struct page *page, const struct site_edition *edition)
{
    const struct edition_words *words = &edition->words[page->language];
    char threat[TREE_PATH_MAX + 1];
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    fputs(model_is_current(edition) ? "<tr><td class=\"when\">"
                                    : "<tr class=\"other\"><td class=\"when\">",
          page->out);
    page_put_published(page, edition);
    fputs("</td><td class=\"about\">", page->out);
    snprintf(threat, sizeof(threat), "threats/%s/index.html",
             page->model->threats[edition->threat].part);
    page_link(page, threat, words->threat);
    fprintf(page->out, "</td><th scope=\"row\" data-key=\"%s %s\">",
            month_format(edition->edition->from, from), month_format(edition->edition->to, to));
    page_link(page, edition->page, words->window);
    fputs("</th>", page->out);
    page_cell_number(page, edition->edition->number);
    page_cell_number(page, edition->edition->total);
    fputs("<td class=\"state\">", page->out);
    page_put_state(page, edition);
    fputs("</td></tr>\n", page->out);
}

void page_put_editions(struct page *page, const char *caption, page_chooser *chooser,
                       const void *what)
{
    const struct page_column columns[] = {{page_say(page, MESSAGE_SITE_PUBLISHED), false},
                                          {page_say(page, MESSAGE_SITE_THREAT), false},
                                          {page_say(page, MESSAGE_SITE_PERIOD), false},
                                          {page_say(page, MESSAGE_SITE_EDITION), true},
                                          {page_say(page, MESSAGE_INFECTIONS), true},
                                          {page_say(page, MESSAGE_SITE_STATE), false}};

    page_open_table(page, caption, columns, sizeof(columns) / sizeof(*columns));
    for (size_t i = 0; i < page->model->list.count; i++)
        if (chooser(&page->model->editions[i], what))
            put_edition(page, &page->model->editions[i]);
    page_close_table(page);
}
