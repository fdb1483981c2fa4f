/* Patterns of ICU's MessageFormat whose arguments have names.
 *
 * A part of its syntax is taken, so that every number is printed as the report's formatters made it
 * and mistakes of a translation are found when it is read: {name}, {name, plural, …},
 * {name, selectordinal, …} and {name, select, …}, nested at will, each with a branch `other`.
 * Nothing is quoted: braces can't be printed, and in branches neither can #. */
#ifndef KANSEN_REPORTS_LANGUAGES_PATTERN_H
#define KANSEN_REPORTS_LANGUAGES_PATTERN_H

#include <stddef.h>

#include "kansen/status.h"
#include "reports/languages/messages.h"
#include "reports/languages/phrases.h"

/* A pattern as ICU's C API takes it, which knows arguments by their numbers and can't skip one of
 * another type: numbers below MESSAGE_PARAMETERS_MAX are the texts of the parameters, those from
 * there on are the counts that a plural chooses by, as far as the pattern has plurals. */
struct pattern {
    const char *text;
    size_t count_of[MESSAGE_PARAMETERS_MAX]; /* parameter whose count each of the latter is */
    size_t counts;
};

/* Reads what a translation says for a message. STATUS_REJECT: a mistake, named; a parameter that
 * has to be printed isn't when every plural and select falls to `other`; STATUS_FATAL: no memory.
 * Text is kept in phrases. */
enum status pattern_read(const char *text, const struct message_spec *spec, struct phrases *phrases,
                         struct pattern *out, struct error *error) MUST_CHECK;

#endif
