/* What there is for programs. */
#include "reports/formats/html_parts.h"
#include "site/data.h"
#include "site/embedded.h"
#include "site/page.h"
#include "text/escape.h"

static void put_file(struct page *page, const char *file, const char *text)
{
    fputs("<dt><a", page->out);
    page_href_file(page, file);
    fputc('>', page->out);
    escape_html(page->out, file);
    fputs("</a></dt>\n", page->out);
    html_put_element(page->out, "dd", "", text);
    fputc('\n', page->out);
}

enum status page_write_data(struct page *page, const void *what, struct error *error)
{
    static const struct {
        const char *file;
        enum message text;
    } files[] = {
        {DATA_EDITIONS, MESSAGE_SITE_DATA_EDITIONS},  {DATA_MONTHS, MESSAGE_SITE_DATA_MONTHS},
        {DATA_VALUES, MESSAGE_SITE_DATA_VALUES},      {DATA_COLUMNS, MESSAGE_SITE_DATA_COLUMNS},
        {DATA_EDITIONS_JSON, MESSAGE_SITE_DATA_JSON},
    };
    const struct page_head head = {.title = page_say(page, MESSAGE_SITE_DATA),
                                   .description = page_say(page, MESSAGE_SITE_DATA_ABOUT)};

    (void)what;
    (void)error;
    page_open(page, &head);
    html_put_element(page->out, "p", "", page_say(page, MESSAGE_SITE_DATA_ABOUT));
    fputs("\n<dl>\n", page->out);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        put_file(page, files[i].file, page_say(page, files[i].text));
    for (size_t i = 0; site_schemas[i].name != NULL; i++) {
        char path[TREE_PATH_MAX + 1];

        snprintf(path, sizeof(path), "schemas/%s", site_schemas[i].name);
        put_file(page, path,
                 language_say(page_language(page), &page->phrases, MESSAGE_SITE_DATA_SCHEMA,
                              MESSAGE_ARGUMENTS(language_text("name", site_schemas[i].of))));
    }
    fputs("</dl>\n", page->out);
    page_close(page);
    return STATUS_OK;
}
