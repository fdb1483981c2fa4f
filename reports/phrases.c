#include "reports/phrases.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One digit names an argument. */
#define ARGUMENTS_MAX 10

struct phrase {
    struct phrase *older;
    char text[];
};

void phrases_init(struct phrases *phrases)
{
    *phrases = (struct phrases){0};
}

void phrases_clear(struct phrases *phrases)
{
    while (phrases->newest != NULL) {
        struct phrase *newest = phrases->newest;

        phrases->newest = newest->older;
        free(newest);
    }
}

const char *phrases_copy(struct phrases *phrases, const char *text, size_t length)
{
    struct phrase *phrase = malloc(sizeof(*phrase) + length + 1);

    if (phrase == NULL) {
        phrases->failed = true;
        return "";
    }
    memcpy(phrase->text, text, length);
    phrase->text[length] = '\0';
    phrase->older = phrases->newest;
    phrases->newest = phrase;
    return phrase->text;
}

/* Length of "{N}" at text when there is an argument N, else 0. */
static size_t placeholder(const char *text, size_t count, size_t *argument)
{
    if (text[0] != '{' || text[1] < '0' || text[1] > '9' || text[2] != '}')
        return 0;
    *argument = (size_t)(text[1] - '0');
    return *argument < count ? 3 : 0;
}

static void expand(FILE *out, const char *template, const char *const *arguments, size_t count)
{
    while (*template != '\0') {
        size_t argument = 0;
        size_t length = placeholder(template, count, &argument);

        if (length > 0)
            fputs(arguments[argument], out);
        else
            fputc(*template, out);
        template += length > 0 ? length : 1;
    }
}

const char *phrases_compose(struct phrases *phrases, const char *template, ...)
{
    const char *arguments[ARGUMENTS_MAX];
    size_t count = 0;
    va_list list;

    va_start(list, template);
    for (const char *text = va_arg(list, const char *); text != NULL && count < ARGUMENTS_MAX;
         text = va_arg(list, const char *))
        arguments[count++] = text;
    va_end(list);

    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    const char *phrase = "";

    if (out != NULL) {
        expand(out, template, arguments, count);

        bool written = !ferror(out);

        if (fclose(out) == 0 && written)
            phrase = phrases_copy(phrases, text, length);
        else
            phrases->failed = true;
    } else {
        phrases->failed = true;
    }
    free(text);
    return phrase;
}
