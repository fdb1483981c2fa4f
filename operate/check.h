/* What of a database and its server hurts kansen, or will: settings, sessions, rights, partitions,
 * each with the reason and the statement that mends it.
 *
 * The checks are statements (sql/queries/check_*.sql) that give a row for everything they find, and
 * none when all is well; a member of kansen_reader may run them. Nothing is changed. */
#ifndef KANSEN_OPERATE_CHECK_H
#define KANSEN_OPERATE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "kansen/status.h"
#include "sql/db.h"

/* One statement each. */
#define CHECK_RESULTS 12

struct check_finding {
    bool hurts;         /* else it is worth knowing */
    const char *name;   /* of the setting, or of what it is about */
    const char *value;  /* as it is */
    const char *why;    /* whole sentences */
    const char *way_on; /* what mends it; "" when nothing does */
};

/* Zeroed before its first use. */
struct check {
    struct check_finding *findings; /* what hurts first */
    size_t count;
    size_t hurting;
    struct db_result *results[CHECK_RESULTS]; /* whose texts the findings borrow */
};

/* Runs every check on a connection that is used for nothing else; waits a few seconds for locks and
 * a minute for an answer, then STATUS_RETRY. The caller clears *out in any case. */
enum status check_run(struct db *db, struct check *out, struct error *error) MUST_CHECK;
void check_clear(struct check *check);

/* A failed write stays in the stream's error flag. */
void check_print(FILE *out, const struct check *check);
/* An array, ended by a newline; docs/status.md says what each member is. */
void check_print_json(FILE *out, const struct check *check);

#endif
