#include "cli/guide/help.h"

#include <string.h>

#include "cli/commands.h"
#include "cli/guide/reference.h"
#include "cli/lookup.h"
#include "cli/option_notes.h"
#include "text/escape.h"
#include "text/wrap.h"

/* Columns of a name in front of its text: those of commands and of options fit, but for few. */
#define COMMAND_INDENT 23
#define OPTION_INDENT 29
#define REFERENCE_INDENT 20
#define OPTION_TEXT_SIZE 1024

#define USAGE "usage: "

/* A name and its text beside it, or below when the name is long. */
static void print_line(FILE *out, const char *name, const char *text, size_t indent)
{
    size_t width = 2 + escape_width(name);

    fprintf(out, "  %s", name);
    if (width + 2 > indent) {
        fputc('\n', out);
        width = 0;
    }
    fprintf(out, "%*s", (int)(indent - width), "");
    wrap_words(out, text, indent, indent);
}

static void print_commands(FILE *out, const char *group)
{
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (group == NULL || lookup_member(*command, group) != NULL)
            print_line(out, (*command)->name, (*command)->summary, COMMAND_INDENT);
}

static void print_reference(FILE *out, const char *heading, const struct reference_line *line)
{
    fprintf(out, "\n%s:\n", heading);
    for (; line->name != NULL; line++)
        print_line(out, line->name, line->text, REFERENCE_INDENT);
}

void help_program(FILE *out)
{
    fputs(USAGE "kansen COMMAND [OPTION…] [ARGUMENT…]\n\n", out);
    wrap_paragraphs(out, HELP_PROGRAM);
    fputs("\ncommands:\n", out);
    print_commands(out, NULL);
    fputc('\n', out);
    wrap_paragraphs(out, HELP_OPTIONS);
    print_reference(out, "environment", reference_environment);
    print_reference(out, "exit codes", reference_exit_codes);
}

void help_group(FILE *out, const char *group)
{
    fprintf(out, USAGE "kansen %s COMMAND [OPTION…] [ARGUMENT…]\n\ncommands:\n", group);
    print_commands(out, group);
    fprintf(out, "\n`kansen %s COMMAND --help` shows the options of a command.\n", group);
}

const char *help_option_text(const struct command *command, const struct option_spec *spec,
                             char *text, size_t size)
{
    const char *unless_given = option_unless_given(command->name, spec->name);
    bool needed = unless_given != NULL && strcmp(unless_given, OPTION_NEEDED) == 0;
    size_t used = (size_t)snprintf(text, size, "%s", option_help(command->name, spec));
    const char *between = " (";
    const char *word;

    for (size_t i = 0; used < size && (word = option_word_at(command->name, spec->name, i)); i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%s", between, word);
        between = ", ";
    }
    if (used < size && unless_given != NULL) {
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s%s", *between == ',' ? "; " : between,
                             needed ? "" : "default: ", unless_given);
        between = ", ";
    }
    if (used < size && *between == ',')
        snprintf(text + used, size - used, ")");
    return text;
}

static void print_option(FILE *out, const struct command *command, const struct option_spec *spec)
{
    char name[96];
    char text[OPTION_TEXT_SIZE];

    snprintf(name, sizeof(name), "%c%c%s--%s%s%s", spec->letter ? '-' : ' ',
             spec->letter ? spec->letter : ' ', spec->letter ? ", " : "  ", spec->name,
             spec->value_name ? " " : "", spec->value_name ? spec->value_name : "");
    print_line(out, name, help_option_text(command, spec, text, sizeof(text)), OPTION_INDENT);
}

static void print_options(FILE *out, const struct command *command,
                          const struct reference_section *section)
{
    bool any = false;

    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
        if (!reference_shows(section, command, spec->name))
            continue;
        if (!any)
            fprintf(out, "\n%s:\n", section->heading);
        any = true;
        print_option(out, command, spec);
    }
}

void help_command(FILE *out, const struct command *command)
{
    char usage[256];

    snprintf(usage, sizeof(usage), "kansen %s [OPTION…]%s%s", command->name,
             *command->arguments ? " " : "", command->arguments);
    fputs(USAGE, out);
    wrap_words(out, usage, strlen(USAGE), strlen(USAGE) + 2);
    fputc('\n', out);
    wrap_paragraphs(out, command->summary);
    for (const struct reference_section *section = reference_sections; section->heading != NULL;
         section++)
        print_options(out, command, section);
    if (command->details != NULL) {
        fputc('\n', out);
        wrap_paragraphs(out, command->details);
    }
    if (command->examples != NULL)
        fputs("\nexamples:\n", out);
    for (const char *const *example = command->examples; example != NULL && *example != NULL;
         example++)
        fprintf(out, "  %s\n", *example);
}
