/* Markdown (CommonMark and GitHub's tables). */
#include "reports/formats/writers.h"
#include "text/escape.h"

static void put_row(FILE *out, const struct table *table, const struct table_row *row)
{
    fputc('|', out);
    for (size_t i = 0; i < table->column_count; i++) {
        const char *text = table_text(row, table->columns[i].role);
        bool strong = row->kind == ROW_TOTAL && *text != '\0';

        fputs(strong ? " **" : " ", out);
        escape_markdown(out, text);
        fputs(strong ? "** |" : " |", out);
    }
    fputc('\n', out);
}

static void put_table(FILE *out, const struct table *table)
{
    fputs("\n### ", out);
    escape_markdown(out, table->numbered);
    fputs("\n\n|", out);
    for (size_t i = 0; i < table->column_count; i++) {
        fputc(' ', out);
        escape_markdown(out, table->columns[i].heading);
        fputs(" |", out);
    }
    fputs("\n|", out);
    for (size_t i = 0; i < table->column_count; i++)
        fputs(column_traits[table->columns[i].role].right ? " ---: |" : " :--- |", out);
    fputc('\n', out);
    for (size_t i = table_next_shown(table, 0); i < table->row_count;
         i = table_next_shown(table, i + 1))
        put_row(out, table, &table->rows[i]);
}

static void put_chart(FILE *out, const struct chart *chart, const char *image_name)
{
    if (image_name == NULL)
        return;
    fputs("\n![", out);
    escape_markdown(out, chart->alt);
    fputs("](", out);
    escape_url(out, image_name);
    fputs(")\n\n", out);
    escape_markdown(out, chart->numbered);
    fputc('\n', out);
}

static void put_items(FILE *out, const struct section *section)
{
    fputc('\n', out);
    for (size_t i = section_next_shown(section, 0); i < section->item_count;
         i = section_next_shown(section, i + 1)) {
        fputs("- ", out);
        escape_markdown(out, section->items[i].text);
        fputc('\n', out);
    }
}

bool write_markdown(FILE *out, const struct report *report)
{
    const struct document *document = report->document;

    fputs("# ", out);
    escape_markdown(out, document->title);
    fputs("\n\n", out);
    escape_markdown(out, document->subtitle);
    fputs("\n\n**", out);
    escape_markdown(out, document->headline);
    fputs("**\n\n", out);
    escape_markdown(out, document->summary);
    fputc('\n', out);
    for (size_t i = 0; i < document->shown_count; i++) {
        size_t index = document->shown[i];
        const struct section *section = &document->sections[index];

        if (document_opens_heading(document, i))
            fprintf(out, "\n## %s\n", section->heading);
        if (section->item_count > 0)
            put_items(out, section);
        if (section->table.column_count > 0)
            put_table(out, &section->table);
        for (size_t j = 0; report->charts != NULL && j < section->chart_count; j++)
            put_chart(out, &section->charts[j],
                      report->charts[section->first_chart + j].image_name);
    }
    return true;
}
