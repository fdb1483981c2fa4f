/* What was meant by a word that is none of those there are: the ones that a few slips lead to it.
 *
 * A slip is a letter too many, too few, another one, or two of them exchanged. Case doesn't count,
 * and _ is the same as -. How many slips are forgiven grows with the word, up to three; a word that
 * was not finished is as near as one slip. */
#ifndef KANSEN_TEXT_NEAREST_H
#define KANSEN_TEXT_NEAREST_H

#include <stddef.h>

/* Equally near ones that are named; more help nobody. */
#define NEAREST_MAX 5

struct nearest {
    const char *typed;
    size_t slips; /* of the words found so far */
    size_t count;
    const char *words[NEAREST_MAX]; /* borrowed */
};

/* Slips between two words of UTF-8, of which the first 64 characters are looked at. */
size_t nearest_slips(const char *one, const char *other);

void nearest_start(struct nearest *nearest, const char *typed);

/* Offers a word that could be meant; those that are farther away than another are forgotten. */
void nearest_offer(struct nearest *nearest, const char *word);

/* The same, where `shown` is to be named if `word` is what was meant. */
void nearest_offer_as(struct nearest *nearest, const char *word, const char *shown);

/* Writes "; did you mean --from or --to?", with `before` in front of each word; nothing when no
 * word is near. Cut at size. Returns text. */
const char *nearest_question(const struct nearest *nearest, const char *before, char *text,
                             size_t size);

#endif
