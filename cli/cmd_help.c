/* `kansen help …` and `kansen version`: about the program itself. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/guide/help.h"
#include "cli/library_versions.h"
#include "cli/lookup.h"

static int run_help(const struct options *options, struct error *error)
{
    const char *first = options_argument(options, 0);
    const char *second = options_argument(options, 1);
    const struct command *command;
    int words = 0;
    int code = command_check_arguments(options, 0, 2, "", error);

    if (code != EX_OK)
        return code;
    if (first == NULL) {
        help_program(stdout);
        return EX_OK;
    }
    command = lookup_command(first, second, &words);
    if (command != NULL && (second == NULL || words == 2))
        help_command(stdout, command);
    else if (command == NULL && second == NULL && lookup_is_group(first))
        help_group(stdout, first);
    else if (command == NULL)
        return lookup_refuse(first, second);
    else
        return command_refuse_argument(second, error);
    return EX_OK;
}

static int run_version(const struct options *options, struct error *error)
{
    int code = command_refuse_arguments(options, error);

    if (code != EX_OK)
        return code;
    puts("kansen " KANSEN_VERSION "\n");
    library_versions_print(stdout);
    return EX_OK;
}

static const char *const option_names[] = {NULL};

const struct command command_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .summary = "show the commands, or the options of one",
    .options = option_names,
    .run = run_help,
    .examples = COMMAND_EXAMPLES("kansen help", "kansen help db", "kansen help dead-letters list"),
};

const struct command command_version = {
    .name = "version",
    .arguments = "",
    .summary = "show the version of kansen and of its libraries",
    .details =
        "The first line is kansen's own. Of a library it is the one that is loaded now, which "
        "an upgrade of the system may have changed since kansen was built.\n",
    .options = option_names,
    .run = run_version,
    .examples = COMMAND_EXAMPLES("kansen version"),
};
