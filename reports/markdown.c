/* Markdown (CommonMark and GitHub's tables). */
#include "reports/writers.h"
#include "text/escape.h"

static void put_row(FILE *out, const struct table *table, const struct table_row *row)
{
    fputc('|', out);
    for (size_t i = 0; i < table->column_count; i++) {
        bool strong = row->part == TABLE_FOOT && *row->cells[i] != '\0';

        fputs(strong ? " **" : " ", out);
        escape_markdown(out, row->cells[i]);
        fputs(strong ? "** |" : " |", out);
    }
    fputc('\n', out);
}

static void put_table(FILE *out, const struct table *table)
{
    fputs("\n### ", out);
    escape_markdown(out, table->caption);
    fputs("\n\n|", out);
    for (size_t i = 0; i < table->column_count; i++) {
        fputc(' ', out);
        escape_markdown(out, table->columns[i].name);
        fputs(" |", out);
    }
    fputs("\n|", out);
    for (size_t i = 0; i < table->column_count; i++)
        fputs(table->columns[i].align == TABLE_RIGHT ? " ---: |" : " :--- |", out);
    fputc('\n', out);
    for (size_t i = 0; i < table->row_count; i++)
        put_row(out, table, &table->rows[i]);
}

/* File names are made of [A-Za-z0-9._-] alone and need no escaping. */
static void put_chart(FILE *out, const struct report *report, enum chart_kind kind)
{
    if (report->image_names[kind] == NULL)
        return;
    fputs("\n![", out);
    escape_markdown(out, chart_title(report->document, kind));
    fprintf(out, "](%s)\n", report->image_names[kind]);
}

static void put_items(FILE *out, const struct document *document, enum message heading,
                      const char *const *items, size_t count)
{
    fprintf(out, "\n## %s\n\n", document_message(document, heading));
    for (size_t i = 0; i < count; i++) {
        fputs("- ", out);
        escape_markdown(out, items[i]);
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
    fputc('\n', out);
    put_items(out, document, MESSAGE_FINDINGS, document->findings, document->finding_count);
    fprintf(out, "\n## %s\n", document_message(document, MESSAGE_FIGURES));
    put_table(out, &document->months);
    put_chart(out, report, CHART_MONTHS);
    put_table(out, &document->shares);
    put_chart(out, report, CHART_SHARES);
    put_items(out, document, MESSAGE_NOTES, document->notes, document->note_count);
    return true;
}
