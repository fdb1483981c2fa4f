#include "reports/languages/phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Room for length bytes, which are 0; NULL when memory is short. */
static struct phrase *add(struct phrases *phrases, size_t length)
{
    struct phrase *phrase = calloc(1, sizeof(*phrase) + length + 1);

    if (phrase == NULL) {
        phrases->failed = true;
        return NULL;
    }
    phrase->older = phrases->newest;
    phrases->newest = phrase;
    return phrase;
}

const char *phrases_copy(struct phrases *phrases, const char *text, size_t length)
{
    struct phrase *phrase = add(phrases, length);

    if (phrase == NULL)
        return "";
    memcpy(phrase->text, text, length);
    return phrase->text;
}

const char *phrases_join(struct phrases *phrases, const char *separator, const char *const *texts,
                         size_t count)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++)
        length += strlen(texts[i]) + (i > 0 ? strlen(separator) : 0);

    struct phrase *phrase = add(phrases, length);

    if (phrase == NULL)
        return "";

    char *to = phrase->text;

    for (size_t i = 0; i < count; i++)
        to += sprintf(to, "%s%s", i > 0 ? separator : "", texts[i]);
    return phrase->text;
}
