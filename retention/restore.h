/* The file that a dropped month was exported to, loaded again: its events were counted when they
 * were dropped, so they are stored and not counted, and the month opens when all of them are back.
 *
 * The file is known by its digest, so that nothing else gets in that way. */
#ifndef KANSEN_RETENTION_RESTORE_H
#define KANSEN_RETENTION_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/month.h"
#include "kansen/status.h"
#include "sql/db.h"

struct restored_month {
    int32_t first_day; /* days since 1970; 0: the file is of no dropped month */
    char month[MONTH_TEXT_SIZE];
    int64_t detections;
    bool machines_are_gone; /* then it can't open: nobody knows any more whom it counted */
};

/* A file that can't be read is of no month. */
enum status restore_find(struct db *db, const char *path, struct restored_month *out,
                         struct error *error) MUST_CHECK;

/* Opens the month, if all of its events are back; else *back is how many are. */
enum status restore_open(struct db *db, const struct restored_month *month, bool *opened,
                         int64_t *back, struct error *error) MUST_CHECK;

#endif
