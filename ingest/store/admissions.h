/* Which values are counted one by one: the first DIMENSION_VALUES_MAX of a month and dimension.
 *
 * PostgreSQL decides, a value once and for good (admit_values), before any transaction that counts
 * it: so all workers count it as the same, in whatever order they come, and nobody who wants a new
 * one waits for somebody's batch. Kept here is only what has been decided, not how: that is read by
 * the statement that counts. */
#ifndef KANSEN_INGEST_STORE_ADMISSIONS_H
#define KANSEN_INGEST_STORE_ADMISSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/store/number_set.h"
#include "ingest/store/sighting.h"
#include "kansen/dimension.h"
#include "kansen/status.h"
#include "sql/array.h"
#include "sql/db.h"

/* Months x labels that are known to be decided. When there are more, all are asked for again. */
#define ADMISSIONS_MAX 131072

/* The columns of values_admit.sql. */
#define ADMISSIONS_ARRAYS 3

struct admissions {
    struct number_set known; /* month, dimension, label */
    uint32_t decided;        /* of these, the first so many; the others are wanted */
    struct array arrays[ADMISSIONS_ARRAYS];
};

/* STATUS_FATAL when memory is short. */
enum status admissions_init(struct admissions *admissions, struct error *error) MUST_CHECK;
/* A zeroed struct is allowed. */
void admissions_clear(struct admissions *admissions);
/* Another connection: what was decided may not be. */
void admissions_forget(struct admissions *admissions);

/* Does one more sighting fit? If not, admissions_decide makes room. */
bool admissions_has_room(const struct admissions *admissions);
/* The label is going to be counted; DIMENSION_PRODUCT stands for DIMENSION_VERSION, too, and
 * DIMENSION_COUNTRY needs no decision. */
void admissions_want(struct admissions *admissions, int32_t first_day, enum dimension dimension,
                     int32_t label);
void admissions_want_all(struct admissions *admissions, int32_t first_day,
                         const struct sighting_labels *labels);
/* Has all that is wanted decided, in a transaction of its own: call it outside of one. */
enum status admissions_decide(struct admissions *admissions, struct db *db,
                              struct error *error) MUST_CHECK;

#endif
