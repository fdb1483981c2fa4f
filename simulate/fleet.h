/* Plans every event of a scenario, in the order in which they are sent, and what they should be
 * counted as.
 *
 * An event is planned as a `struct sighting` of 32 bytes, which all of a fleet fit into memory as;
 * simulate/message.h turns one into bytes when its turn comes. The same scenario and seed give the
 * same plan everywhere. */
#ifndef KANSEN_SIMULATE_FLEET_H
#define KANSEN_SIMULATE_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/status.h"
#include "simulate/scenario.h"
#include "simulate/truth.h"

enum sighting_kind { SIGHTING_THREAT, SIGHTING_BACKGROUND, SIGHTING_BROKEN, SIGHTING_HEARTBEAT };

/* Devices are numbered from 0; those that are never infected have ranges of their own. */
#define HEALTHY_DEVICE UINT32_C(0x40000000)
#define BACKGROUND_DEVICE UINT32_C(0x80000000)
#define BROKEN_DEVICE UINT32_C(0xc0000000)

struct sighting {
    int64_t arrival_ms; /* its place in the stream */
    int64_t time_ms;    /* of the event; a device's sightings all differ in it, or in their kind */
    uint32_t sequence;  /* order of planning, where arrivals are equal */
    uint32_t device;
    uint16_t country; /* row of the scenario */
    uint8_t kind;     /* enum sighting_kind */
    uint8_t broken;   /* row of broken_kinds */
};

struct fleet {
    struct sighting *sightings; /* in the order of the stream */
    size_t count;
    struct truth *truth;
};

/* in_files leaves out what a line of a file can't be. The caller frees *out. */
enum status fleet_plan(const struct scenario *scenario, bool in_files, struct fleet **out,
                       struct error *error) MUST_CHECK;
/* The heartbeats of the same machines, and of those that are active and not infected.
 * STATUS_REJECT: the scenario says nothing of heartbeats. */
enum status fleet_plan_heartbeats(const struct scenario *scenario, struct fleet **out,
                                  struct error *error) MUST_CHECK;
/* Of which of so many parts, from 0, is the sighting? A device is always of the same; what is
 * broken is of the first. */
uint32_t fleet_part(const struct sighting *sighting, uint32_t parts);

/* NULL is allowed. */
void fleet_free(struct fleet *fleet);

#endif
