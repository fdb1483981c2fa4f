/* Text from outside, written so that it can do no harm where it lands (RELIABILITY 19).
 *
 * Threat and detection names come from users. For people (terminal, HTML, Markdown, charts),
 * control and bidirectional formatting characters are shown as \u{202E}, since a reader can't see
 * them but they change what is seen. Programs (CSV, JSON) get the text itself, quoted. All take
 * UTF-8; bytes that are none become U+FFFD. A failed write stays in the stream's error flag. */
#ifndef KANSEN_TEXT_ESCAPE_H
#define KANSEN_TEXT_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* For terminals and plain text: one line, whatever the text holds. */
void escape_plain(FILE *out, const char *text);

/* The same for bytes that may be anything: those that are no UTF-8 are shown as \x{FF}. */
void escape_bytes(FILE *out, const char *bytes, size_t length);

/* For HTML, between tags and in attributes in double quotes. */
void escape_html(FILE *out, const char *text);

/* For a paragraph, heading or table cell of Markdown. */
void escape_markdown(FILE *out, const char *text);

/* One field of RFC 4180. A field that a spreadsheet would take for a formula gets an apostrophe in
 * front, inside the quotes. */
void escape_csv(FILE *out, const char *text);

/* A JSON string with its quotes. */
void escape_json(FILE *out, const char *text);

/* A word for bash and other shells that know $'…', on one line: what it reads is the text, byte for
 * byte. */
void escape_shell(FILE *out, const char *text);

/* A literal of PostgreSQL with its quotes, on one line, whatever standard_conforming_strings is. */
void escape_sql(FILE *out, const char *text);

/* A file's name as a part of a URL's path: all but letters, digits and -._~ as %XX. */
void escape_url(FILE *out, const char *text);

/* Stands for bytes that are no UTF-8. */
#define ESCAPE_REPLACEMENT 0xFFFD

/* Takes the next character off text, ESCAPE_REPLACEMENT for bytes that are no UTF-8. 0 at the end.
 */
int32_t escape_next(const char **text);

/* Is it one that acts instead of being seen? For people it is shown as its number. */
bool escape_is_hidden(int32_t character);

/* Columns that a character takes on a terminal: 0, 1 or 2. */
int escape_columns(int32_t character);

/* Columns that escape_plain takes for text. */
size_t escape_width(const char *text);

#endif
