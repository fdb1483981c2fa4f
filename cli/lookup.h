/* Which command is meant: found by its one or two words, or refused with those that are near. */
#ifndef KANSEN_CLI_LOOKUP_H
#define KANSEN_CLI_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/command.h"

/* The command that these words start with, and how many of them name it; NULL when there is none.
 * `second` may be NULL. */
const struct command *lookup_command(const char *first, const char *second, int *words);

/* Is it the first word of commands of two, as "db" is? */
bool lookup_is_group(const char *word);

/* The second word of a command of this group; NULL for another's. */
const char *lookup_member(const struct command *command, const char *group);

/* Says that there is no such command, and which one could be meant or which there are. EX_USAGE. */
int lookup_refuse(const char *first, const char *second);

/* Does a command take an option for what it does? `kansen config` takes all, to show them. */
bool lookup_is_owner(const struct command *command, const char *option);

/* Which commands take an option, in words: "report has", "load and ingest have"; "" for none. */
void lookup_owners(const char *option, char *text, size_t size);

#endif
