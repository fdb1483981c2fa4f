/* What was said about options, in order of precedence, and the arguments that are no options. */
#ifndef KANSEN_CONFIG_SETTINGS_H
#define KANSEN_CONFIG_SETTINGS_H

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
};

struct options {
    struct setting *settings; /* lowest precedence first, once settings_sort has been called */
    size_t count;
    char **arguments; /* owned array, borrowed texts */
    size_t argument_count;
};

/* Each adds one setting, of which it takes copies. STATUS_FATAL: out of memory. */
enum status settings_add(struct options *options, const struct option_spec *spec, const char *value,
                         enum level level, struct error *error) MUST_CHECK;
/* A librdkafka property. */
enum status settings_add_property(struct options *options, const char *key, const char *value,
                                  enum level level, struct error *error) MUST_CHECK;
/* A flag where it has a value: true or false, else STATUS_REJECT. */
enum status settings_add_flag(struct options *options, const struct option_spec *spec,
                              const char *value, enum level level, struct error *error) MUST_CHECK;

/* Puts them in order of precedence; those of one level keep theirs. */
void settings_sort(struct options *options);

#endif
