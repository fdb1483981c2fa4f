/* The database's own shape: created, migrated, checked.
 *
 * Migrations are the numbered files of sql/migrations, each applied once, in one transaction, as
 * the role kansen_owner, under an advisory lock that makes concurrent runs wait for each other. */
#ifndef KANSEN_SQL_SCHEMA_H
#define KANSEN_SQL_SCHEMA_H

#include <stdbool.h>

#include "kansen/status.h"
#include "sql/db.h"

/* The report time zone when init is not given one. */
#define SCHEMA_DEFAULT_TIMEZONE "UTC"

/* Creates roles, schemas, tables and partitions and fixes the time zone (NULL: the default, or what
 * the database already has). Running it again is harmless, and gives owners and rights back to a
 * database that was restored without them; STATUS_REJECT when timezone is unknown
 * or differs from the one that was fixed. */
enum status schema_init(struct db *db, const char *timezone, struct error *error) MUST_CHECK;

/* Applies what is missing, each migration when what other programs have under way has ended:
 * batches, `threat set`, `db relocate`. *applied is how many. STATUS_REJECT when the database was
 * never initialised, is newer than this program, or an applied migration's text has changed since;
 * STATUS_DENIED when our role can't become kansen_owner. */
enum status schema_migrate(struct db *db, int *applied, struct error *error) MUST_CHECK;

/* What a command needs to be allowed to do, each including those above it; to publish includes to
 * read alone, and owners may do it too. */
enum schema_right {
    SCHEMA_READ,    /* the views of report: members of kansen_reader */
    SCHEMA_LOAD,    /* the tables, to read and to add: members of kansen_loader */
    SCHEMA_OWN,     /* to change what is defined: members of kansen_owner */
    SCHEMA_PUBLISH, /* to add editions: members of kansen_publisher */
};

/* STATUS_OK when the database is exactly at this program's version and our role has the right;
 * STATUS_REJECT says which command mends the version, STATUS_DENIED of which role one has to be a
 * member. */
enum status schema_check(struct db *db, enum schema_right right, struct error *error) MUST_CHECK;

/* For whoever goes on while somebody may migrate or restore: STATUS_OK when the database's newest
 * migration is this program's; STATUS_REJECT says which kansen has to be started in our place;
 * STATUS_RETRY while it has none. */
enum status schema_stays(struct db *db, struct error *error) MUST_CHECK;

#endif
