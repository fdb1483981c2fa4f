/* A command of the program: one static record in cmd_NAME.c, listed once in commands.c. */
#ifndef KANSEN_CLI_COMMAND_H
#define KANSEN_CLI_COMMAND_H

#include <stdbool.h>
#include <sysexits.h>

#include "config/options.h"
#include "kansen/status.h"
#include "sql/schema.h"

struct command {
    const char *name;      /* "stats", "db init" */
    const char *arguments; /* what stands after the options, e.g. "[THREAT]"; "" for nothing */
    const char *summary;   /* one line for the list of commands */
    /* What --help says below the options, or NULL. Lines are broken anew; an empty line parts
     * paragraphs, and a line that starts with a blank stays as it is. */
    const char *details;
    const char *const *options; /* names in options_table, null-terminated */
    /* Returns a sysexits code. On anything but EX_OK, main prints error->message unless empty. */
    int (*run)(const struct options *options, struct error *error);
    /* Lines of a shell, the first of which works as it stands where the servers are;
     * null-terminated. */
    const char *const *examples;
};

#define COMMAND_EXAMPLES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The sysexits code of a status: REJECT is EX_DATAERR, RETRY EX_TEMPFAIL, DENIED EX_NOPERM, FATAL
 * EX_SOFTWARE. */
int command_exit_code(enum status status);
/* The same of a file that was to be read: FATAL is EX_NOINPUT. */
int command_input_code(enum status status);

/* Whether the option has a value that is not empty. */
bool command_is_given(const struct options *options, const char *name);

/* The code of a database that could not be opened: EX_UNAVAILABLE when it is away, EX_CONFIG when
 * it refuses us. */
int command_refused_code(enum status status);

/* Opens the database that --db names. */
enum status command_open_db(const struct options *options, struct db **out,
                            struct error *error) MUST_CHECK;

/* The same for commands that need a database at the version of this program, and a right on it;
 * EX_OK, or the code to end with: EX_CONFIG when `kansen db init` or `kansen db migrate` has not
 * been run, EX_NOPERM when our role lacks the right. */
int command_open_ready_db(const struct options *options, enum schema_right right, struct db **out,
                          struct error *error);

/* Refuses fewer or more arguments than a command takes: EX_OK or EX_USAGE. `what` names them. */
int command_check_arguments(const struct options *options, size_t minimum, size_t maximum,
                            const char *what, struct error *error);

/* The same for a command that takes none. */
int command_refuse_arguments(const struct options *options, struct error *error);

/* Says that this one is not expected. EX_USAGE. */
int command_refuse_argument(const char *argument, struct error *error);

#endif
