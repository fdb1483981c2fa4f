/* Plain text for terminals and mails: lines of at most 80 columns, but for names that are longer.
 */
#include <string.h>

#include "reports/formats/text_lines.h"
#include "reports/formats/writers.h"
#include "text/escape.h"

static bool put_item(FILE *out, const char *language, const char *text)
{
    return text_lines_put(out, "- ", language, text);
}

static bool put_paragraph(FILE *out, const char *language, const char *text)
{
    return text_lines_put(out, "", language, text);
}

static void put_line(FILE *out, const char *text)
{
    escape_plain(out, text);
    fputc('\n', out);
}

static bool put_items(FILE *out, const struct document *document, const struct section *section)
{
    bool whole = true;

    fprintf(out, "\n%s\n\n", section->heading);
    for (size_t i = section_next_shown(section, 0); i < section->item_count;
         i = section_next_shown(section, i + 1))
        whole = put_item(out, document->language, section->items[i].text) && whole;
    return whole;
}

static void put_table(FILE *out, const struct table *table)
{
    fputc('\n', out);
    table_write_plain(out, table);
}

bool write_tables(FILE *out, const struct report *report)
{
    const struct document *document = report->document;
    bool whole = true;

    put_line(out, document->threat);
    put_line(out, document->subtitle);
    for (size_t i = 0; i < document->section_count; i++)
        if (document->sections[i].table.column_count > 0)
            put_table(out, &document->sections[i].table);
    fputc('\n', out);
    for (size_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];

        for (size_t item = 0; item < section->item_count; item++)
            if (section->items[item].essential)
                whole = put_item(out, document->language, section->items[item].text) && whole;
    }
    return whole;
}

bool write_text(FILE *out, const struct report *report)
{
    const struct document *document = report->document;
    size_t width = escape_width(document->title);
    bool whole = true;

    put_line(out, document->title);
    for (size_t i = 0; i < width && i < TEXT_COLUMNS; i++)
        fputc('=', out);
    fputc('\n', out);
    put_line(out, document->subtitle);
    fputc('\n', out);
    whole = put_paragraph(out, document->language, document->headline) && whole;
    fputc('\n', out);
    whole = put_paragraph(out, document->language, document->summary) && whole;
    for (size_t i = 0; i < document->shown_count; i++) {
        const struct section *section = &document->sections[document->shown[i]];

        if (section->item_count > 0)
            whole = put_items(out, document, section) && whole;
        if (section->table.column_count > 0)
            put_table(out, &section->table);
    }
    return whole;
}
