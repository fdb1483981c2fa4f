/* HTML: one file with its charts inside, that fetches nothing, runs nothing and prints well. */
#include "reports/formats/writers.h"
#include "text/escape.h"

#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c2430;--soft:#5a6575;--line:#d9dee5;--paper:#fff;"
    "--ground:#f3f5f8;--accent:#0072b2}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e7ebf0;--soft:#a5b0be;--line:#39434f;"
    "--paper:#1a212a;--ground:#11161c;--accent:#56b4e9}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.65 system-ui,"
    "'Noto Sans',sans-serif}\n"
    ":lang(ja){font-family:system-ui,'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans',"
    "'Yu Gothic',sans-serif}\n"
    "main{max-width:56rem;margin:2rem auto;padding:2.5rem 3rem 2rem;background:var(--paper);"
    "border-top:5px solid var(--accent);border-radius:3px}\n"
    "h1{font-size:1.9rem;line-height:1.25;margin:0 0 .4rem;overflow-wrap:anywhere}\n"
    "h2{font-size:1.2rem;margin:2.4rem 0 .7rem}\n"
    ".window{margin:0;color:var(--soft)}\n"
    ".findings{margin:0;padding:0;list-style:none}\n"
    ".findings li{padding:.45rem 0 .45rem 1rem;border-left:3px solid var(--accent);"
    "margin:0 0 .5rem}\n"
    ".findings li:first-child{font-size:1.12rem;font-weight:600}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;font-weight:600;padding:0 0 .5rem}\n"
    "th,td{padding:.34rem .8rem;text-align:left;font-weight:400;border-bottom:1px solid "
    "var(--line)}\n"
    "thead th{color:var(--soft);font-size:.88rem;border-bottom:2px solid var(--soft)}\n"
    ".n{text-align:right;white-space:nowrap}\n"
    "thead th.n:first-child,td.n:first-child{width:1%}\n"
    "tfoot th,tfoot td{font-weight:600;border-bottom:0;border-top:2px solid var(--soft)}\n"
    "tfoot tr+tr>*{border-top:0}\n"
    "section{margin-top:2.4rem}\n"
    "figure{margin:1.2rem 0 0;border:1px solid var(--line);border-radius:3px;background:#fff;"
    "overflow-x:auto}\n"
    "figure svg{display:block;height:auto;margin:0 auto}\n"
    "figure svg text{font-family:'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic',"
    "system-ui,sans-serif}\n"
    ".notes{font-size:.86rem;color:var(--soft);padding-left:1.1rem;overflow-wrap:anywhere}\n"
    ".notes li{margin:.2rem 0}\n"
    "@media(max-width:40rem){main{margin:0;padding:1.2rem}th,td{padding:.3rem .4rem}"
    "figure svg{max-width:100%}}\n"
    "@page{margin:16mm 15mm}\n"
    "@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--ground:#fff;"
    "--accent:#0072b2}\n"
    "body{font-size:10.5pt;line-height:1.5}main{max-width:none;margin:0;padding:1rem 0 0}\n"
    "thead{display:table-header-group}tr,figure,li{break-inside:avoid}"
    "h2,caption{break-after:avoid}figure{overflow:visible}"
    "figure svg{max-width:100%}.scroll{overflow:visible}}\n";

static void put_element(FILE *out, const char *name, const char *attributes, const char *text)
{
    fprintf(out, "<%s%s>", name, attributes);
    escape_html(out, text);
    fprintf(out, "</%s>", name);
}

static void put_cell(FILE *out, enum column_role role, const char *text)
{
    bool right = column_traits[role].right;

    if (role == COLUMN_NAME)
        put_element(out, "th", right ? " scope=\"row\" class=\"n\"" : " scope=\"row\"", text);
    else
        put_element(out, "td", right ? " class=\"n\"" : "", text);
}

static void put_row(FILE *out, const struct table *table, const struct table_row *row)
{
    fputs("<tr>", out);
    for (size_t i = 0; i < table->column_count; i++)
        put_cell(out, table->columns[i].role, table_text(row, table->columns[i].role));
    fputs("</tr>\n", out);
}

static void put_table(FILE *out, const struct table *table)
{
    bool foot = false;

    fputs("<div class=\"scroll\"><table>\n", out);
    put_element(out, "caption", "", table->numbered);
    fputs("\n<thead><tr>", out);
    for (size_t i = 0; i < table->column_count; i++)
        put_element(out, "th",
                    column_traits[table->columns[i].role].right ? " scope=\"col\" class=\"n\""
                                                                : " scope=\"col\"",
                    table->columns[i].heading);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = table_next_shown(table, 0); i < table->row_count;
         i = table_next_shown(table, i + 1)) {
        if (!foot && table->rows[i].kind == ROW_TOTAL) {
            fputs("</tbody>\n<tfoot>\n", out);
            foot = true;
        }
        put_row(out, table, &table->rows[i]);
    }
    fputs(foot ? "</tfoot>\n" : "</tbody>\n", out);
    fputs("</table></div>\n", out);
}

/* The chart's SVG without its XML declaration, as an image whose text is the table above it. */
static void put_chart(FILE *out, const struct chart *chart, const struct chart_image *image)
{
    static const char opening[] = "<svg";
    const char *svg = strstr(image->bytes, opening);

    if (svg == NULL)
        return;
    fputs("<figure>\n<svg role=\"img\" aria-label=\"", out);
    escape_html(out, chart->title);
    fputc('"', out);
    fputs(svg + sizeof(opening) - 1, out);
    fputs("</figure>\n", out);
}

static void put_items(FILE *out, const struct section *section)
{
    put_element(out, "h2", "", section->heading);
    fprintf(out, "\n<ul class=\"%s\">\n", section->id);
    for (size_t i = section_next_shown(section, 0); i < section->item_count;
         i = section_next_shown(section, i + 1)) {
        put_element(out, "li", "", section->items[i].text);
        fputc('\n', out);
    }
    fputs("</ul>\n", out);
}

static void put_head(FILE *out, const struct document *document)
{
    fprintf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
            document->language);
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'\">\n"
          "<meta name=\"generator\" content=\"kansen " KANSEN_VERSION "\">\n",
          out);
    put_element(out, "title", "", document->title);
    fprintf(out, "\n<style>\n%s</style>\n</head>\n", style);
}

/* A table's caption is its heading. */
static void put_figures(FILE *out, const struct section *section, const struct chart_image *svg)
{
    fputs("<section>\n", out);
    put_table(out, &section->table);
    if (svg != NULL)
        put_chart(out, &section->chart, svg);
    fputs("</section>\n", out);
}

bool write_html(FILE *out, const struct report *report)
{
    const struct document *document = report->document;

    put_head(out, document);
    fputs("<body>\n<main>\n<header>\n", out);
    put_element(out, "h1", "", document->title);
    fputc('\n', out);
    put_element(out, "p", " class=\"window\"", document->subtitle);
    fputs("\n</header>\n", out);
    for (size_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];

        if (section->item_count > 0)
            put_items(out, section);
        if (section->table.column_count > 0)
            put_figures(out, section, report->charts == NULL ? NULL : report->charts[i].svg);
    }
    fputs("</main>\n</body>\n</html>\n", out);
    return true;
}
