/* What only the owner of the schema may do: every object is kansen_owner's, whoever made it.
 *
 * On Citus the coordinator goes to the nodes as the role that is current, and nobody may log in as
 * kansen_owner. There the role of the connection stays what it is: as a member it may do the same,
 * and what it makes it gives to kansen_owner (schema_own.sql, create_like of migration 032). */
#ifndef KANSEN_SQL_OWNER_H
#define KANSEN_SQL_OWNER_H

#include "kansen/status.h"
#include "sql/db.h"

/* Begins a READ COMMITTED transaction with the owner's rights until its end. STATUS_DENIED: the
 * role of the connection is no member. */
enum status owner_begin(struct db *db, struct error *error) MUST_CHECK;

/* The same for the session, to its end. */
enum status owner_stay(struct db *db, struct error *error) MUST_CHECK;

/* The same for one statement that knows no transaction: VACUUM. */
enum status owner_run(struct db *db, const char *sql, struct error *error) MUST_CHECK;

#endif
