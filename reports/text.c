/* Plain text for terminals and mails: lines of at most 80 columns, but for names that are longer.
 */
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#include "reports/writers.h"
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

/* Text behind a bullet, wrapped, its lines aligned below each other. */
static bool put_item(FILE *out, const char *language, const char *text)
{
    static const char bullet[] = "- ";
    struct line_breaks breaks;
    char *copy = strdup(text);
    bool whole = open_breaks(&breaks, language, text) && copy != NULL;

    fputs(bullet, out);
    whole = whole && put_wrapped(out, &breaks, copy, sizeof(bullet) - 1);
    close_breaks(&breaks);
    free(copy);
    fputc('\n', out);
    return whole;
}

static bool put_items(FILE *out, const struct document *document, enum message heading,
                      const char *const *items, size_t count)
{
    bool whole = true;

    fprintf(out, "\n%s\n\n", document_message(document, heading));
    for (size_t i = 0; i < count; i++)
        whole = put_item(out, language_code(document->language), items[i]) && whole;
    return whole;
}

static void put_line(FILE *out, const char *text)
{
    escape_plain(out, text);
    fputc('\n', out);
}

static void put_tables(FILE *out, const struct document *document)
{
    fputc('\n', out);
    table_write_plain(out, &document->months);
    fputc('\n', out);
    table_write_plain(out, &document->shares);
}

bool write_tables(FILE *out, const struct report *report)
{
    const struct document *document = report->document;

    put_line(out, document->threat);
    put_line(out, document->subtitle);
    put_tables(out, document);
    fputc('\n', out);
    return put_item(out, language_code(document->language), document->counting);
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
    whole = put_items(out, document, MESSAGE_FINDINGS, document->findings, document->finding_count);
    put_tables(out, document);
    whole = put_items(out, document, MESSAGE_NOTES, document->notes, document->note_count) && whole;
    return whole;
}
