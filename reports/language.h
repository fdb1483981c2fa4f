/* A report's language: ICU's names, numbers and months, and the report's own sentences.
 *
 * Text comes as UTF-8 in a store of phrases. An ICU call that fails marks the store as failed. */
#ifndef KANSEN_REPORTS_LANGUAGE_H
#define KANSEN_REPORTS_LANGUAGE_H

#include <stdint.h>

#include "kansen/month.h"
#include "kansen/status.h"
#include "reports/messages.h"
#include "reports/phrases.h"

struct language;

/* code is "en" or "ja"; STATUS_REJECT for any other. The caller closes *out. */
enum status language_open(const char *code, struct language **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void language_close(struct language *language);

/* "en" or "ja", static. */
const char *language_code(const struct language *language);

/* The sentence or label, with its placeholders. */
const char *language_message(const struct language *language, enum message message);

/* 12213 -> "12,213". */
const char *language_number(const struct language *language, struct phrases *phrases,
                            int64_t number);

/* Hundredths of a percent without the sign: 2402 -> "24.02". */
const char *language_share(const struct language *language, struct phrases *phrases,
                           int64_t hundredths);

/* "September 2013", "2013年9月". */
const char *language_month(const struct language *language, struct phrases *phrases, month_t month);

/* A short, common name: "Taiwan", "米国"; the code itself when there is none. */
const char *language_country(const struct language *language, struct phrases *phrases,
                             const char *country);

/* The same as it stands inside a sentence: "the United States". */
const char *language_country_in_sentence(const struct language *language, struct phrases *phrases,
                                         const char *country);

/* "A", "A and B", "A, B, and C"; 1 <= count <= LANGUAGE_LIST_MAX. */
#define LANGUAGE_LIST_MAX 8
const char *language_list(const struct language *language, struct phrases *phrases,
                          const char *const *items, size_t count);

#endif
