/* Which edition a command is about: `THREAT [NUMBER] --from --to`, as all commands of `editions`
 * take it. */
#ifndef KANSEN_CLI_EDITION_OPTIONS_H
#define KANSEN_CLI_EDITION_OPTIONS_H

#include "cli/command.h"
#include "editions/catalogue.h"

/* For --help of the commands that take them. */
#define EDITION_HELP                                                                               \
    "NUMBER counts the editions of one threat and window from 1; it is the newest unless given.\n" \
    "--from and --to may be left out when the threat has editions of one window only.\n"

/* The editions of --from and --to, and of THREAT when it is among the arguments; months may be any.
 * EX_OK, or the code to end with; the caller closes *db and clears *out in any case. */
int edition_options_list(const struct options *options, enum schema_right right, struct db **db,
                         struct edition_list *out, struct error *error);

/* The same, of a command that needs THREAT and up to `most` numbers: all of one window, one at
 * least. */
int edition_options_window(const struct options *options, size_t most, enum schema_right right,
                           struct db **db, struct edition_list *out, struct error *error);

/* The edition of the number that is the argument at `index`; the newest when there is none. NULL
 * when there is no such edition, which is said. */
struct edition *edition_options_pick(const struct options *options, size_t index,
                                     const struct edition_list *list, struct error *error);

#endif
