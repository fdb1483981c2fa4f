/* Recomputes infections and counts from detection and names every difference. */
#ifndef KANSEN_SQL_VERIFY_H
#define KANSEN_SQL_VERIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kansen/status.h"
#include "sql/db.h"

struct verify_progress {
    int months_done;
    int months;
    const char *month; /* "YYYY-MM" */
    bool is_compared;  /* else it is being compared */
    bool recounted;    /* with its detections; else these were dropped because it is old
                        * (docs/retention.md), and what is kept of it was compared with each other */
};

typedef void verify_show(void *context, const struct verify_progress *progress);

/* Compares month by month, in order, each at a moment of its own (moment.h), for every threat that
 * has been counted, and prints one line a difference to out. *differences is how many. */
enum status verify_database(struct db *db, FILE *out, verify_show *show, void *context,
                            int64_t *differences, struct error *error) MUST_CHECK;

/* The same of one month, given as its first day. */
enum status verify_month(struct db *db, const char *first_day, FILE *out, int64_t *differences,
                         struct error *error) MUST_CHECK;

#endif
