/* Changes of the threats that workers count. Each batch shares a lock, and looks whether they have
 * changed, before it counts. */
#ifndef KANSEN_THREATS_CATALOGUE_H
#define KANSEN_THREATS_CATALOGUE_H

#include "sql/db.h"

/* Begins a transaction in which no batch is under way and the threats may change; db_end ends it.
 */
enum status catalogue_begin_change(struct db *db, struct error *error) MUST_CHECK;

#endif
