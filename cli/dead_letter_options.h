/* Which dead letters a command is about: `[TOPIC] --reason --since --until`, as all commands of
 * `dead-letters` take them. */
#ifndef KANSEN_CLI_DEAD_LETTER_OPTIONS_H
#define KANSEN_CLI_DEAD_LETTER_OPTIONS_H

#include "config/options.h"
#include "dead_letters/replay.h"
#include "kansen/status.h"

/* For --help of the commands that take them. */
#define DEAD_LETTER_FILTER_HELP                                                                    \
    "TOPIC is a Kafka topic, or a file as `kansen load` was given it. TIME is YYYY-MM-DD (in\n"    \
    "UTC) or RFC 3339.\n"

struct dead_letter_options {
    struct dead_letter_filter filter; /* points into options and the texts below */
    char since[64];
    char until[64];
};

/* EX_OK or EX_USAGE. */
int dead_letter_options_read(const struct options *options, struct dead_letter_options *out,
                             struct error *error);

/* Has standard output taken everything? EX_OK, or EX_IOERR. */
int dead_letter_output_check(struct error *error);

#endif
