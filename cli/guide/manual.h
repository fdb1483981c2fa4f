/* Manual pages, for man: kansen(1) and one for each command, kansen-stats(1). */
#ifndef KANSEN_CLI_GUIDE_MANUAL_H
#define KANSEN_CLI_GUIDE_MANUAL_H

#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"

/* The page of a command; of the program, when it is NULL. */
void manual_page(FILE *out, const struct command *command);

/* The name of its file, "kansen-db-init.1". Returns name. */
const char *manual_file_name(const struct command *command, char *name, size_t size);

#endif
