/* One month: what editions say of it, threat by threat. */
#include "reports/formats/html_parts.h"
#include "site/page.h"
#include "text/escape.h"

static bool is_about(const struct site_edition *edition, const void *what)
{
    const month_t *month = what;

    return edition->edition->from <= *month && *month <= edition->edition->to;
}

static void put_lead(struct page *page, const void *what)
{
    (void)what;
    html_put_element(page->out, "p", " class=\"window\"", page_say(page, MESSAGE_SITE_MONTH_ABOUT));
    fputc('\n', page->out);
}

/* The first of the list that stands is the newest. */
static const struct site_edition *find_threat(const struct model *model, size_t threat,
                                              month_t month)
{
    for (size_t i = 0; i < model->list.count; i++)
        if (model->editions[i].threat == threat && model_is_current(&model->editions[i]) &&
            model_month(&model->editions[i], month) != NULL)
            return &model->editions[i];
    return NULL;
}

static void put_threat(struct page *page, month_t month, const struct site_edition *edition)
{
    const struct edition_words *words = &edition->words[page->language];
    const struct month_figures *figures = model_month(edition, month);
    char path[TREE_PATH_MAX + 1];

    snprintf(path, sizeof(path), "threats/%s/index.html",
             page->model->threats[edition->threat].part);
    fputs("<tr><th scope=\"row\">", page->out);
    page_link(page, path, words->threat);
    fputs("</th>", page->out);
    page_cell_number(page, figures->infections);
    page_cell_number(page, figures->detections);
    page_cell(page, page_month_state(page, figures->state));
    fputs("<td class=\"about\">", page->out);
    page_link(page, edition->page, words->window);
    fputs("</td></tr>\n", page->out);
}

static void put_threats(struct page *page, month_t month, const char *caption)
{
    const struct page_column columns[] = {{page_say(page, MESSAGE_SITE_THREAT), false},
                                          {page_say(page, MESSAGE_INFECTIONS), true},
                                          {page_say(page, MESSAGE_DETECTIONS), true},
                                          {page_say(page, MESSAGE_SITE_STATE), false},
                                          {page_say(page, MESSAGE_SITE_EDITION), false}};

    page_open_section(page, "threats", page_say(page, MESSAGE_SITE_THREATS));
    page_open_table(page, caption, columns, sizeof(columns) / sizeof(*columns));
    for (size_t i = 0; i < page->model->threat_count; i++) {
        const struct site_edition *edition = find_threat(page->model, i, month);

        if (edition != NULL)
            put_threat(page, month, edition);
    }
    page_close_table(page);
    page_close_section(page);
}

static void put_neighbour(struct page *page, month_t month, enum message message,
                          const char *relation)
{
    char text[MONTH_TEXT_SIZE];
    char path[TREE_PATH_MAX + 1];

    snprintf(path, sizeof(path), "months/%s.html", month_format(month, text));
    fputs("<li>", page->out);
    html_put_element(page->out, "span", "", page_say(page, message));
    fprintf(page->out, " <a rel=\"%s\"", relation);
    page_href(page, path);
    fputc('>', page->out);
    escape_html(page->out, language_month(page_language(page), &page->phrases, month));
    fputs("</a></li>\n", page->out);
}

/* Months of the model are in order, the latest first. */
static void put_neighbours(struct page *page, const month_t *month)
{
    const struct model *model = page->model;
    size_t index = (size_t)(month - model->months);

    fputs("<ul class=\"months\">\n", page->out);
    if (index + 1 < model->month_count)
        put_neighbour(page, month[1], MESSAGE_SITE_EARLIER, "prev");
    if (index > 0)
        put_neighbour(page, month[-1], MESSAGE_SITE_LATER, "next");
    fputs("</ul>\n", page->out);
}

enum status page_write_month(struct page *page, const void *what, struct error *error)
{
    const month_t *month = what;
    const struct language *language = page_language(page);
    const char *title =
        language_say(language, &page->phrases, MESSAGE_SITE_MONTH_TITLE,
                     MESSAGE_ARGUMENTS(
                         language_text("month", language_month(language, &page->phrases, *month))));
    const struct page_head head = {
        .title = title, .description = page_say(page, MESSAGE_SITE_MONTH_ABOUT), .lead = put_lead};

    (void)error;
    page_open(page, &head);
    put_threats(page, *month, title);
    page_open_section(page, "editions", page_say(page, MESSAGE_SITE_EDITIONS));
    page_put_editions(page, page_say(page, MESSAGE_SITE_MONTH_EDITIONS), is_about, month);
    page_close_section(page);
    if (page->model->month_count > 1)
        put_neighbours(page, month);
    page_close(page);
    return STATUS_OK;
}
