/* What `kansen load` says of its files, and the exit code that it makes of them. */
#ifndef KANSEN_CLI_LOAD_SUMMARY_H
#define KANSEN_CLI_LOAD_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/options.h"
#include "ingest/files/load.h"
#include "kansen/log.h"
#include "kansen/status.h"

/* How many rejected lines are no reason to complain. */
struct load_allowance {
    int64_t lines;
    int64_t percent; /* of all lines, in place of lines; -1: lines count */
};

/* "10" or "2%"; text NULL allows none. */
enum status load_allowance_read(const char *text, struct load_allowance *out,
                                struct error *error) MUST_CHECK;

struct load_summary;

/* Options and logger are borrowed. NULL when memory is short. */
struct load_summary *load_summary_new(const struct options *options, const struct logger *logger);
void load_summary_free(struct load_summary *summary);

/* Says at once what is wrong with a file, and remembers it. For load_settings.done. */
void load_summary_add(void *summary, const struct load_file *file);

/* Says at the end which lines were rejected and why, and what shows them. Returns the worst exit
 * code of all files; with another than EX_OK, *error says what is not as it should be. */
int load_summary_end(const struct load_summary *summary, const struct load_allowance *allowance,
                     struct error *error);

#endif
