/* kansen: how a command is found, run and ended. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/guide/help.h"
#include "cli/log.h"
#include "cli/lookup.h"
#include "process/leftovers.h"
#include "sql/db.h"

static void print_error(const struct command *command, const struct error *error)
{
    log_say(LOG_LEVEL_ERROR, command->name, "%s", error->message);
}

/* A wait for PostgreSQL is ended in order, with a message; anything else at once, but for what must
 * not stay behind. Commands that have something to store first catch the signals themselves. */
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    if (db_interrupt()) {
        interrupted = 1;
        return;
    }
    leftovers_remove();
    log_progress_wipe();
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_interrupts(void)
{
    static const int asking[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = interrupt};
    struct sigaction before;

    sigfillset(&action.sa_mask);
    /* Whoever started us may want it ignored: a shell, for what runs in the background; nohup. */
    for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++)
        if (sigaction(asking[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(asking[i], &action, NULL);
}

/* How all connections of the command to PostgreSQL are made. */
static void prepare_db(const struct command *command, const struct options *options,
                       const char *name, const struct logger *logger)
{
    const char *password_file = options_value(options, OPTION_DB_PASSWORD_FILE);

    if (!option_is_taken(command->options, OPTION_DB_PASSWORD_FILE))
        password_file = NULL;
    db_introduce(name, logger);
    db_take_password_from(password_file);
}

/* Runs a command with options that could be read. */
static int run_with(const struct command *command, const struct options *options,
                    struct error *error)
{
    const struct logger *logger = NULL;
    char name[64];
    int code;

    if (options_flag(options, "help")) {
        help_command(stdout, command);
        return EX_OK;
    }
    if (log_open(options, &logger, error) != STATUS_OK)
        return EX_USAGE;
    for (size_t i = 0; options_warning(options, i) != NULL; i++)
        log_say(LOG_LEVEL_WARNING, command->name, "%s", options_warning(options, i));
    snprintf(name, sizeof(name), "kansen %s", command->name);
    prepare_db(command, options, name, logger);
    catch_interrupts();
    code = command->run(options, error);
    log_progress_end();
    db_introduce("kansen", NULL);
    db_take_password_from(NULL);
    return code != EX_OK && interrupted ? EX_TEMPFAIL : code;
}

/* What was written may still be on its way: only now is it known whether it arrived. A success that
 * could not say what it had to say is none. */
static int finish_output(const char *command, int code)
{
    if (code != EX_OK)
        return code;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return ferror(stderr) ? EX_IOERR : EX_OK;
    log_say(LOG_LEVEL_ERROR, command, "standard output: %s", strerror(errno));
    return EX_IOERR;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct options *options = NULL;
    struct error error = {""};
    const struct options_scope scope = {command->name, command->options, lookup_owners};
    enum status status = options_parse(&scope, argc, argv, &options, &error);
    int code;

    if (status != STATUS_OK) {
        log_guess_by_file(argc, argv);
        print_error(command, &error);
        return status == STATUS_REJECT ? EX_USAGE : EX_NOINPUT;
    }
    code = run_with(command, options, &error);
    if (code != EX_OK && *error.message != '\0')
        print_error(command, &error);
    options_free(options);
    return finish_output(command->name, code);
}

static bool is_any(const char *word, const char *one, const char *two, const char *three)
{
    return strcmp(word, one) == 0 || strcmp(word, two) == 0 || strcmp(word, three) == 0;
}

/* `kansen db --help`, `kansen db help`, `kansen db help init`: its commands, or one of them. */
static int run_group(const char *group, const char *what)
{
    int words;

    if (what == NULL)
        help_group(stdout, group);
    else if (lookup_command(group, what, &words) == NULL)
        return lookup_refuse(group, what);
    else
        help_command(stdout, lookup_command(group, what, &words));
    return finish_output(group, EX_OK);
}

static int dispatch(int argc, char **argv)
{
    const char *first = argv[0];
    const char *second = argc > 1 ? argv[1] : NULL;
    const struct command *command;
    int words = 0;

    if (is_any(first, "--help", "-h", "help"))
        first = "help";
    else if (is_any(first, "--version", "-V", "version"))
        first = "version";
    if (second != NULL && lookup_is_group(first) && is_any(second, "--help", "-h", "help"))
        return run_group(first, argc > 2 ? argv[2] : NULL);
    command = lookup_command(first, second, &words);
    if (command == NULL)
        return lookup_refuse(first, second);
    return run_command(command, argc - words, argv + words);
}

/* A file or connection that is opened must not become what we write to, when whoever started us has
 * closed that: reading and writing fail instead. */
static void hold_standard_files(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
        if (fcntl(file, F_GETFD) >= 0 || errno != EBADF ||
            open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY) == file)
            continue;
        dprintf(STDERR_FILENO, "kansen: file %d is closed, and /dev/null can't stand for it: %s\n",
                file, strerror(errno));
        exit(EX_OSERR);
    }
}

/* A core would hold passwords. The limit is not asked where cores are piped to a program; and what
 * must not be dumped can't be looked into by other processes of its user either. LeakSanitizer does
 * just that. */
static void leave_no_core(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#ifndef KANSEN_SANITIZED
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

int main(int argc, char **argv)
{
    hold_standard_files();
    leave_no_core();
    /* A reader that went away (`kansen stats | head`) is an error of the write, not a death. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        help_program(stderr);
        return EX_USAGE;
    }
    log_guess_format(argc - 1, argv + 1);
    return dispatch(argc - 1, argv + 1);
}
