#include "operate/safe_line.h"

#include <stdarg.h>
#include <stdlib.h>

#include "text/escape.h"
#include "text/wrap.h"

#define TEXT_SIZE 2048

void safe_line(FILE *out, const char *name, int indent, const char *format, ...)
{
    char text[TEXT_SIZE];
    char *safe = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&safe, &size);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fprintf(out, "%-*s", indent, name);
    if (stream != NULL) {
        escape_plain(stream, text);
        fclose(stream);
    }
    if (safe != NULL)
        wrap_words(out, safe, (size_t)indent, (size_t)indent);
    else
        putc('\n', out);
    free(safe);
}
