/* The part of site/page that offers the files of an edition. */
#include <stdlib.h>
#include <string.h>

#include "reports/formats/html_parts.h"
#include "reports/formats/writers.h"
#include "site/edition_page.h"
#include "site/page.h"
#include "text/escape.h"

/* Languages that files of an edition can be in, of this version or another. */
#define COLUMNS_MAX 32

/* What the files of one table have in common, and its columns. */
struct offer {
    const struct site_edition *edition;
    bool documents; /* else charts */
    const char *languages[COLUMNS_MAX];
    size_t language_count;
};

static bool is_document(const struct edition_file *file)
{
    return report_writer_find(file->format) != NULL;
}

/* "THREAT-FROM-TO-edition-1-monthly.en.svg" -> "monthly.svg", ".html": what files in several
 * languages have in common. The caller frees it. */
static char *kind_of(const struct site_edition *edition, const struct edition_file *file)
{
    char number[32];
    const char *rest = file->name;
    const char *dot;
    size_t language = strlen(file->language);
    char *kind = malloc(strlen(file->name) + 1);

    if (kind == NULL)
        return NULL;
    snprintf(number, sizeof(number), "-edition-%d", edition->edition->number);
    for (const char *at = rest; (at = strstr(at, number)) != NULL; at++)
        rest = at + strlen(number);
    rest += *rest == '-';
    dot = strchr(rest, '.');
    if (dot == NULL || strncmp(dot + 1, file->language, language) != 0 || dot[1 + language] != '.')
        strcpy(kind, file->name);
    else
        sprintf(kind, "%.*s%s", (int)(dot - rest), rest, dot + 1 + language);
    return kind;
}

static bool same_kind(const struct site_edition *edition, const struct edition_file *a,
                      const struct edition_file *b)
{
    char *one = kind_of(edition, a);
    char *two = kind_of(edition, b);
    bool same = one != NULL && two != NULL && strcmp(one, two) == 0;

    free(one);
    free(two);
    return same;
}

/* The name of a language in itself; its code when this version doesn't have it. */
static const char *language_name(const struct page *page, const char *code)
{
    for (size_t i = 0; i < page->model->language_count; i++)
        if (strcmp(language_code(page->model->languages[i]), code) == 0)
            return language_message(page->model->languages[i], MESSAGE_SITE_LANGUAGE);
    return code;
}

static const char *size_of(struct page *page, const struct edition_file *file)
{
    int64_t thousands = (file->bytes + 500) / 1000;

    return language_say(page_language(page), &page->phrases, MESSAGE_SITE_KILOBYTES,
                        MESSAGE_ARGUMENTS(language_text(
                            "number", page_number(page, thousands > 0 ? thousands : 1))));
}

static void put_file(struct page *page, const struct offer *offer, const struct edition_file *file)
{
    char path[TREE_PATH_MAX + 1];

    snprintf(path, sizeof(path), "%s/%s", offer->edition->folder, file->name);
    fputs("<a", page->out);
    page_href_file(page, path);
    html_put_attribute(page->out, "hreflang", file->language);
    html_put_attribute(page->out, "title", file->name);
    fputc('>', page->out);
    html_put_element(page->out, "span", "", language_name(page, file->language));
    fputs("</a> ", page->out);
    html_put_element(page->out, "span", " class=\"size\"", size_of(page, file));
    if (strcmp(file->format, "csv") != 0)
        return;
    snprintf(path, sizeof(path), "%s/%s" CSV_METADATA, offer->edition->folder, file->name);
    fputs("<br><a", page->out);
    page_href_file(page, path);
    fputc('>', page->out);
    escape_html(page->out, page_say(page, MESSAGE_SITE_COLUMNS));
    fputs("</a>", page->out);
}

static bool belongs(const struct offer *offer, const struct edition_file *file)
{
    return is_document(file) == offer->documents;
}

static void put_row(struct page *page, const struct offer *offer, const struct edition_file *first)
{
    const struct edition *edition = offer->edition->edition;
    char *kind = kind_of(offer->edition, first);

    fputs("<tr><th scope=\"row\">", page->out);
    escape_html(page->out, kind == NULL ? "" : kind + (*kind == '.'));
    fputs("</th>", page->out);
    free(kind);
    for (size_t i = 0; i < offer->language_count; i++) {
        fputs("<td>", page->out);
        for (size_t at = 0; at < edition->file_count; at++)
            if (strcmp(edition->files[at].language, offer->languages[i]) == 0 &&
                belongs(offer, &edition->files[at]) &&
                same_kind(offer->edition, &edition->files[at], first))
                put_file(page, offer, &edition->files[at]);
        fputs("</td>", page->out);
    }
    fputs("</tr>\n", page->out);
}

static bool is_first(const struct offer *offer, size_t index)
{
    const struct edition_file *files = offer->edition->edition->files;

    for (size_t i = 0; i < index; i++)
        if (belongs(offer, &files[i]) && same_kind(offer->edition, &files[i], &files[index]))
            return false;
    return true;
}

static void find_languages(struct offer *offer)
{
    const struct edition *edition = offer->edition->edition;

    for (size_t i = 0; i < edition->file_count && offer->language_count < COLUMNS_MAX; i++) {
        bool known = !belongs(offer, &edition->files[i]);

        for (size_t at = 0; at < offer->language_count; at++)
            known |= strcmp(offer->languages[at], edition->files[i].language) == 0;
        if (!known)
            offer->languages[offer->language_count++] = edition->files[i].language;
    }
}

static void put_table(struct page *page, const struct site_edition *edition, bool documents)
{
    struct page_column columns[COLUMNS_MAX + 1] = {{page_say(page, MESSAGE_SITE_FILE), false}};
    struct offer offer = {.edition = edition, .documents = documents};

    find_languages(&offer);
    if (offer.language_count == 0)
        return;
    for (size_t i = 0; i < offer.language_count; i++)
        columns[i + 1].heading = language_name(page, offer.languages[i]);
    page_open_table(page, page_say(page, documents ? MESSAGE_SITE_REPORTS : MESSAGE_SITE_CHARTS),
                    columns, offer.language_count + 1);
    for (size_t i = 0; i < edition->edition->file_count; i++)
        if (belongs(&offer, &edition->edition->files[i]) && is_first(&offer, i))
            put_row(page, &offer, &edition->edition->files[i]);
    page_close_table(page);
}

void page_put_downloads(struct page *page, const struct site_edition *edition)
{
    char path[TREE_PATH_MAX + 1];

    snprintf(path, sizeof(path), "%s/" EDITION_DIGESTS, edition->folder);
    page_open_section(page, "downloads", page_say(page, MESSAGE_SITE_DOWNLOADS));
    fputs("<p>", page->out);
    escape_html(page->out,
                language_say(page_language(page), &page->phrases, MESSAGE_SITE_DOWNLOADS_ABOUT,
                             MESSAGE_ARGUMENTS(language_text("name", EDITION_DIGESTS))));
    fputs(" <a", page->out);
    page_href_file(page, path);
    fputs(">" EDITION_DIGESTS "</a></p>\n<div class=\"files\">\n", page->out);
    put_table(page, edition, true);
    put_table(page, edition, false);
    fputs("</div>\n", page->out);
    page_close_section(page);
}
