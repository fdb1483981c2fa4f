/* Compares what the database says with what the simulator intended, figure by figure. */
#ifndef KANSEN_DEMO_CHECK_H
#define KANSEN_DEMO_CHECK_H

#include <stddef.h>
#include <stdio.h>

#include "kansen/status.h"
#include "simulate/scenario.h"
#include "simulate/truth.h"

struct db;

/* Writes a line to `out` for every difference; STATUS_REJECT when there is one. *figures is how
 * many have been compared. heartbeats is NULL when the fleet sends none. */
enum status demo_check(struct db *db, const struct scenario *scenario, const struct truth *truth,
                       const struct truth *heartbeats, FILE *out, size_t *figures,
                       struct error *error) MUST_CHECK;

#endif
