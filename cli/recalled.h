/* What an edition was asked for, kept with it, and asked for again when it is restated.
 *
 * A JSON object: names of options, each with the list of its values. Which options those are is
 * what `kansen publish` takes, without those that say where to and whether. */
#ifndef KANSEN_CLI_RECALLED_H
#define KANSEN_CLI_RECALLED_H

#include "config/options.h"
#include "kansen/status.h"

/* The caller frees it; NULL when memory is short. */
char *recalled_write(const struct options *options);

/* The options with those values, where the command line gives no others; the caller frees *out.
 * EX_OK or the code to end with. */
int recalled_read(const struct options *options, const char *json, struct options **out,
                  struct error *error);

/* For people: "top=20 lang=en,ja"; "" when there is none. The caller frees it; NULL when memory is
 * short. */
char *recalled_say(const char *json);

/* Whether both ask for the same: lists in any order and with words that repeat, and what counts
 * unless it is given, said or not. */
bool recalled_same(const char *json, const char *other);

/* Whether a flag was given. */
bool recalled_flag(const char *json, const char *name);

#endif
