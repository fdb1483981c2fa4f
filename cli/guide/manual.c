#include "cli/guide/manual.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/guide/help.h"
#include "cli/guide/reference.h"

/* Of the version; a page says what it describes. */
#define MANUAL_DATE "2026-11-26"

#define OPTION_TEXT_SIZE 1024
#define LINE_SIZE 1024

/* Characters of a line of source, but for the word that ends it. */
#define LINE_COLUMNS 55

/* Characters that act in roff, or that it would make typographic ones of. */
static const struct {
    char character;
    const char *written;
} escapes[] = {{'\\', "\\e"},  {'-', "\\-"},    {'~', "\\(ti"},
               {'^', "\\(ha"}, {'\'', "\\(aq"}, {'"', "\\(dq"}};

/* Returns how many bytes it has become. */
static size_t put_character(FILE *out, char character)
{
    for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
        if (escapes[i].character == character)
            return (size_t)fprintf(out, "%s", escapes[i].written);
    fputc(character, out);
    return 1;
}

/* Words between backquotes are bold. Lines are short, as roff's readers want them, where `broken`.
 */
static void put_text(FILE *out, const char *text, bool broken)
{
    bool bold = false;
    size_t column = 0;

    for (; *text != '\0'; text++) {
        if (column == 0 && *text == '.')
            fputs("\\&", out);
        if (*text == '`') {
            bold = !bold;
            fputs(bold ? "\\fB" : "\\fR", out);
        } else if (broken && *text == ' ' && column > LINE_COLUMNS) {
            fputc('\n', out);
            column = 0;
        } else {
            column += put_character(out, *text);
        }
    }
}

static void put_line(FILE *out, const char *text)
{
    put_text(out, text, true);
    fputc('\n', out);
}

/* Lines of an example stay as they are. */
static void put_examples(FILE *out, const char *const *examples)
{
    fputs(".SH EXAMPLES\n.nf\n", out);
    for (; examples != NULL && *examples != NULL; examples++) {
        put_text(out, *examples, false);
        fputc('\n', out);
    }
    fputs(".fi\n", out);
}

/* Paragraphs are parted by empty lines; lines that start with a blank stay as they are. */
static void put_paragraphs(FILE *out, const char *text)
{
    bool kept = false;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char line[LINE_SIZE];

        snprintf(line, sizeof(line), "%.*s", (int)length, text);
        if (kept != (*line == ' '))
            fputs(kept ? ".fi\n" : ".nf\n", out);
        kept = *line == ' ';
        if (kept)
            put_text(out, line + strspn(line, " "), false);
        else
            put_text(out, line, true);
        if (length > 0)
            fputc('\n', out);
        else if (text[1] != '\0' && text[1] != ' ')
            fputs(".PP\n", out);
        text += length + (text[length] == '\n');
    }
    fputs(kept ? ".fi\n" : "", out);
}

static void put_tagged(FILE *out, const char *name, const char *text)
{
    fputs(".TP\n.B ", out);
    put_line(out, name);
    put_line(out, text);
}

static void put_reference(FILE *out, const char *heading, const struct reference_line *line)
{
    fprintf(out, ".SH %s\n", heading);
    for (; line->name != NULL; line++)
        put_tagged(out, line->name, line->text);
}

static void put_option(FILE *out, const struct command *command, const struct option_spec *spec)
{
    char text[OPTION_TEXT_SIZE];

    fputs(".TP\n", out);
    if (spec->letter != 0)
        fprintf(out, "\\fB\\-%c\\fR, ", spec->letter);
    fputs("\\fB\\-\\-", out);
    put_text(out, spec->name, false);
    fputs("\\fR", out);
    if (spec->value_name != NULL) {
        fputs(" \\fI", out);
        put_text(out, spec->value_name, false);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    put_line(out, help_option_text(command, spec, text, sizeof(text)));
}

static void put_options(FILE *out, const struct command *command)
{
    fputs(".SH OPTIONS\n", out);
    for (const struct reference_section *section = reference_sections; section->heading != NULL;
         section++) {
        bool any = false;

        for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
            if (!reference_shows(section, command, spec->name))
                continue;
            if (!any && section->options != NULL)
                fprintf(out, ".SS %s\n", section->heading);
            any = true;
            put_option(out, command, spec);
        }
    }
}

static void put_head(FILE *out, const char *name, const char *summary)
{
    fputs(".TH ", out);
    for (const char *letter = name; *letter != '\0'; letter++)
        fputc(toupper((unsigned char)*letter), out);
    fputs(" 1 " MANUAL_DATE " \"kansen " KANSEN_VERSION "\" \"kansen manual\"\n", out);
    fputs(".SH NAME\n", out);
    put_text(out, name, false);
    fputs(" \\- ", out);
    put_line(out, summary);
    fputs(".SH SYNOPSIS\n", out);
}

static void put_program(FILE *out)
{
    put_head(out, "kansen", "counts infected machines");
    fputs(".B kansen\n\\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\n",
          out);
    put_line(out, HELP_PROGRAM);
    fputs(".PP\n", out);
    put_line(out, HELP_OPTIONS);
    fputs(".SH COMMANDS\n", out);
    for (const struct command *const *command = commands; *command != NULL; command++)
        put_tagged(out, (*command)->name, (*command)->summary);
    put_reference(out, "EXIT STATUS", reference_exit_codes);
    put_reference(out, "ENVIRONMENT", reference_environment);
}

static void put_command(FILE *out, const struct command *command)
{
    char name[64];

    manual_file_name(command, name, sizeof(name));
    name[strlen(name) - strlen(".1")] = '\0';
    put_head(out, name, command->summary);
    fprintf(out, ".B kansen %s\n[\\fIOPTION\\fR...]\n", command->name);
    if (*command->arguments != '\0')
        put_line(out, command->arguments);
    if (command->details != NULL) {
        fputs(".SH DESCRIPTION\n", out);
        put_paragraphs(out, command->details);
    }
    put_options(out, command);
    put_examples(out, command->examples);
    fputs(".SH SEE ALSO\n.BR kansen (1)\n", out);
}

void manual_page(FILE *out, const struct command *command)
{
    if (command == NULL)
        put_program(out);
    else
        put_command(out, command);
}

const char *manual_file_name(const struct command *command, char *name, size_t size)
{
    snprintf(name, size, "kansen%s%s.1", command == NULL ? "" : "-",
             command == NULL ? "" : command->name);
    for (char *at = strchr(name, ' '); at != NULL; at = strchr(at, ' '))
        *at = '-';
    return name;
}
