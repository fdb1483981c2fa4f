/* What one transaction adds to the counts: infections and detections by month, threat and country,
 * summed in memory first.
 *
 * They are written as rows of count_change, which nobody ever updates, and folded into
 * infection_count once there are many: a row that each transaction updates would become slower with
 * each as long as somebody holds an old snapshot. */
#ifndef KANSEN_INGEST_STORE_COUNTS_H
#define KANSEN_INGEST_STORE_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/store/sighting.h"
#include "ingest/store/string_set.h"
#include "kansen/status.h"
#include "sql/array.h"
#include "sql/db.h"

/* Distinct months x threats x countries of one transaction; a larger one writes in turns. */
#define COUNTS_MAX 20000

/* Changes that are left to be read beside infection_count before they are folded into it: reports
 * read as many in a millisecond or two. */
#define COUNTS_UNFOLDED 4096

/* Transactions' worth of changes at least, where each makes many: folding costs a transaction about
 * as much as counting. */
#define COUNTS_UNFOLDED_TRANSACTIONS 16

/* Slots with changes before they are folded, however few: a worker of more partitions than that
 * seldom counts in all of them. */
#define COUNTS_UNFOLDED_SLOTS 64

/* The slot of infection_count for all that has no row in kafka_offset: files and recounts. */
#define COUNTS_FILES_SLOT 0

/* The columns of counts_add.sql. */
enum {
    COUNTS_DAYS,
    COUNTS_THREATS,
    COUNTS_COUNTRIES,
    COUNTS_INFECTIONS,
    COUNTS_DETECTIONS,
    COUNTS_ARRAYS
};

struct count {
    int64_t infections;
    int64_t detections;
};

struct counts {
    struct string_set keys; /* month, threat, country -> number in values */
    struct count *values;
    struct array arrays[COUNTS_ARRAYS];
    size_t unfolded; /* changes since the last fold, about; at first more than there can be */
    int32_t slots[COUNTS_UNFOLDED_SLOTS]; /* that they are in */
    int slot_count;
    bool folded; /* since the last commit */
};

/* STATUS_FATAL when memory is short. */
enum status counts_init(struct counts *counts, struct error *error) MUST_CHECK;
/* A zeroed struct is allowed. */
void counts_clear(struct counts *counts);
void counts_reset(struct counts *counts);

/* Do so many more distinct ones fit? */
bool counts_has_room(const struct counts *counts, size_t more);
/* So many more detections. There must be room. */
void counts_add_detections(struct counts *counts, const struct sighting *sighting,
                           int64_t detections);
/* One more infection, of which detections (or none of them) have been added before. */
void counts_add_infection(struct counts *counts, const struct sighting *sighting);

/* Adds them in the slot, inside the open transaction of db, and folds what was added so far when
 * that is due: so is the first time, for what others left behind. */
enum status counts_store(struct counts *counts, struct db *db, int32_t slot,
                         struct error *error) MUST_CHECK;
/* That transaction was committed; without this, what it folded is folded again later. */
void counts_committed(struct counts *counts);

#endif
