/* Options and arguments of a command line, as GNU's programs take them: --name VALUE, --name=VALUE,
 * -x VALUE, -xVALUE, flags together as -ab; options behind arguments count too, and what stands
 * behind
 * -- is no option. */
#ifndef KANSEN_CONFIG_COMMAND_LINE_H
#define KANSEN_CONFIG_COMMAND_LINE_H

#include "config/settings.h"
#include "kansen/status.h"

/* Adds the options of argv[0 … argc-1] and the arguments. STATUS_REJECT: the user's mistake, named.
 * Arguments point into argv. */
enum status command_line_read(struct options *options, const struct options_scope *scope, int argc,
                              char **argv, struct error *error) MUST_CHECK;

#endif
