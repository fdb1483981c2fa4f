/* Monthly partitions of detection and infection, made ahead of time, while workers go on storing.
 *
 * A month without a partition is stored in the default partition of its table. To add a partition
 * PostgreSQL takes a strong lock on the default partition alone: who stores a month that has its
 * own waits for nobody. What lies in a default partition moves out in steps of a bounded number of
 * rows, each in a transaction of its own, so that writers wait for one step at most, and in every
 * snapshot each row is there once. When all of it is of one month, it becomes the partition of that
 * month instead, and no row moves. Whoever is interrupted goes on by doing the same again. */
#ifndef KANSEN_SQL_PARTITIONS_H
#define KANSEN_SQL_PARTITIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/month.h"
#include "kansen/status.h"
#include "sql/db.h"

/* Rows of one month left a default partition. */
typedef void partitions_show(void *context, const char *month, int64_t rows);

struct partitions_wanted {
    bool has_range; /* besides the months around now: those from first to last */
    month_t first;
    month_t last;
    partitions_show *show; /* may be NULL */
    void *context;
};

/* Makes the partitions of the months around now (14 back, 3 ahead), of those that are asked for,
 * and of those whose rows lie in a default partition. *made is of how many months. STATUS_RETRY
 * when a reader or `threat set` holds what it needs for too long: what is done is done. */
enum status partitions_maintain(struct db *db, const struct partitions_wanted *wanted, int *made,
                                struct error *error) MUST_CHECK;

/* A statement of the owner's that needs a table of months, "detection" or "infection", for itself:
 * in a transaction of its own, beside no `threat set`; in attempts, so that writers pass. */
enum status partitions_run_alone(struct db *db, const char *parent, const char *sql, int count,
                                 const char *const *parameters, struct db_result **out,
                                 struct error *error) MUST_CHECK;

#endif
