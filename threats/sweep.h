/* Deletes what was counted of definitions that were removed: nobody sees or counts them any more.
 */
#ifndef KANSEN_THREATS_SWEEP_H
#define KANSEN_THREATS_SWEEP_H

#include "sql/db.h"

/* Every one, whoever removed it. Outside of a transaction: some machines at a time, each in one of
 * its own, so that it can end at any moment, and whoever goes on finds the rest. */
enum status sweep_removed(struct db *db, struct error *error) MUST_CHECK;

#endif
