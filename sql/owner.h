/* What only the owner of the schema may do: every object is kansen_owner's, whoever made it. */
#ifndef KANSEN_SQL_OWNER_H
#define KANSEN_SQL_OWNER_H

#include "kansen/status.h"
#include "sql/db.h"

/* Begins a READ COMMITTED transaction, as kansen_owner until its end. STATUS_DENIED: the role of
 * the connection is no member. */
enum status owner_begin(struct db *db, struct error *error) MUST_CHECK;

#endif
