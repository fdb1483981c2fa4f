#include "cli/guide/completion.h"

#include <string.h>

#include "cli/commands.h"
#include "cli/option_notes.h"

static const struct {
    const char *shell;
    void (*write)(FILE *out);
} shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

const char *completion_shell_at(size_t index)
{
    return index < sizeof(shells) / sizeof(shells[0]) ? shells[index].shell : NULL;
}

bool completion_script(FILE *out, const char *shell)
{
    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
        if (strcmp(shells[i].shell, shell) == 0) {
            shells[i].write(out);
            return true;
        }
    }
    return false;
}

enum completion_kind completion_of_option(const struct command *command,
                                          const struct option_spec *spec)
{
    if (spec->value_name == NULL)
        return COMPLETION_NOTHING;
    if (strstr(spec->value_name, "DIR") != NULL)
        return COMPLETION_FOLDER;
    /* Built-in names, or a file of one's own. */
    if (strstr(spec->value_name, "FILE") != NULL)
        return COMPLETION_FILE;
    return option_word_at(command->name, spec->name, 0) != NULL ? COMPLETION_WORDS
                                                                : COMPLETION_NOTHING;
}

enum completion_kind completion_of_arguments(const struct command *command)
{
    if (completion_argument_at(command, 0) != NULL)
        return COMPLETION_WORDS;
    if (strstr(command->arguments, "FILE") != NULL ||
        strstr(command->arguments, "SCENARIO") != NULL)
        return COMPLETION_FILE;
    return COMPLETION_NOTHING;
}

const char *completion_argument_at(const struct command *command, size_t index)
{
    if (strstr(command->arguments, "SHELL") != NULL)
        return completion_shell_at(index);
    if (strstr(command->arguments, "COMMAND") != NULL && commands[index] != NULL)
        return commands[index]->name;
    return NULL;
}

bool completion_is_list(const struct option_spec *spec)
{
    return strstr(spec->value_name, ",…") != NULL;
}

size_t completion_first_word(size_t index)
{
    size_t length = strcspn(commands[index]->name, " ");

    for (size_t i = 0; i < index; i++)
        if (strncmp(commands[i]->name, commands[index]->name, length) == 0 &&
            strcspn(commands[i]->name, " ") == length)
            return 0;
    return length;
}
