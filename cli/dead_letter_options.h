/* Which dead letters a command is about: `[TOPIC] --reason --since --until`, as all commands of
 * `dead-letters` take them. */
#ifndef KANSEN_CLI_DEAD_LETTER_OPTIONS_H
#define KANSEN_CLI_DEAD_LETTER_OPTIONS_H

#include "config/options.h"
#include "dead_letters/replay.h"
#include "kansen/status.h"
#include "sql/array.h"
#include "sql/db.h"

/* For --help of the commands that take them. */
#define DEAD_LETTER_FILTER_HELP                                                                    \
    "TOPIC is a Kafka topic, or a file as `kansen load` was given it. TIME is YYYY-MM-DD (in\n"    \
    "UTC) or RFC 3339.\n"

struct dead_letter_options {
    struct dead_letter_filter filter; /* points into options and what is below */
    struct array topics;
    char since[64];
    char until[64];
};

/* EX_OK, EX_USAGE or EX_OSERR; the caller clears *out in any case. */
int dead_letter_options_read(const struct options *options, struct dead_letter_options *out,
                             struct error *error);
void dead_letter_options_clear(struct dead_letter_options *options);

/* The names that a topic or file may have been kept under: as it was given, and as a whole path.
 * "{…}" of PostgreSQL, which lives as long as *topics; NULL when memory is short. */
const char *dead_letter_topics(struct array *topics, const char *given);

/* There is no such dead letter: says it, and when nothing at all is from the topic or file that was
 * given (NULL: none was), what is near to it. `and_so` follows: "; nothing was removed". EX_OK, or
 * the code to end with. */
int dead_letter_say_none(struct db *db, const char *given, const char *and_so, struct error *error);

/* Has standard output taken everything? EX_OK, or EX_IOERR. */
int dead_letter_output_check(struct error *error);

#endif
