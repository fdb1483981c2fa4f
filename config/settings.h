/* What was said about options, in order of precedence, and the arguments that are no options. */
#ifndef KANSEN_CONFIG_SETTINGS_H
#define KANSEN_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/option_table.h"
#include "kansen/status.h"

/* The later wins. */
enum level { LEVEL_FILE, LEVEL_ENVIRONMENT, LEVEL_FLAG };

/* What a flag is given to take back what a lower level says. */
#define FLAG_OFF "false"

struct setting {
    const struct option_spec *spec;
    char *value; /* owned; "" for a flag of the command line */
    enum level level;
    char *place; /* owned; where it was said: "kansen.conf:3", "KANSEN_TOP", "--top" */
};

/* By whom, and where: see above. */
struct origin {
    enum level level;
    const char *place; /* borrowed */
};

struct options {
    struct setting *settings; /* lowest precedence first, once settings_sort has been called */
    size_t count;
    char **arguments; /* owned array, borrowed texts */
    size_t argument_count;
    char **warnings; /* owned, texts too */
    size_t warning_count;
    /* Of the command line that they were read by, for reading them again; borrowed. */
    struct options_scope scope;
    int argc;
    char **argv;
};

/* Each adds one setting, of which it takes copies. STATUS_FATAL: out of memory. */
enum status settings_add(struct options *options, const struct option_spec *spec, const char *value,
                         const struct origin *origin, struct error *error) MUST_CHECK;
/* A librdkafka property. */
enum status settings_add_property(struct options *options, const char *key, const char *value,
                                  const struct origin *origin, struct error *error) MUST_CHECK;
/* A flag where it has a value: true or false, else STATUS_REJECT. */
enum status settings_add_flag(struct options *options, const struct option_spec *spec,
                              const char *value, const struct origin *origin,
                              struct error *error) MUST_CHECK;

/* Keeps a copy of what is to be said once it is known how. */
enum status settings_warn(struct options *options, const char *text,
                          struct error *error) MUST_CHECK;

/* Is there a value? libpq takes an empty conninfo. */
bool settings_is_value(const struct option_spec *spec, const char *value);

/* Puts them in order of precedence; those of one level keep theirs. */
void settings_sort(struct options *options);

#endif
