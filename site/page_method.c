/* What the words of reports mean, and how it was counted. */
#include "reports/formats/html_parts.h"
#include "site/page.h"
#include "text/escape.h"

static const struct {
    const char *id;
    enum message term;
    enum message meaning;
} terms[] = {
    {"infection", MESSAGE_SITE_TERM_INFECTION, MESSAGE_SITE_METHOD_INFECTION},
    {"detection", MESSAGE_SITE_TERM_DETECTION, MESSAGE_SITE_METHOD_DETECTION},
    {"threat", MESSAGE_SITE_TERM_THREAT, MESSAGE_SITE_METHOD_THREAT},
    {"month", MESSAGE_SITE_TERM_MONTH, MESSAGE_SITE_METHOD_MONTH},
    {"total", MESSAGE_SITE_TERM_TOTAL, MESSAGE_SITE_METHOD_TOTAL},
    {"country", MESSAGE_SITE_TERM_COUNTRY, MESSAGE_SITE_METHOD_COUNTRY},
    {"share", MESSAGE_SITE_TERM_SHARE, MESSAGE_SITE_METHOD_SHARE},
    {"other", MESSAGE_SITE_TERM_OTHER, MESSAGE_SITE_METHOD_OTHER},
    {"complete", MESSAGE_SITE_TERM_COMPLETE, MESSAGE_SITE_METHOD_COMPLETE},
    {"edition", MESSAGE_SITE_TERM_EDITION, MESSAGE_SITE_METHOD_EDITION},
    {"restatement", MESSAGE_SITE_TERM_RESTATEMENT, MESSAGE_SITE_METHOD_RESTATEMENT},
    {"withdrawal", MESSAGE_SITE_TERM_WITHDRAWAL, MESSAGE_SITE_METHOD_WITHDRAWAL},
};

static void put_threats(struct page *page)
{
    const struct model *model = page->model;

    page_open_section(page, "threats", page_say(page, MESSAGE_SITE_THREATS));
    fputs("<dl>\n", page->out);
    for (size_t i = 0; i < model->threat_count; i++) {
        const struct site_threat *threat = &model->threats[i];
        char path[TREE_PATH_MAX + 1];

        snprintf(path, sizeof(path), "threats/%s/index.html", threat->part);
        fputs("<dt>", page->out);
        page_link(page, path, threat->newest->words[page->language].threat);
        fputs("</dt>\n", page->out);
        html_put_element(
            page->out, "dd", "",
            language_say(page_language(page), &page->phrases, MESSAGE_SITE_DEFINED,
                         MESSAGE_ARGUMENTS(language_text("patterns", threat->newest->patterns))));
        fputc('\n', page->out);
    }
    fputs("</dl>\n", page->out);
    page_close_section(page);
}

enum status page_write_method(struct page *page, const void *what, struct error *error)
{
    const struct page_head head = {.title = page_say(page, MESSAGE_SITE_METHOD),
                                   .description = page_say(page, MESSAGE_SITE_METHOD_INFECTION)};

    (void)what;
    (void)error;
    page_open(page, &head);
    fputs("<dl>\n", page->out);
    for (size_t i = 0; i < sizeof(terms) / sizeof(*terms); i++) {
        fprintf(page->out, "<dt id=\"%s\">", terms[i].id);
        escape_html(page->out, page_say(page, terms[i].term));
        fputs("</dt>\n", page->out);
        html_put_element(page->out, "dd", "", page_say(page, terms[i].meaning));
        fputc('\n', page->out);
    }
    fputs("</dl>\n", page->out);
    put_threats(page);
    page_close(page);
    return STATUS_OK;
}
