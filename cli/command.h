/* A command of the program: one static record in cmd_NAME.c, listed once in main.c. */
#ifndef KANSEN_CLI_COMMAND_H
#define KANSEN_CLI_COMMAND_H

#include <sysexits.h>

#include "config/options.h"
#include "kansen/status.h"

struct command {
    const char *name;      /* "stats", "db init" */
    const char *arguments; /* what stands after the options, e.g. "[THREAT]"; "" for nothing */
    const char *summary;   /* one line for the list of commands */
    const char *const *options; /* names in options_table, null-terminated */
    /* Returns a sysexits code. On anything but EX_OK, main prints error->message unless empty. */
    int (*run)(const struct options *options, struct error *error);
};

/* The sysexits code of a failed status: REJECT is EX_DATAERR, RETRY EX_TEMPFAIL, FATAL EX_SOFTWARE. */
int command_exit_code(enum status status);

/* Opens the database that --db names. */
struct db;
enum status command_open_db(const struct options *options, struct db **out,
                            struct error *error) MUST_CHECK;

#endif
