/* Help on a terminal: of the program, of a group of commands, of a command. At most 80 columns. */
#ifndef KANSEN_CLI_HELP_H
#define KANSEN_CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* Every command, exit codes and the environment. */
void help_program(FILE *out);

/* The commands whose first word this is, e.g. "db". */
void help_group(FILE *out, const char *group);

void help_command(FILE *out, const struct command *command);

/* What a line about an option of a command says: its help, the words it can be, what counts unless
 * it is given. Cut at size. Returns text. */
const char *help_option_text(const struct command *command, const struct option_spec *spec,
                             char *text, size_t size);

#endif
