#include "text/nearest.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "text/escape.h"

#define CHARACTERS_MAX 64

/* A word so long may have this many slips. */
static const struct {
    size_t length;
    size_t slips;
} forgiven[] = {{8, 3}, {5, 2}, {2, 1}, {0, 0}};

/* Of a word that was not finished, the first letter alone says too little. */
#define BEGINNING_MIN 2

struct word {
    int32_t characters[CHARACTERS_MAX];
    size_t length;
};

static void fold(const char *text, struct word *word)
{
    int32_t character;

    word->length = 0;
    while (word->length < CHARACTERS_MAX && (character = escape_next(&text)) != 0) {
        if (character >= 'A' && character <= 'Z')
            character += 'a' - 'A';
        word->characters[word->length++] = character == '_' ? '-' : character;
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment. rows[0] is the row of the character before the last. */
static size_t count_slips(const struct word *one, const struct word *other)
{
    size_t rows[3][CHARACTERS_MAX + 1] = {{0}};

    for (size_t j = 0; j <= other->length; j++)
        rows[2][j] = j;
    for (size_t i = 1; i <= one->length; i++) {
        int32_t character = one->characters[i - 1];

        memcpy(rows[0], rows[1], sizeof(rows[0]));
        memcpy(rows[1], rows[2], sizeof(rows[1]));
        rows[2][0] = i;
        for (size_t j = 1; j <= other->length; j++) {
            size_t changed = rows[1][j - 1] + (character != other->characters[j - 1]);

            rows[2][j] = smaller(changed, 1 + smaller(rows[1][j], rows[2][j - 1]));
            if (i > 1 && j > 1 && character == other->characters[j - 2] &&
                one->characters[i - 2] == other->characters[j - 1])
                rows[2][j] = smaller(rows[2][j], rows[0][j - 2] + 1);
        }
    }
    return rows[2][other->length];
}

size_t nearest_slips(const char *one, const char *other)
{
    struct word first;
    struct word second;

    fold(one, &first);
    fold(other, &second);
    return count_slips(&first, &second);
}

static bool is_beginning(const struct word *typed, const struct word *word)
{
    return typed->length >= BEGINNING_MIN && typed->length < word->length &&
           memcmp(typed->characters, word->characters,
                  typed->length * sizeof(typed->characters[0])) == 0;
}

static bool is_near(const struct word *typed, const struct word *word, size_t slips)
{
    size_t row = 0;

    while (typed->length < forgiven[row].length)
        row++;
    return slips <= forgiven[row].slips && slips < word->length;
}

void nearest_start(struct nearest *nearest, const char *typed)
{
    *nearest = (struct nearest){.typed = typed};
}

void nearest_offer(struct nearest *nearest, const char *word)
{
    nearest_offer_as(nearest, word, word);
}

void nearest_offer_as(struct nearest *nearest, const char *word, const char *shown)
{
    struct word typed;
    struct word offered;
    size_t slips;

    fold(nearest->typed, &typed);
    fold(word, &offered);
    slips = count_slips(&typed, &offered);
    if (is_beginning(&typed, &offered))
        slips = smaller(slips, 1);
    else if (!is_near(&typed, &offered, slips))
        return;
    if (nearest->count > 0 && slips > nearest->slips)
        return;
    if (slips < nearest->slips)
        nearest->count = 0;
    nearest->slips = slips;
    for (size_t i = 0; i < nearest->count; i++)
        if (strcmp(nearest->words[i], shown) == 0)
            return;
    if (nearest->count < NEAREST_MAX)
        nearest->words[nearest->count++] = shown;
}

const char *nearest_question(const struct nearest *nearest, const char *before, char *text,
                             size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < nearest->count && used < size; i++) {
        const char *between = i == 0 ? "; did you mean " : i + 1 == nearest->count ? " or " : ", ";

        used += (size_t)snprintf(text + used, size - used, "%s%s%s%s", between, before,
                                 nearest->words[i], i + 1 == nearest->count ? "?" : "");
    }
    return text;
}
