/* What was meant by a text that should be a month and is not written as YYYY-MM. Nothing is
 * guessed: the answer is for whoever wrote it. */
#ifndef KANSEN_TEXT_MONTH_READING_H
#define KANSEN_TEXT_MONTH_READING_H

#include <stddef.h>

/* Writes what to say of it: "a month is YYYY-MM; did you mean 2013-09?" of "2013/9" or "Sept 2013",
 * that there is no month 13, or only how months are written. Cut at size. Returns answer. */
const char *month_reading(const char *text, char *answer, size_t size);

#endif
