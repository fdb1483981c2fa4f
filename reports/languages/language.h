/* A report's language: the sentences of its file, and ICU's names, numbers and months.
 *
 * Text comes as UTF-8 in a store of phrases. An ICU call that fails marks the store as failed. */
#ifndef KANSEN_REPORTS_LANGUAGES_LANGUAGE_H
#define KANSEN_REPORTS_LANGUAGES_LANGUAGE_H

#include <stdint.h>

#include "kansen/month.h"
#include "kansen/status.h"
#include "reports/languages/embedded.h"
#include "reports/languages/messages.h"
#include "reports/languages/phrases.h"

/* What reports are in unless another is asked for; a threat without a name in a report's language
 * is shown with the name that it has in this one. */
#define LANGUAGE_DEFAULT "en"

/* The codes of all languages, for people. */
#define LANGUAGE_CODES EMBEDDED_LANGUAGE_CODES
#define LANGUAGES EMBEDDED_LANGUAGES

struct language;

/* The code of a language, in order, the default first; NULL behind the last of LANGUAGES. */
const char *language_code_at(size_t index);

/* STATUS_REJECT: there is no such language. The caller closes *out. */
enum status language_open(const char *code, struct language **out, struct error *error) MUST_CHECK;

/* The same of a file's text, by which a test tries mistakes. code is borrowed. STATUS_REJECT: a
 * mistake in the text. */
enum status language_read(const char *code, const char *text, struct language **out,
                          struct error *error) MUST_CHECK;

/* What somebody's own file says otherwise than a language does, in the same form. */
struct language_words {
    const char *path; /* of the file, for mistakes */
    const char *text; /* of the file */
};

/* A language with other words; NULL: with its own. STATUS_REJECT also for a mistake in them, which
 * begins with "path:LINE: ". */
enum status language_open_with(const char *code, const struct language_words *words,
                               struct language **out, struct error *error) MUST_CHECK;

/* NULL is allowed. */
void language_close(struct language *language);

/* "en", borrowed. */
const char *language_code(const struct language *language);

/* A message without parameters. */
const char *language_message(const struct language *language, enum message message);

/* A message with these arguments, which are all of its parameters. They are inserted as they are.
 * U+FFFD stands for what is no UTF-8 in them. */
const char *language_say(const struct language *language, struct phrases *phrases,
                         enum message message, const struct message_argument *arguments);

/* A number as an argument. */
struct message_argument language_count(const struct language *language, struct phrases *phrases,
                                       const char *name, int64_t number);

/* A number as sentences have it, small ones in words if the language does so: "four". */
struct message_argument language_words(const struct language *language, struct phrases *phrases,
                                       const char *name, int64_t number);

/* The same of countries and other values, which some languages count in their own way: "4つ". */
struct message_argument language_counter(const struct language *language, struct phrases *phrases,
                                         const char *name, int64_t number);

/* A text as an argument. */
struct message_argument language_text(const char *name, const char *text);

/* 12213 -> "12,213". */
const char *language_number(const struct language *language, struct phrases *phrases,
                            int64_t number);

/* Hundredths of a percent without the sign: 2402 -> "24.02". */
const char *language_share(const struct language *language, struct phrases *phrases,
                           int64_t hundredths);

/* A number with its sign: "24.02" -> "24.02 %". */
const char *language_percent(const struct language *language, struct phrases *phrases,
                             const char *number);

/* "September 2013", "2013年9月". */
const char *language_month(const struct language *language, struct phrases *phrases, month_t month);

/* The same where the year is known: "September", "9月". */
const char *language_month_alone(const struct language *language, struct phrases *phrases,
                                 month_t month);

/* "2013-12-01", whatever stands behind it -> "December 1, 2013". What is no date stays as it is. */
const char *language_day(const struct language *language, struct phrases *phrases,
                         const char *date);

/* "Sep", "9月": where there is no room for more. */
const char *language_month_brief(const struct language *language, struct phrases *phrases,
                                 month_t month);

/* "2013", "2013年". */
const char *language_year(const struct language *language, struct phrases *phrases, month_t month);

/* A short, common name: "Taiwan", "米国"; the code itself when there is none. */
const char *language_country(const struct language *language, struct phrases *phrases,
                             const char *country);

/* The same as it stands inside a sentence: "the United States". */
const char *language_country_in_sentence(const struct language *language, struct phrases *phrases,
                                         const char *country);

/* A sentence with a capital at its beginning, if the language has capitals. */
const char *language_capitalise(const struct language *language, struct phrases *phrases,
                                const char *sentence);

/* "A", "A and B", "A, B, and C"; 1 <= count <= LANGUAGE_LIST_MAX. */
#define LANGUAGE_LIST_MAX 48
const char *language_list(const struct language *language, struct phrases *phrases,
                          const char *const *items, size_t count);

#endif
