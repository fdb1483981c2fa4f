/* Text for people, broken into lines that fit a terminal. */
#ifndef KANSEN_TEXT_WRAP_H
#define KANSEN_TEXT_WRAP_H

#include <stddef.h>
#include <stdio.h>

/* A terminal that nobody has made wider. */
#define WRAP_COLUMNS 79

/* Writes the words of text, the first of them in `column`, where the line has come to; the lines
 * that follow start in `indent`. Ends with a newline. A word that is wider than a line stays whole.
 */
void wrap_words(FILE *out, const char *text, size_t column, size_t indent);

/* Paragraphs are parted by empty lines; lines that start with a blank stay as they are. */
void wrap_paragraphs(FILE *out, const char *text);

#endif
