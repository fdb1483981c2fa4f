/* What a simulated fleet should be counted as: written down while the events are planned, before
 * any of kansen's own counting sees them. */
#ifndef KANSEN_SIMULATE_TRUTH_H
#define KANSEN_SIMULATE_TRUTH_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "kansen/status.h"
#include "simulate/scenario.h"

/* Detections of the threat in one month and country. */
struct truth_cell {
    uint64_t infections; /* devices whose earliest detection in the month came from there */
    uint64_t detections; /* each counted once and where it came from */
};

/* Heartbeats: machines that are active. */
struct truth_active {
    uint64_t *cells;   /* month * country_count + country */
    uint64_t *covered; /* by month: machines that are infected and active */
    uint64_t heartbeats;
};

struct truth {
    struct truth_active active;
    struct truth_cell *cells;          /* month * country_count + country */
    uint64_t *unique_devices;          /* by country of the earliest detection in the window */
    uint64_t *rejected;                /* by row of broken_kinds */
    uint64_t *background;              /* by month: detections of no threat, each counted once */
    uint64_t *traits[SCENARIO_TRAITS]; /* infected: month * number of the trait's texts + text */
    uint64_t duplicates;               /* events sent again, which must not count */
};

/* All zero. The caller frees *out. */
enum status truth_new(const struct scenario *scenario, struct truth **out,
                      struct error *error) MUST_CHECK;
/* NULL is allowed. */
void truth_free(struct truth *truth);

/* Different events that must be stored, and events that must be rejected. */
uint64_t truth_accepted(const struct truth *truth, const struct scenario *scenario);
uint64_t truth_rejected(const struct truth *truth);

/* Machines that are active in a month, in all countries. */
uint64_t truth_active(const struct truth *truth, const struct scenario *scenario, size_t month);

/* Writes one JSON object: of heartbeats when that is what was planned. STATUS_FATAL when the file
 * can't be written; it appears whole or not. */
enum status truth_write(const struct truth *truth, const struct scenario *scenario,
                        const char *path, struct error *error) MUST_CHECK;

#endif
