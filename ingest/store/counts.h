/* What one transaction adds to the counts: infections and detections by month, threat, dimension
 * and value, summed in memory first. Values are labels here (sighting.h); PostgreSQL knows their
 * texts.
 *
 * They are written as rows of count_change, which nobody ever updates, and folded into
 * infection_count once there are many: a row that each transaction updates would become slower with
 * each as long as somebody holds an old snapshot. */
#ifndef KANSEN_INGEST_STORE_COUNTS_H
#define KANSEN_INGEST_STORE_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/store/number_set.h"
#include "ingest/store/sighting.h"
#include "kansen/dimension.h"
#include "kansen/status.h"
#include "sql/array.h"
#include "sql/db.h"

/* Distinct months x threats x dimensions x labels of one transaction, and months x threats of them;
 * a larger one writes in turns. */
#define COUNTS_MAX 65536
#define COUNTS_GROUPS_MAX 4096

/* Labels that a sighting is counted by: one is of two dimensions. */
#define COUNTS_LABELS (DIMENSIONS - 1)

/* Changes that are left to be read beside infection_count before they are folded into it: reports
 * read as many in a millisecond or two. */
#define COUNTS_UNFOLDED 4096

/* Transactions' worth of changes at least, where each makes many: folding costs a transaction about
 * as much as counting. */
#define COUNTS_UNFOLDED_TRANSACTIONS 16

/* Slots with changes before they are folded, however few: a worker of more partitions than that
 * seldom counts in all of them. */
#define COUNTS_UNFOLDED_SLOTS 64

/* Slots of infection_count for what has no row in kafka_offset. They say why something was counted,
 * as the others do, which are Kafka's partitions; view report.count_causes reads them. */
enum {
    COUNTS_FILES_SLOT = 0,
    COUNTS_RELOCATED_SLOT = -1,
    COUNTS_REPLAYED_SLOT = -2,
    COUNTS_REDEFINED_SLOT = -3,
};

/* The columns of counts_add.sql. */
enum {
    COUNTS_DAYS,
    COUNTS_THREATS,
    COUNTS_DIMENSIONS,
    COUNTS_COLUMN_LABELS,
    COUNTS_INFECTIONS,
    COUNTS_DETECTIONS,
    COUNTS_ARRAYS
};

struct count {
    int64_t infections;
    int64_t detections;
};

struct counts {
    struct number_set groups; /* month and threat */
    struct {
        uint64_t key;
        uint32_t number; /* of the group that was asked for last: nearly always the next one, too */
    } last;
    struct number_set keys; /* number of the group, dimension, label -> number in values */
    struct count *values;   /* 0 where there is no key yet */
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

/* Do so many more sightings fit? */
bool counts_has_room(const struct counts *counts, size_t sightings);
/* Adds to the counts of the sighting's month, threat and labels, in all dimensions: of those that
 * are counted by country alone (sighting.h), in that. There must be room. */
void counts_add(struct counts *counts, const struct sighting *sighting, struct count change);
/* Adds to those of one label alone: DIMENSION_PRODUCT stands for DIMENSION_VERSION, too. */
void counts_add_label(struct counts *counts, int32_t first_day, int32_t threat_id,
                      enum dimension dimension, int32_t label, struct count change);
/* The label of a country. */
int32_t counts_country(const char country[COUNTRY_SIZE]);

/* Takes back the infections that were added since the last reset, and no detections. */
void counts_drop_infections(struct counts *counts);

/* Adds them in the slot, inside the open transaction of db, and folds what was added so far when
 * that is due: so is the first time, for what others left behind. What each label is counted as
 * must be decided (admissions.h). */
enum status counts_store(struct counts *counts, struct db *db, int32_t slot,
                         struct error *error) MUST_CHECK;
/* That transaction was committed; without this, what it folded is folded again later. */
void counts_committed(struct counts *counts);

#endif
