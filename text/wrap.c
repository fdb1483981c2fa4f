#include "text/wrap.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text/escape.h"

#define BLANKS " \n"

/* Columns of the next `length` bytes. */
static size_t width_of(const char *text, size_t length)
{
    const char *end = text + length;
    size_t columns = 0;

    while (text < end)
        columns += (size_t)escape_columns(escape_next(&text));
    return columns;
}

static size_t start_line(FILE *out, size_t indent)
{
    fprintf(out, "\n%*s", (int)indent, "");
    return indent;
}

/* Writes the words of the first `length` bytes. */
static void wrap_part(FILE *out, const char *text, size_t length, size_t column, size_t indent)
{
    const char *end = text + length;
    bool first = true;

    for (text += strspn(text, BLANKS); text < end; text += strspn(text, BLANKS)) {
        size_t bytes = strcspn(text, BLANKS);
        size_t width = width_of(text, bytes);

        if (!first && column + 1 + width > WRAP_COLUMNS)
            column = start_line(out, indent);
        else if (!first)
            column += (size_t)fprintf(out, " ");
        fwrite(text, 1, bytes, out);
        column += width;
        text += bytes;
        first = false;
    }
    fputc('\n', out);
}

void wrap_words(FILE *out, const char *text, size_t column, size_t indent)
{
    wrap_part(out, text, strlen(text), column, indent);
}

/* Bytes of the lines that belong together: up to an empty line, or one that stays as it is. */
static size_t paragraph_length(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0' && text[length] != '\n' && text[length] != ' ') {
        length += strcspn(text + length, "\n");
        length += text[length] == '\n';
    }
    return length;
}

void wrap_paragraphs(FILE *out, const char *text)
{
    while (*text != '\0') {
        size_t length = paragraph_length(text);

        if (length > 0) {
            wrap_part(out, text, length, 0, 0);
        } else {
            length = strcspn(text, "\n");
            fprintf(out, "%.*s\n", (int)length, text);
            length += text[length] == '\n';
        }
        text += length;
    }
}
