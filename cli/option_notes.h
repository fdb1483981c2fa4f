/* What options are, beyond their one line in option_table.c, where that depends on the command: the
 * words they can be, and what counts unless they are given. For help, manual pages, completions and
 * messages. */
#ifndef KANSEN_CLI_OPTION_NOTES_H
#define KANSEN_CLI_OPTION_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/option_table.h"
#include "kansen/status.h"

/* What counts unless an option is given that a command can't do without. */
#define OPTION_NEEDED "needed"

/* Its one line; of an option that means less in this command, what it means there. */
const char *option_help(const char *command, const struct option_spec *spec);

/* The words that an option of a command can be, in order; NULL behind the last of them, and for an
 * option whose values are not of a fixed set. */
const char *option_word_at(const char *command, const char *option, size_t index);

/* Is it (its first `length` bytes) a word that the option can be, of whichever command? */
bool option_is_a_word(const char *option, const char *word, size_t length);

/* What counts unless the option is given: a value, words for people, OPTION_NEEDED; NULL when there
 * is nothing to be said, as of a flag. */
const char *option_unless_given(const char *command, const char *option);

/* Refuses a word (its first `length` bytes) that is none of `known` (null-terminated): names those
 * that are near, and all. Returns STATUS_REJECT. */
enum status option_refuse_word(const char *option, const char *word, size_t length,
                               const char *const *known, struct error *error);

#endif
