/* Completion of the command line, made from the tables of commands and options: a script for each
 * shell, which completes commands, options, the words that options can be, files and folders. */
#ifndef KANSEN_CLI_GUIDE_COMPLETION_H
#define KANSEN_CLI_GUIDE_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"

/* The shells, in order; NULL behind the last of them. */
const char *completion_shell_at(size_t index);

/* Writes the script for a shell. false: there is none for it. */
bool completion_script(FILE *out, const char *shell);

/* What can stand for an option's value, or as an argument. */
enum completion_kind { COMPLETION_NOTHING, COMPLETION_FILE, COMPLETION_FOLDER, COMPLETION_WORDS };

/* Of an option: COMPLETION_WORDS when option_word_at has them; of a flag COMPLETION_NOTHING. */
enum completion_kind completion_of_option(const struct command *command,
                                          const struct option_spec *spec);
/* Of a command's arguments, whose words completion_argument_at has. */
enum completion_kind completion_of_arguments(const struct command *command);
const char *completion_argument_at(const struct command *command, size_t index);

/* Is the value a list with commas? */
bool completion_is_list(const struct option_spec *spec);

/* Walks over the first words of commands: how long it is, when command `index` is the first that
 * starts with it; else 0. */
size_t completion_first_word(size_t index);

/* One for each shell. */
void completion_bash(FILE *out);
void completion_zsh(FILE *out);
void completion_fish(FILE *out);

#endif
