/* zsh: _arguments for each command. */
#include <string.h>

#include "cli/commands.h"
#include "cli/guide/completion.h"
#include "cli/lookup.h"
#include "cli/option_notes.h"

/* The file is loaded by compinit, or read by `source <(kansen completion zsh)`. */
static const char tail[] = "if [[ $funcstack[1] = _kansen ]]; then\n"
                           "    _kansen \"$@\"\n"
                           "else\n"
                           "    compdef _kansen kansen\n"
                           "fi\n";

/* Inside single quotes, where _arguments has : and brackets for itself. */
static void put_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs("'\\'", out);
        else if (strchr(":[]\\", *text) != NULL)
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void put_described(FILE *out, const char *word, size_t length, const char *what)
{
    fprintf(out, " '%.*s:", (int)length, word);
    put_text(out, what);
    fputc('\'', out);
}

static void put_first_words(FILE *out)
{
    fputs("    local -a known\n    if ((CURRENT == 2)); then\n        known=(", out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        size_t length = completion_first_word(i);

        if (length > 0)
            put_described(out, commands[i]->name, length,
                          commands[i]->name[length] == '\0' ? commands[i]->summary
                                                            : "several commands");
    }
    fputs(" '--help:show the commands' '--version:show which version of kansen this is')\n"
          "        _describe command known\n        return\n    fi\n",
          out);
}

static void put_group(FILE *out, const char *group)
{
    fprintf(out, "    %s)\n        if ((CURRENT == 3)); then\n            known=(", group);
    for (const struct command *const *command = commands; *command != NULL; command++) {
        const char *member = lookup_member(*command, group);

        if (member != NULL)
            put_described(out, member, strlen(member), (*command)->summary);
    }
    fputs(
        ")\n            _describe command known\n            return\n        fi\n"
        "        command+=\" $words[3]\"\n        shift words\n        ((CURRENT--))\n        ;;\n",
        out);
}

static void put_groups(FILE *out)
{
    fputs("    local command=$words[2]\n    case $command in\n", out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        char first[64];

        snprintf(first, sizeof(first), "%.*s", (int)completion_first_word(i), commands[i]->name);
        if (*first != '\0' && lookup_is_group(first))
            put_group(out, first);
    }
    fputs("    esac\n    shift words\n    ((CURRENT--))\n", out);
}

static void put_action(FILE *out, const struct command *command, const struct option_spec *spec)
{
    const char *word;

    switch (completion_of_option(command, spec)) {
    case COMPLETION_FILE:
        fputs("_files", out);
        break;
    case COMPLETION_FOLDER:
        fputs("_files -/", out);
        break;
    case COMPLETION_WORDS:
        fputs(completion_is_list(spec) ? "_values -s , word" : "(", out);
        for (size_t i = 0; (word = option_word_at(command->name, spec->name, i)) != NULL; i++)
            fprintf(out, " %s", word);
        fputs(completion_is_list(spec) ? "" : ")", out);
        break;
    case COMPLETION_NOTHING:
        fputc(' ', out);
        break;
    }
}

static void put_option(FILE *out, const struct command *command, const struct option_spec *spec)
{
    bool valued = spec->value_name != NULL;

    /* Of several ways to write it, each forbids the others, unless it may be given again. */
    fputs(" \\\n            ", out);
    if (spec->repeats)
        fputs("'*'", out);
    else if (spec->letter != 0)
        fprintf(out, "'(-%c --%s)'", spec->letter, spec->name);
    if (spec->letter != 0)
        fprintf(out, "{-%c%s,--%s%s}'[", spec->letter, valued ? "+" : "", spec->name,
                valued ? "=" : "");
    else
        fprintf(out, "'--%s%s[", spec->name, valued ? "=" : "");
    put_text(out, option_help(command->name, spec));
    fputc(']', out);
    if (valued) {
        fputc(':', out);
        put_text(out, spec->value_name);
        fputc(':', out);
        put_action(out, command, spec);
    }
    fputc('\'', out);
}

static void put_arguments(FILE *out, const struct command *command)
{
    enum completion_kind kind = completion_of_arguments(command);
    const char *word;

    if (kind == COMPLETION_FILE)
        fputs(" \\\n            '*:file:_files'", out);
    if (kind != COMPLETION_WORDS)
        return;
    fputs(" \\\n            '1:word:(", out);
    for (size_t i = 0; (word = completion_argument_at(command, i)) != NULL; i++) {
        fputs(i == 0 ? "" : " ", out);
        for (; *word != '\0'; word++)
            fprintf(out, *word == ' ' ? "\\ " : "%c", *word);
    }
    fputs(")'", out);
}

static void put_command(FILE *out, const struct command *command)
{
    fprintf(out, "    '%s')\n        _arguments -s -S :", command->name);
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
        if (option_is_taken(command->options, spec->name))
            put_option(out, command, spec);
    put_arguments(out, command);
    fputs("\n        ;;\n", out);
}

void completion_zsh(FILE *out)
{
    fputs("#compdef kansen\n# Completion of kansen for zsh, made by `kansen completion zsh`.\n"
          "_kansen() {\n",
          out);
    put_first_words(out);
    put_groups(out);
    fputs("    case $command in\n", out);
    for (const struct command *const *command = commands; *command != NULL; command++)
        put_command(out, *command);
    fputs("    esac\n}\n", out);
    fputs(tail, out);
}
