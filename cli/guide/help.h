/* Help on a terminal: of the program, of a group of commands, of a command. At most 80 columns. */
#ifndef KANSEN_CLI_GUIDE_HELP_H
#define KANSEN_CLI_GUIDE_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* What the program is for, and how options are given. */
#define HELP_PROGRAM                                                                               \
    "kansen " KANSEN_VERSION                                                                       \
    " counts infected machines: events come through Kafka, are stored in "                         \
    "PostgreSQL exactly once, and go into the monthly threat report."
#define HELP_OPTIONS                                                                               \
    "`kansen help COMMAND` and `kansen COMMAND --help` show the options of a command. Each "       \
    "option "                                                                                      \
    "can also stand in the file that --config names and in the environment; the command line "     \
    "wins, then the environment. Of an option that is given twice the last one counts, but for "   \
    "those that add up. Names of options are whole, never abbreviated; what stands behind -- is "  \
    "no option."

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
