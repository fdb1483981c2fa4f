/* Some detections that follow each other: read, looked up, and stored in one transaction. */
#ifndef KANSEN_RELOCATE_CHUNK_H
#define KANSEN_RELOCATE_CHUNK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "ingest/geoip/geo.h"
#include "kansen/status.h"
#include "relocate/tally.h"
#include "sql/db.h"

/* Detections that are gone through at once. While they are stored, some hundred milliseconds,
 * workers wait that resend one of them or move an infection of one. */
#define CHUNK_ROWS 5000

/* Text of a timestamptz as PostgreSQL writes it, and of a UUID. */
#define CHUNK_TIME_SIZE 48
#define CHUNK_UUID_SIZE 40

/* A place in the order of detection's key. */
struct chunk_place {
    char time[CHUNK_TIME_SIZE];
    char device[CHUNK_UUID_SIZE];
    char event[CHUNK_UUID_SIZE];
};

/* A month that is gone through. */
struct chunk_month {
    const char *first_day; /* as PostgreSQL writes it */
    const char *day;       /* the same since 1970-01-01 */
    const char *starts_at;
    const char *before; /* the instant before its first */
    const char *ends_at;
    struct chunk_place place; /* up to which it is done; zeroed: nothing is */
    int64_t place_s;          /* the same, in seconds since 1970 */
    bool done;
};

struct chunks;

/* geo, country (NULL: any) and busy are borrowed; geoip_id is that of the MaxMind DB. STATUS_FATAL
 * when memory is short. The caller frees with chunks_free. */
enum status chunks_new(struct db *db, struct geo *geo, int16_t geoip_id, const char *country,
                       volatile sig_atomic_t *busy, struct chunks **out,
                       struct error *error) MUST_CHECK;
/* NULL is allowed. */
void chunks_free(struct chunks *chunks);

/* Takes the next detections of the month, stores what becomes of them, and moves month->place
 * behind them. *detections is how many were looked up, *unlocated how many of them have no country
 * there; what moved is added to moved. */
enum status chunks_next(struct chunks *chunks, struct chunk_month *month, int64_t *detections,
                        int64_t *unlocated, struct tally *moved, struct error *error) MUST_CHECK;

/* Folds what they have added to the counts. */
enum status chunks_fold(struct chunks *chunks, struct error *error) MUST_CHECK;

#endif
