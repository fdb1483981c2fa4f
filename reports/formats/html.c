/* HTML: one file with its charts inside, that fetches nothing, runs nothing and prints well. */
#include "reports/charts/palette.h"
#include "reports/formats/html_parts.h"
#include "reports/formats/page_style.h"
#include "reports/formats/writers.h"
#include "text/escape.h"

/* With as many headings, or rows of tables, a page begins with a list of its headings. */
#define CONTENTS_HEADINGS 5
#define CONTENTS_ROWS 40

struct page {
    FILE *out;
    const struct report *report;
    const struct document *document;
    size_t tables; /* written so far */
    size_t figures;
};

/* ---- head */

static void put_meta(FILE *out, const char *key, const char *name, const char *content)
{
    fputs("<meta", out);
    html_put_attribute(out, key, name);
    html_put_attribute(out, "content", content);
    fputs(">\n", out);
}

static void put_head(FILE *out, const struct report *report)
{
    const struct document *document = report->document;

    fprintf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
            document->language);
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; img-src data:; font-src data:; "
          "base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"generator\" content=\"kansen " KANSEN_VERSION "\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta name=\"format-detection\" content=\"telephone=no\">\n",
          out);
    html_put_element(out, "title", "", document->title);
    fputc('\n', out);
    put_meta(out, "name", "description", document->description);
    put_meta(out, "property", "og:type", "article");
    put_meta(out, "property", "og:title", document->title);
    put_meta(out, "property", "og:description", document->description);
    fputs("<style>\n", out);
    html_put_colors(out);
    fprintf(out, "%s</style>\n", page_style);
    if (report->dress != NULL && report->dress->style != NULL)
        fprintf(out, "<style>\n%s\n</style>\n", report->dress->style);
    fputs("</head>\n", out);
}

/* ---- body */

/* The title, in which a name of another language says so. */
static void put_title(FILE *out, const struct document *document)
{
    const struct foreign_name *name = &document->foreign_name;

    if (name->language == NULL) {
        html_put_element(out, "h1", "", document->title);
        return;
    }
    fputs("<h1>", out);
    escape_html(out, name->before);
    fputs("<span", out);
    html_put_attribute(out, "lang", name->language);
    fputc('>', out);
    escape_html(out, document->threat);
    fputs("</span>", out);
    escape_html(out, name->behind);
    fputs("</h1>", out);
}

static void put_header(FILE *out, const struct report *report)
{
    const struct document *document = report->document;

    fputs("<header>\n", out);
    if (report->dress != NULL && report->dress->logo != NULL)
        html_put_logo(out, report->dress);
    put_title(out, document);
    fputc('\n', out);
    html_put_element(out, "p", " class=\"window\"", document->subtitle);
    fputc('\n', out);
    html_put_element(out, "p", " class=\"headline\"", document->headline);
    fputc('\n', out);
    html_put_element(out, "p", " class=\"summary\"", document->summary);
    fputs("\n</header>\n", out);
}

static bool is_long(const struct document *document)
{
    size_t headings = 0;
    size_t rows = 0;

    for (size_t i = 0; i < document->shown_count; i++) {
        headings += document_opens_heading(document, i);
        rows += document->sections[document->shown[i]].table.row_count;
    }
    return headings >= CONTENTS_HEADINGS || rows >= CONTENTS_ROWS;
}

static void put_contents(FILE *out, const struct document *document)
{
    fputs("<nav class=\"contents\" aria-labelledby=\"contents\">\n", out);
    html_put_element(out, "p", " id=\"contents\"", document->words.contents);
    fputs("\n<ol>\n", out);
    for (size_t i = 0; i < document->shown_count; i++) {
        const struct section *section = &document->sections[document->shown[i]];

        if (!document_opens_heading(document, i))
            continue;
        fprintf(out, "<li><a href=\"#%s\">", section->id);
        escape_html(out, section->heading);
        fputs("</a></li>\n", out);
    }
    fputs("</ol>\n</nav>\n", out);
}

/* One that goes on under the heading of the section before has none. */
static void open_section(FILE *out, const struct section *section, bool opens_heading)
{
    if (!opens_heading) {
        fprintf(out, "<section id=\"%s\" class=\"more\">\n", section->id);
        return;
    }
    fprintf(out, "<section id=\"%s\" aria-labelledby=\"%s-heading\">\n", section->id, section->id);
    fprintf(out, "<h2 id=\"%s-heading\">", section->id);
    escape_html(out, section->heading);
    fputs("</h2>\n", out);
}

static void put_section(struct page *page, size_t shown)
{
    size_t index = page->document->shown[shown];
    const struct section *section = &page->document->sections[index];
    const struct report_chart *charts = page->report->charts;

    open_section(page->out, section, document_opens_heading(page->document, shown));
    if (section->item_count > 0)
        html_put_items(page->out, section);
    if (section->table.column_count > 0)
        html_put_table(page->out, &section->table, ++page->tables);
    for (size_t i = 0; charts != NULL && i < section->chart_count; i++) {
        const struct chart_image *svg = charts[section->first_chart + i].svg;

        if (svg != NULL)
            html_put_figure(page->out, &section->charts[i], svg, ++page->figures);
    }
    fputs("</section>\n", page->out);
}

bool write_html(FILE *out, const struct report *report)
{
    const struct document *document = report->document;
    struct page page = {.out = out, .report = report, .document = document};
    bool contents = is_long(document);

    put_head(out, report);
    fputs("<body>\n<a class=\"skip\" href=\"#content\">", out);
    escape_html(out, document->words.skip);
    fprintf(out, "</a>\n<div class=\"%s\">\n", contents ? "page beside" : "page");
    put_header(out, report);
    if (contents)
        put_contents(out, document);
    fputs("<main id=\"content\">\n", out);
    for (size_t i = 0; i < document->shown_count; i++)
        put_section(&page, i);
    fputs("</main>\n</div>\n</body>\n</html>\n", out);
    return true;
}
