/* Does the next month have partitions, so that nothing has to be moved into them later? */
#ifndef KANSEN_INGEST_STORE_PARTITIONS_AHEAD_H
#define KANSEN_INGEST_STORE_PARTITIONS_AHEAD_H

#include "kansen/log.h"
#include "kansen/status.h"
#include "sql/db.h"

/* Warns when the month behind the present one has none. */
enum status partitions_ahead_warn(struct db *db, const struct logger *logger,
                                  struct error *error) MUST_CHECK;

#endif
