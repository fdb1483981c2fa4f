#include "reports/formats/text_lines.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#include "text/escape.h"

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

    if (line->column > line->indent && line->column + line->spaces + width > TEXT_COLUMNS) {
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

bool text_lines_put(FILE *out, const char *bullet, const char *language, const char *text)
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
