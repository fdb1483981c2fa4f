/* bash, with nothing of the package bash-completion. */
#include <string.h>

#include "cli/commands.h"
#include "cli/guide/completion.h"
#include "cli/lookup.h"
#include "cli/option_notes.h"

/* bash takes = for a word of its own; a list goes on behind its last comma. */
static const char head[] =
    "# Completion of kansen for bash, made by `kansen completion bash`.\n"
    "_kansen_words() {\n"
    "    local list=\n"
    "    [[ $2 == *,* && $3 == list ]] && list=${2%,*},\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$list\" -W \"$1\" -- \"${2##*,}\")\n"
    "}\n"
    "_kansen_paths() {\n"
    "    compopt -o filenames\n"
    "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$2\")\n"
    "}\n";

static const char begin[] =
    "_kansen() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local command=${COMP_WORDS[1]} options=\n"
    "    COMPREPLY=()\n"
    "    if [[ $word == '=' ]]; then\n"
    "        word=\n"
    "    elif [[ $before == '=' ]]; then\n"
    "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    fi\n";

static const char tail[] = "}\n"
                           "complete -F _kansen kansen\n";

static void list_first_words(FILE *out)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (completion_first_word(i) > 0)
            fprintf(out, "%.*s ", (int)completion_first_word(i), commands[i]->name);
}

static void list_members(FILE *out, const char *group)
{
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (lookup_member(*command, group) != NULL)
            fprintf(out, "%s ", lookup_member(*command, group));
}

static void put_first_words(FILE *out)
{
    fputs("    if ((COMP_CWORD == 1)); then\n        _kansen_words '", out);
    list_first_words(out);
    fputs("--help --version' \"$word\"\n        return\n    fi\n", out);
}

static void put_group(FILE *out, const char *group)
{
    fprintf(out, "    %s)\n        if ((COMP_CWORD == 2)); then\n            _kansen_words '",
            group);
    list_members(out, group);
    fputs("--help' \"$word\"\n            return\n        fi\n"
          "        command+=\" ${COMP_WORDS[2]}\"\n        ;;\n",
          out);
}

static void put_named_group(FILE *out, const char *group)
{
    fprintf(out, "    %s) _kansen_words '", group);
    list_members(out, group);
    fputs("' \"$1\" ;;\n", out);
}

static void each_group(FILE *out, void (*put)(FILE *out, const char *group))
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        char first[64];

        snprintf(first, sizeof(first), "%.*s", (int)completion_first_word(i), commands[i]->name);
        if (*first != '\0' && lookup_is_group(first))
            put(out, first);
    }
}

/* A command as the argument of another, as of `help`: its next word, behind those in $2. */
static void put_commands(FILE *out)
{
    fputs("_kansen_commands() {\n    case $2 in\n    '') _kansen_words '", out);
    list_first_words(out);
    fputs("' \"$1\" ;;\n", out);
    each_group(out, put_named_group);
    fputs("    esac\n}\n", out);
}

static void put_groups(FILE *out)
{
    fputs("    case $command in\n", out);
    each_group(out, put_group);
    fputs("    esac\n", out);
}

static void put_value(FILE *out, const struct command *command, const struct option_spec *spec)
{
    const char *word;

    fprintf(out, "    '%s --%s'", command->name, spec->name);
    if (spec->letter != 0)
        fprintf(out, " | '%s -%c'", command->name, spec->letter);
    switch (completion_of_option(command, spec)) {
    case COMPLETION_FILE:
        fputs(") _kansen_paths -f \"$word\" ; return ;;\n", out);
        break;
    case COMPLETION_FOLDER:
        fputs(") _kansen_paths -d \"$word\" ; return ;;\n", out);
        break;
    case COMPLETION_WORDS:
        fputs(") _kansen_words '", out);
        for (size_t i = 0; (word = option_word_at(command->name, spec->name, i)) != NULL; i++)
            fprintf(out, "%s%s", i == 0 ? "" : " ", word);
        fprintf(out, "' \"$word\" %s ; return ;;\n", completion_is_list(spec) ? "list" : "one");
        break;
    case COMPLETION_NOTHING:
        fputs(") return ;;\n", out);
        break;
    }
}

static void put_values(FILE *out)
{
    fputs("    case \"$command $before\" in\n", out);
    for (const struct command *const *command = commands; *command != NULL; command++)
        for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
            if (spec->value_name != NULL && option_is_taken((*command)->options, spec->name))
                put_value(out, *command, spec);
    fputs("    esac\n", out);
}

static void put_arguments(FILE *out, const struct command *command)
{
    enum completion_kind kind = completion_of_arguments(command);
    const char *word;

    if (kind == COMPLETION_NOTHING)
        return;
    fprintf(out, "    '%s')\n        [[ $word == -* ]] || ", command->name);
    if (kind == COMPLETION_FILE) {
        fputs("_kansen_paths -f \"$word\"\n        ;;\n", out);
        return;
    }
    if (strstr(command->arguments, "COMMAND") != NULL) {
        fputs("_kansen_commands \"$word\" \"${COMP_WORDS[*]:2:COMP_CWORD-2}\"\n        ;;\n", out);
        return;
    }
    fputs("_kansen_words '", out);
    for (size_t i = 0; (word = completion_argument_at(command, i)) != NULL; i++)
        fprintf(out, "%s ", word);
    fputs("' \"$word\"\n        ;;\n", out);
}

static void put_options(FILE *out)
{
    fputs("    case $command in\n", out);
    for (const struct command *const *command = commands; *command != NULL; command++) {
        fprintf(out, "    '%s') options='", (*command)->name);
        for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
            if (option_is_taken((*command)->options, spec->name))
                fprintf(out, "--%s ", spec->name);
        fputs("' ;;\n", out);
    }
    fputs("    esac\n    if [[ $word == -* ]]; then\n        _kansen_words \"$options\" \"$word\"\n"
          "        return\n    fi\n    case $command in\n",
          out);
    for (const struct command *const *command = commands; *command != NULL; command++)
        put_arguments(out, *command);
    fputs("    esac\n", out);
}

void completion_bash(FILE *out)
{
    fputs(head, out);
    put_commands(out);
    fputs(begin, out);
    put_first_words(out);
    put_groups(out);
    put_values(out);
    put_options(out);
    fputs(tail, out);
}
