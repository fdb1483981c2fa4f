/* What one transaction adds to infection_count: infections and detections by month, threat and
 * country, summed in memory first. */
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
};

/* STATUS_FATAL when memory is short. */
enum status counts_init(struct counts *counts, struct error *error) MUST_CHECK;
/* A zeroed struct is allowed. */
void counts_clear(struct counts *counts);
void counts_reset(struct counts *counts);

/* Do so many more distinct ones fit? */
bool counts_has_room(const struct counts *counts, size_t more);
/* One more detection. There must be room. */
void counts_add_detection(struct counts *counts, const struct sighting *sighting);
/* One more infection, whose detections have been added before. */
void counts_add_infection(struct counts *counts, const struct sighting *sighting);

/* Adds them to the slot's rows, inside the open transaction of db. */
enum status counts_store(struct counts *counts, struct db *db, const char *slot,
                         struct error *error) MUST_CHECK;

#endif
