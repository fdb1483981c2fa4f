/* Changes of the threats that workers count. Each batch shares a lock, and looks whether they have
 * changed, before it counts. */
#ifndef KANSEN_THREATS_CATALOGUE_H
#define KANSEN_THREATS_CATALOGUE_H

#include "sql/db.h"

/* Begins a transaction in which no batch is under way and the threats may change. */
enum status catalogue_begin_change(struct db *db, struct error *error) MUST_CHECK;

/* Commits it, or rolls it back when something failed: status is what came of the change, and is
 * returned unless COMMIT fails. */
enum status catalogue_end_change(struct db *db, enum status status, struct error *error) MUST_CHECK;

#endif
