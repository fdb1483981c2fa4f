/* Recomputes infections and counts from detection and names every difference. */
#ifndef KANSEN_SQL_VERIFY_H
#define KANSEN_SQL_VERIFY_H

#include <stdint.h>
#include <stdio.h>

#include "kansen/status.h"
#include "sql/db.h"

/* A month, "YYYY-MM", was compared. */
typedef void verify_show(void *context, const char *month);

/* Compares month by month, in order, each in a snapshot of its own, for every threat that has been
 * counted, and prints one line a difference to out. *differences is how many. */
enum status verify_database(struct db *db, FILE *out, verify_show *show, void *context,
                            int64_t *differences, struct error *error) MUST_CHECK;

#endif
