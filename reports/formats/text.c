/* Plain text for terminals and mails: lines of at most 80 columns, but for names that are longer.
 */
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#include "reports/formats/writers.h"
#include "text/escape.h"

#define LINE_COLUMNS 80

/* Where a line of text may be broken, by the rules of its script (UAX 14). */
struct line_breaks {
    UText *text;
    UBreakIterator *iterator;
};

static bool open_breaks(struct line_breaks *breaks, const char *language, const char *text)
{
    UErrorCode icu = U_ZERO_ERROR;

    *breaks = (struct line_breaks){0};
    breaks->text = utext_openUTF8(NULL, text, -1, &icu);
    breaks->iterator = ubrk_open(UBRK_LINE, language, NULL, 0, &icu);
    if (U_SUCCESS(icu)) /* ICU looks at the iterator before it looks at icu */
        ubrk_setUText(breaks->iterator, breaks->text, &icu);
    return U_SUCCESS(icu);
}

static void close_breaks(struct line_breaks *breaks)
{
    ubrk_close(breaks->iterator);
    utext_close(breaks->text);
}

/* A line that is being filled. Spaces wait until something follows them on the same line. */
struct line {
    FILE *out;
    size_t indent;
    size_t column;
    size_t spaces;
};

/* Adds a piece of text between two places where a line may break. */
static void put_piece(struct line *line, char *piece)
{
    size_t length = strlen(piece);
    size_t visible = length;

    while (visible > 0 && piece[visible - 1] == ' ')
        visible--;
    piece[visible] = '\0';

    size_t width = escape_width(piece);

    if (line->column > line->indent && line->column + line->spaces + width > LINE_COLUMNS) {
        fprintf(line->out, "\n%*s", (int)line->indent, "");
        line->column = line->indent;
        line->spaces = 0;
    }
    fprintf(line->out, "%*s", (int)line->spaces, "");
    escape_plain(line->out, piece);
    line->column += line->spaces + width;
    line->spaces = length - visible;
}

/* text is a copy of what the breaks were found in; it is worn down on the way. False: ICU stopped
 * in front of its end. */
static bool put_wrapped(FILE *out, const struct line_breaks *breaks, char *text, size_t indent)
{
    struct line line = {out, indent, indent, 0};
    int32_t start = ubrk_first(breaks->iterator);

    for (int32_t end; (end = ubrk_next(breaks->iterator)) != UBRK_DONE; start = end) {
        char next = text[end];

        text[end] = '\0';
        put_piece(&line, text + start);
        text[end] = next;
    }
    return text[start] == '\0';
}

/* Text behind a bullet or nothing, wrapped, its lines aligned below each other. */
static bool put_behind(FILE *out, const char *bullet, const char *language, const char *text)
{
    struct line_breaks breaks;
    char *copy = strdup(text);
    bool whole = open_breaks(&breaks, language, text) && copy != NULL;

    fputs(bullet, out);
    whole = whole && put_wrapped(out, &breaks, copy, strlen(bullet));
    close_breaks(&breaks);
    free(copy);
    fputc('\n', out);
    return whole;
}

static bool put_item(FILE *out, const char *language, const char *text)
{
    return put_behind(out, "- ", language, text);
}

static bool put_paragraph(FILE *out, const char *language, const char *text)
{
    return put_behind(out, "", language, text);
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
    for (size_t i = 0; i < width && i < LINE_COLUMNS; i++)
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
