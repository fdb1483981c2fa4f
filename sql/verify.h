/* Recomputes infections and counts from detection and names every difference. */
#ifndef KANSEN_SQL_VERIFY_H
#define KANSEN_SQL_VERIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kansen/status.h"
#include "sql/db.h"

/* A month, "YYYY-MM", was compared; false: not with its detections, which were dropped because it
 * is old (docs/retention.md), but what is kept of it with each other. */
typedef void verify_show(void *context, const char *month, bool recounted);

/* Compares month by month, in order, each in a snapshot of its own, for every threat that has been
 * counted, and prints one line a difference to out. *differences is how many. */
enum status verify_database(struct db *db, FILE *out, verify_show *show, void *context,
                            int64_t *differences, struct error *error) MUST_CHECK;

/* The same of one month, given as its first day. */
enum status verify_month(struct db *db, const char *first_day, FILE *out, int64_t *differences,
                         struct error *error) MUST_CHECK;

#endif
