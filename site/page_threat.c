/* All that was published about one threat. */
#include "reports/formats/html_parts.h"
#include "site/page.h"
#include "text/escape.h"

static bool is_about(const struct site_edition *edition, const void *what)
{
    const struct site_threat *threat = what;

    return edition->threat == threat->newest->threat;
}

static void put_lead(struct page *page, const void *what)
{
    const struct site_threat *threat = what;

    html_put_element(page->out, "p", " class=\"summary\"",
                     threat->newest->words[page->language].description);
    fputs("\n", page->out);
    html_put_element(
        page->out, "p", " class=\"window\"",
        language_say(page_language(page), &page->phrases, MESSAGE_SITE_DEFINED,
                     MESSAGE_ARGUMENTS(language_text("patterns", threat->newest->patterns))));
    fputc('\n', page->out);
}

/* The newest edition of those that stand has the month's figures. */
static const struct site_edition *find_month(const struct model *model,
                                             const struct site_threat *threat, month_t month)
{
    for (size_t i = 0; i < model->list.count; i++)
        if (is_about(&model->editions[i], threat) && model_is_current(&model->editions[i]) &&
            model_month(&model->editions[i], month) != NULL)
            return &model->editions[i];
    return NULL;
}

static void put_month(struct page *page, month_t month, const struct site_edition *edition)
{
    const struct month_figures *figures = model_month(edition, month);
    char text[MONTH_TEXT_SIZE];
    char path[TREE_PATH_MAX + 1];

    snprintf(path, sizeof(path), "months/%s.html", month_format(month, text));
    fprintf(page->out, "<tr><th scope=\"row\" data-key=\"%s\">", month_format(month, text));
    page_link(page, path, language_month(page_language(page), &page->phrases, month));
    fputs("</th>", page->out);
    page_cell_number(page, figures->infections);
    page_cell_number(page, figures->detections);
    page_cell(page, page_month_state(page, figures->state));
    fputs("<td class=\"about\">", page->out);
    page_link(page, edition->page, edition->words[page->language].window);
    fputs("</td></tr>\n", page->out);
}

static void put_months(struct page *page, const struct site_threat *threat)
{
    const struct page_column columns[] = {{page_say(page, MESSAGE_MONTH), false},
                                          {page_say(page, MESSAGE_INFECTIONS), true},
                                          {page_say(page, MESSAGE_DETECTIONS), true},
                                          {page_say(page, MESSAGE_SITE_STATE), false},
                                          {page_say(page, MESSAGE_SITE_EDITION), false}};
    const struct model *model = page->model;

    if (threat->newest->standing == NULL)
        return;
    page_open_section(page, "months", page_say(page, MESSAGE_SITE_MONTHS));
    page_open_table(page, page_say(page, MESSAGE_SITE_BY_MONTH), columns,
                    sizeof(columns) / sizeof(*columns));
    for (size_t i = 0; i < model->month_count; i++) {
        const struct site_edition *edition = find_month(model, threat, model->months[i]);

        if (edition != NULL)
            put_month(page, model->months[i], edition);
    }
    page_close_table(page);
    page_close_section(page);
}

enum status page_write_threat(struct page *page, const void *what, struct error *error)
{
    const struct site_threat *threat = what;
    const struct edition_words *words = &threat->newest->words[page->language];
    char feed[TREE_PATH_MAX + 1];
    const struct page_head head = {.title = words->threat,
                                   .description = words->description,
                                   .feed = feed,
                                   .lead = put_lead,
                                   .what = threat};

    (void)error;
    snprintf(feed, sizeof(feed), "threats/%s/feed.xml", threat->part);
    page_open(page, &head);
    page_open_section(page, "editions", page_say(page, MESSAGE_SITE_EDITIONS));
    page_put_editions(page,
                      language_say(page_language(page), &page->phrases, MESSAGE_SITE_OF_THREAT,
                                   MESSAGE_ARGUMENTS(language_text("threat", words->threat))),
                      is_about, threat);
    fputs("<p>", page->out);
    page_link(page, feed, page_say(page, MESSAGE_SITE_FEED));
    fputs("</p>\n", page->out);
    page_close_section(page);
    put_months(page, threat);
    page_close(page);
    return STATUS_OK;
}
