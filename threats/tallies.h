/* What PostgreSQL has worked out of a month of a threat: rows of a dimension, a label (the country,
 * or an id, 0 for none; DIMENSION_PRODUCT stands for DIMENSION_VERSION, too), how many infections
 * and how many detections have it. There are as many as labels, however many detections there are.
 */
#ifndef KANSEN_THREATS_TALLIES_H
#define KANSEN_THREATS_TALLIES_H

#include <stdint.h>

#include "ingest/store/admissions.h"
#include "ingest/store/counts.h"
#include "kansen/status.h"
#include "sql/db.h"

struct tallies {
    struct admissions admissions;
    struct counts counts;
};

/* What the rows are of. */
struct tallied {
    int32_t first_day; /* of the month, since 1970-01-01 */
    int32_t threat_id;
};

/* STATUS_FATAL when memory is short; clear it in any case. */
enum status tallies_init(struct tallies *tallies, struct error *error) MUST_CHECK;
void tallies_clear(struct tallies *tallies);

/* Has decided what the labels of the rows are counted as; outside of a transaction. */
enum status tallies_decide(struct tallies *tallies, struct db *db, const struct tallied *tallied,
                           const struct db_result *rows, struct error *error) MUST_CHECK;
/* Counts the rows inside of a transaction that has the turn of the slot. tallies_ended behind that
 * one. */
enum status tallies_count(struct tallies *tallies, struct db *db, const struct tallied *tallied,
                          const struct db_result *rows, int32_t slot,
                          struct error *error) MUST_CHECK;
void tallies_ended(struct tallies *tallies, bool committed);

#endif
