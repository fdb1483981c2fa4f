/* Options of every command, from a configuration file, the environment and the command line.
 *
 * Precedence: file < environment < flags. One table (option_table.c) names every option once:
 * `--geoip FILE` on the command line is `geoip = FILE` in the file named by --config and
 * KANSEN_GEOIP in the environment. librdkafka's properties are `-X key=value`, a section [kafka] of
 * `key = value` lines, and KANSEN_KAFKA_KEY (underscores for dots). */
#ifndef KANSEN_CONFIG_OPTIONS_H
#define KANSEN_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/option_table.h"
#include "kansen/status.h"

struct options;

/* Parses argv[0 … argc-1] (the command's own arguments, without its name) for a command that takes
 * the options of a scope. Those of options_is_common are always taken. With --help, only the
 * command line is looked at. The caller frees *out; values point into it. STATUS_REJECT: the user's
 * mistake, named with its place, and with what may have been meant. */
enum status options_parse(const struct options_scope *scope, int argc, char **argv,
                          struct options **out, struct error *error) MUST_CHECK;
/* The same anew: command line and environment are as they were, the file is as it is now. */
enum status options_reread(const struct options *options, struct options **out,
                           struct error *error) MUST_CHECK;
void options_free(struct options *options);

bool options_flag(const struct options *options, const char *name);
/* The value that counts, or NULL when it was given nowhere. */
const char *options_value(const struct options *options, const char *name);
/* The same as a whole number between minimum and maximum; *out keeps its value when not given. */
enum status options_number(const struct options *options, const char *name, int64_t minimum,
                           int64_t maximum, int64_t *out, struct error *error) MUST_CHECK;

/* Was it given on the command line, and not only for all commands in the environment or the file?
 */
bool options_on_command_line(const struct options *options, const char *name);

/* Values of a repeating option, lowest precedence first. */
size_t options_count(const struct options *options, const char *name);
const char *options_item(const struct options *options, const char *name, size_t index);

/* Do two readings say the same of an option? */
bool options_agree(const struct options *one, const struct options *other, const char *name);

/* A value that an option had some other time; of a repeating one, one of several. */
struct option_value {
    const char *name;
    const char *value; /* of a flag "true" or "false" */
};

/* The same options with these values in place of what the environment and the file say, for all of
 * `names` (null-terminated), those without a value included; the command line still comes first.
 * Values whose option there no longer is are passed over. The caller frees *out; arguments are
 * borrowed from `options`. */
enum status options_recall(const struct options *options, const char *const *names,
                           const struct option_value *values, size_t count, struct options **out,
                           struct error *error) MUST_CHECK;

/* What is to be said about the settings, and is no mistake; NULL behind the last of them. */
const char *options_warning(const struct options *options, size_t index);

/* Arguments that are not options, in order. */
size_t options_arguments(const struct options *options);
const char *options_argument(const struct options *options, size_t index);

#endif
