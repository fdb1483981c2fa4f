/* The one table of options: what help, completions, manual pages, the configuration file, the
 * environment and the command line know of them. A new option is a line of it, and a name in its
 * commands' lists. */
#ifndef KANSEN_CONFIG_OPTION_TABLE_H
#define KANSEN_CONFIG_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct option_spec {
    const char *name;       /* long name, without dashes */
    const char *value_name; /* NULL for a flag */
    const char *help;       /* one line */
    char letter;            /* 0 when there is no short form */
    bool repeats;           /* may be given more than once; all values count */
};

/* Ends with a null name. */
extern const struct option_spec options_table[];

/* The option whose values are librdkafka's properties. */
#define OPTION_KAFKA_PROPERTY "property"

/* The file of PostgreSQL's password; every command takes it that takes "db". */
#define OPTION_DB_PASSWORD_FILE "db-password-file"

/* Whose options are read. */
struct options_scope {
    const char *command;      /* its name, for messages */
    const char *const *names; /* the options that it takes, null-terminated */
    /* Writes which commands take an option, e.g. "report has". */
    void (*owners)(const char *option, char *text, size_t size);
};

/* The option of that name, or NULL. */
const struct option_spec *option_find(const char *name);

/* Do all commands take it? */
bool options_is_common(const char *name);

/* A list that starts with it is that of all options. */
#define OPTION_EVERY "*"

/* Does a command take it whose list (null-terminated) is `names`? */
bool option_is_taken(const char *const *names, const char *name);

#endif
