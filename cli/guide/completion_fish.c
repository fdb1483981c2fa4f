/* fish: a line for each command, option and kind of argument. */
#include <string.h>

#include "cli/commands.h"
#include "cli/guide/completion.h"
#include "cli/lookup.h"
#include "cli/option_notes.h"

static const char head[] = "# Completion of kansen for fish, made by `kansen completion fish`.\n"
                           "function __kansen_at\n"
                           "    set -l words (commandline -opc)\n"
                           "    test (count $words) -eq (math (count $argv) + 1)\n"
                           "    and __kansen_in $argv\n"
                           "end\n"
                           "function __kansen_in\n"
                           "    set -l words (commandline -opc)\n"
                           "    set -l last (math (count $argv) + 1)\n"
                           "    test $last -eq 1\n"
                           "    or test \"$words[2..$last]\" = \"$argv\"\n"
                           "end\n"
                           "complete -c kansen -f\n";

static void put_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

static void put_command(FILE *out, const struct command *command, size_t first_word)
{
    const char *member = strchr(command->name, ' ');
    char first[64];

    snprintf(first, sizeof(first), "%.*s", (int)first_word, command->name);
    if (first_word > 0) {
        fprintf(out, "complete -c kansen -n '__kansen_at' -a %s -d ", first);
        put_quoted(out, member == NULL ? command->summary : "several commands");
        fputc('\n', out);
    }
    if (member == NULL)
        return;
    fprintf(out, "complete -c kansen -n '__kansen_at %.*s' -a %s -d ",
            (int)(member - command->name), command->name, member + 1);
    put_quoted(out, command->summary);
    fputc('\n', out);
}

static void put_option(FILE *out, const struct command *command, const struct option_spec *spec)
{
    const char *word;

    fprintf(out, "complete -c kansen -n '__kansen_in %s' -l %s", command->name, spec->name);
    if (spec->letter != 0)
        fprintf(out, " -s %c", spec->letter);
    switch (completion_of_option(command, spec)) {
    case COMPLETION_FILE:
        fputs(" -r -F", out);
        break;
    case COMPLETION_FOLDER:
        fputs(" -x -a '(__fish_complete_directories)'", out);
        break;
    case COMPLETION_WORDS:
        fputs(" -x -a '", out);
        for (size_t i = 0; (word = option_word_at(command->name, spec->name, i)) != NULL; i++)
            fprintf(out, "%s%s", i == 0 ? "" : " ", word);
        fputc('\'', out);
        break;
    case COMPLETION_NOTHING:
        fputs(spec->value_name == NULL ? "" : " -x", out);
        break;
    }
    fputs(" -d ", out);
    put_quoted(out, option_help(command->name, spec));
    fputc('\n', out);
}

static void put_arguments(FILE *out, const struct command *command)
{
    const char *word;

    if (completion_of_arguments(command) == COMPLETION_FILE)
        fprintf(out, "complete -c kansen -n '__kansen_in %s' -F\n", command->name);
    for (size_t i = 0; (word = completion_argument_at(command, i)) != NULL; i++) {
        fprintf(out, "complete -c kansen -n '__kansen_at %s' -a ", command->name);
        put_quoted(out, word);
        fputc('\n', out);
    }
}

void completion_fish(FILE *out)
{
    fputs(head, out);
    for (size_t i = 0; commands[i] != NULL; i++)
        put_command(out, commands[i], completion_first_word(i));
    for (const struct command *const *command = commands; *command != NULL; command++) {
        put_arguments(out, *command);
        for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
            if (option_is_taken((*command)->options, spec->name))
                put_option(out, *command, spec);
    }
    fputs("complete -c kansen -n '__kansen_at' -l version -d 'show which version of kansen this "
          "is'\n",
          out);
}
