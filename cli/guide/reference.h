/* What help and the manual pages say of the program as a whole, and the order in which they show
 * the options of a command. */
#ifndef KANSEN_CLI_GUIDE_REFERENCE_H
#define KANSEN_CLI_GUIDE_REFERENCE_H

#include "cli/command.h"

struct reference_line {
    const char *name;
    const char *text;
};

/* Each ends with a null name. */
extern const struct reference_line reference_exit_codes[];
extern const struct reference_line reference_environment[];

/* A heading and the options below it. */
struct reference_section {
    const char *heading;
    /* Null-terminated; NULL: those that are in no other section. */
    const char *const *options;
};

/* Ends with a null heading. */
extern const struct reference_section reference_sections[];

/* Does a command take the option, and does it stand in this section? */
bool reference_shows(const struct reference_section *section, const struct command *command,
                     const char *option);

#endif
