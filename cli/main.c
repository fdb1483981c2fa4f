/* kansen: the table of commands, and how one is found, run and ended. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "sql/db.h"
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
        bool taken = options_is_common(spec->name);

        for (const char *const *name = command->options; !taken && *name != NULL; name++)
            taken = strcmp(*name, spec->name) == 0;
        if (taken)
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
            log_say(LOG_LEVEL_ERROR, "", "%s what?%s%s", argv[0], argc > 1 ? " not " : "",
                    argc > 1 ? argv[1] : "");
        log_say(LOG_LEVEL_ERROR, NULL, "  kansen %-19s %s", (*command)->name, (*command)->summary);
    }
    if (found == 0)
        log_say(LOG_LEVEL_ERROR, "", "unknown command \"%s\"; `kansen --help` lists them", argv[0]);
    return EX_USAGE;
}

static void print_error(const struct command *command, const struct error *error)
{
    log_say(LOG_LEVEL_ERROR, command->name, "%s", error->message);
}

/* A wait for PostgreSQL is ended in order, with a message; anything else at once. Commands that
 * have something to store first catch the signals themselves. */
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    if (db_interrupt()) {
        interrupted = 1;
        return;
    }
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = interrupt};
    struct sigaction before;

    sigemptyset(&action.sa_mask);
    /* Whoever started us may want it ignored: a shell, for what runs in the background. */
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* Runs a command with options that could be read. */
static int run_with(const struct command *command, const struct options *options,
                    struct error *error)
{
    const struct logger *logger = NULL;
    char name[64];
    int code;

    if (options_flag(options, "help")) {
        print_usage(stdout, command);
        return EX_OK;
    }
    if (log_open(options, &logger, error) != STATUS_OK)
        return EX_USAGE;
    snprintf(name, sizeof(name), "kansen %s", command->name);
    db_introduce(name, logger);
    catch_interrupts();
    code = command->run(options, error);
    db_introduce("kansen", NULL);
    return code != EX_OK && interrupted ? EX_TEMPFAIL : code;
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
    code = run_with(command, options, &error);
    if (code != EX_OK && *error.message != '\0')
        print_error(command, &error);
    options_free(options);
    if (fflush(stdout) != 0 && code == EX_OK) {
        error_set(&error, STATUS_FATAL, "standard output: %s", strerror(errno));
        print_error(command, &error);
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

    log_guess_format(argc - 1, argv + 1);

    const struct command *command = find_command(argc - 1, argv + 1, &words);

    if (command == NULL)
        return refuse_command(argc - 1, argv + 1);
    return run_command(command, argc - 1 - words, argv + 1 + words);
}
