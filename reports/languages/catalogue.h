/* The file of one language, read: its messages, and all else that is the language's.
 *
 * The form is that of docs/languages.md. It is read as strictly as code is compiled: a key that is
 * unknown, missing or there twice is an error, so is a message that doesn't print what it is given.
 * The files are a part of the program, and a test reads each of them. */
#ifndef KANSEN_REPORTS_LANGUAGES_CATALOGUE_H
#define KANSEN_REPORTS_LANGUAGES_CATALOGUE_H

#include "kansen/status.h"
#include "reports/languages/pattern.h"
#include "reports/languages/phrases.h"

/* One for each pair of letters. */
#define CATALOGUE_COUNTRIES ((size_t)26 * 26)

/* Counts below this one may be words. */
#define CATALOGUE_COUNTERS ((size_t)10)

struct catalogue {
    struct phrases phrases;                   /* owns all text below */
    const char *locale;                       /* for ICU */
    const char *month;                        /* ICU's pattern of a month and its year */
    const char *month_alone;                  /* the same of a month whose year is known */
    const char *day;                          /* the same of a day */
    const char *numbers[CATALOGUE_COUNTERS];  /* in words; NULL: in digits */
    const char *counters[CATALOGUE_COUNTERS]; /* of countries; NULL: as numbers */
    struct pattern messages[MESSAGE_COUNT];
    /* By catalogue_country; NULL: as ICU has it, as it stands outside of sentences. */
    const char *countries[CATALOGUE_COUNTRIES];
    const char *countries_in_sentences[CATALOGUE_COUNTRIES];
};

/* STATUS_REJECT: a mistake in the text; code names it in the message. catalogue_clear frees what
 * was read, after an error too. */
enum status catalogue_read(const char *code, const char *text, struct catalogue *out,
                           struct error *error) MUST_CHECK;
void catalogue_clear(struct catalogue *catalogue);

/* The same of a file that says only some of it otherwise, all but the locale; mistakes begin with
 * "path:LINE: ". */
enum status catalogue_read_words(const char *path, const char *text, struct catalogue *out,
                                 struct error *error) MUST_CHECK;

/* What words say stands in the catalogue instead of its own. words keep owning it. */
void catalogue_put_over(struct catalogue *catalogue, const struct catalogue *words);

/* Index of a country by its two capital letters; CATALOGUE_COUNTRIES for any other text. */
size_t catalogue_country(const char *country);

#endif
