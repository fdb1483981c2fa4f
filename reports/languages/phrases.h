/* The strings of one report: made once, owned together, freed together.
 *
 * Making one never fails where it stands: when memory runs out it returns "" and the store
 * remembers, so that building a document reads as sentences and is checked once, at its end. */
#ifndef KANSEN_REPORTS_LANGUAGES_PHRASES_H
#define KANSEN_REPORTS_LANGUAGES_PHRASES_H

#include <stdbool.h>
#include <stddef.h>

struct phrase;

struct phrases {
    struct phrase *newest;
    bool failed; /* memory was short: some phrase is missing */
};

void phrases_init(struct phrases *phrases);
void phrases_clear(struct phrases *phrases);

/* A copy of length bytes of text, terminated. */
const char *phrases_copy(struct phrases *phrases, const char *text, size_t length);

/* The texts behind each other, with the separator between them. */
const char *phrases_join(struct phrases *phrases, const char *separator, const char *const *texts,
                         size_t count);

#endif
