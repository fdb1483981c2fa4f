/* The part of site/feed for search engines: https://www.sitemaps.org/protocol.html */
#include "site/feed.h"
#include "site/page.h"
#include "site/tree_file.h"

static void put_address(FILE *out, const struct model *model, size_t language, const char *path,
                        const char *time)
{
    char file[TREE_PATH_MAX + 1];

    snprintf(file, sizeof(file), "%s/%s", language_code(model->languages[language]), path);
    fputs("<url><loc>", out);
    page_put_address(out, model, file);
    fputs("</loc>", out);
    if (time != NULL)
        fprintf(out, "<lastmod>%s</lastmod>", time);
    fputs("</url>\n", out);
}

static void put_language(FILE *out, const struct model *model, size_t language)
{
    static const char *const pages[] = {"index.html", "method.html", "data.html"};
    char path[TREE_PATH_MAX + 1];
    char text[MONTH_TEXT_SIZE];

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        put_address(out, model, language, pages[i], NULL);
    for (size_t i = 0; i < model->threat_count; i++) {
        snprintf(path, sizeof(path), "threats/%s/index.html", model->threats[i].part);
        put_address(out, model, language, path, NULL);
    }
    for (size_t i = 0; i < model->month_count; i++) {
        snprintf(path, sizeof(path), "months/%s.html", month_format(model->months[i], text));
        put_address(out, model, language, path, NULL);
    }
    for (size_t i = 0; i < model->list.count; i++) {
        const struct edition *edition = model->editions[i].edition;

        put_address(out, model, language, model->editions[i].page,
                    edition->withdrawn == NULL ? edition->published_utc : edition->withdrawn_utc);
    }
}

enum status sitemap_make(const struct model *model, struct tree *tree, struct error *error)
{
    struct tree_file file;
    enum status status;

    if (model->request->base_url == NULL)
        return STATUS_OK;
    status = tree_file_open(&file, "sitemap.xml", error);
    if (status != STATUS_OK)
        return status;
    fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
          "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
          file.out);
    for (size_t i = 0; i < model->language_count; i++)
        put_language(file.out, model, i);
    fputs("</urlset>\n", file.out);
    return tree_file_put(&file, tree, error);
}
