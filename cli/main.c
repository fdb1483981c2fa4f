/* kansen: the table of commands, and how one is found, run and ended. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "text/escape.h"

#define COMMAND_WORDS_MAX 2

/* Columns of an option in front of its help. */
#define OPTION_COLUMNS 27

/* The command that argv starts with, and how many words name it; NULL when there is none. */
static const struct command *find_command(int argc, char **argv, int *words)
{
    for (int count = COMMAND_WORDS_MAX; count > 0; count--) {
        char name[64];

        if (count > argc)
            continue;
        if (count == 1)
            snprintf(name, sizeof(name), "%s", argv[0]);
        else
            snprintf(name, sizeof(name), "%s %s", argv[0], argv[1]);
        for (const struct command *const *command = commands; *command != NULL; command++) {
            if (strcmp((*command)->name, name) == 0) {
                *words = count;
                return *command;
            }
        }
    }
    return NULL;
}

static void print_commands(FILE *out)
{
    fputs("kansen " KANSEN_VERSION
          " counts infected machines: Kafka -> PostgreSQL -> the monthly threat report.\n\n"
          "usage: kansen COMMAND [OPTION…] [ARGUMENT…]\n\n",
          out);
    for (const struct command *const *command = commands; *command != NULL; command++)
        fprintf(out, "  %-19s %s\n", (*command)->name, (*command)->summary);
    fputs("\n`kansen COMMAND --help` shows the options of a command.\n", out);
}

static void print_option(FILE *out, const struct option_spec *spec)
{
    char left[64];
    int padding;

    snprintf(left, sizeof(left), "%c%c%s--%s%s%s", spec->letter ? '-' : ' ',
             spec->letter ? spec->letter : ' ', spec->letter ? ", " : "  ", spec->name,
             spec->value_name ? " " : "", spec->value_name ? spec->value_name : "");

    padding = OPTION_COLUMNS - (int)escape_width(left);
    fprintf(out, "  %s%*s %s\n", left, padding > 0 ? padding : 0, "", spec->help);
}

static void print_usage(FILE *out, const struct command *command)
{
    fprintf(out, "usage: kansen %s [OPTION…]%s%s\n\n%s\n\noptions:\n", command->name,
            *command->arguments ? " " : "", command->arguments, command->summary);
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
        bool common = strcmp(spec->name, "config") == 0 || strcmp(spec->name, "help") == 0;

        for (const char *const *name = command->options; !common && *name != NULL; name++)
            common = strcmp(*name, spec->name) == 0;
        if (common)
            print_option(out, spec);
    }
    if (command->details != NULL)
        fprintf(out, "\n%s", command->details);
}

/* Names the commands that start with the given word, e.g. for `kansen db`. */
static int refuse_command(int argc, char **argv)
{
    size_t length = strlen(argv[0]);
    int found = 0;

    for (const struct command *const *command = commands; *command != NULL; command++) {
        if (strncmp((*command)->name, argv[0], length) != 0 || (*command)->name[length] != ' ')
            continue;
        if (found++ == 0)
            fprintf(stderr, "kansen: %s what?%s%s\n", argv[0], argc > 1 ? " not " : "",
                    argc > 1 ? argv[1] : "");
        fprintf(stderr, "  kansen %-19s %s\n", (*command)->name, (*command)->summary);
    }
    if (found == 0) {
        fputs("kansen: unknown command \"", stderr);
        escape_plain(stderr, argv[0]);
        fputs("\"; `kansen --help` lists them\n", stderr);
    }
    return EX_USAGE;
}

/* The message may repeat text from outside. */
static void print_error(const struct command *command, const struct error *error)
{
    fprintf(stderr, "kansen %s: ", command->name);
    escape_plain(stderr, error->message);
    fputc('\n', stderr);
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct options *options = NULL;
    struct error error = {""};
    enum status status = options_parse(command->options, argc, argv, &options, &error);
    int code;

    if (status != STATUS_OK) {
        print_error(command, &error);
        return status == STATUS_REJECT ? EX_USAGE : EX_NOINPUT;
    }
    if (options_flag(options, "help")) {
        print_usage(stdout, command);
        code = EX_OK;
    } else {
        code = command->run(options, &error);
        if (code != EX_OK && *error.message != '\0')
            print_error(command, &error);
    }
    options_free(options);
    if (fflush(stdout) != 0 && code == EX_OK) {
        fprintf(stderr, "kansen %s: standard output: %s\n", command->name, strerror(errno));
        code = EX_IOERR;
    }
    return code;
}

int main(int argc, char **argv)
{
    int words = 0;

    /* A core would hold passwords. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    /* A reader that went away (`kansen stats | head`) is an error of the write, not a death. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_commands(stderr);
        return EX_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_commands(stdout);
        return EX_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("kansen " KANSEN_VERSION);
        return EX_OK;
    }

    const struct command *command = find_command(argc - 1, argv + 1, &words);

    if (command == NULL)
        return refuse_command(argc - 1, argv + 1);
    return run_command(command, argc - 1 - words, argv + 1 + words);
}
