/* The database's own shape: created, migrated, checked, and its partitions kept ahead of time.
 *
 * Migrations are the numbered files of sql/migrations, each applied once, in one transaction, as
 * the role kansen_owner, under an advisory lock that makes concurrent runs wait for each other. */
#ifndef KANSEN_SQL_SCHEMA_H
#define KANSEN_SQL_SCHEMA_H

#include <stdbool.h>

#include "kansen/month.h"
#include "kansen/status.h"
#include "sql/db.h"

/* The report time zone when init is not given one. */
#define SCHEMA_DEFAULT_TIMEZONE "UTC"

/* Creates roles, schemas, tables and partitions and fixes the time zone (NULL: the default, or what
 * the database already has). Running it again is harmless; STATUS_REJECT when timezone is unknown
 * or differs from the one that was fixed. */
enum status schema_init(struct db *db, const char *timezone, struct error *error) MUST_CHECK;

/* Applies what is missing; *applied is how many. STATUS_REJECT when the database was never
 * initialised, is newer than this program, or an applied migration's text has changed since. */
enum status schema_migrate(struct db *db, int *applied, struct error *error) MUST_CHECK;

/* STATUS_OK when the database is exactly at this program's version; else STATUS_REJECT says which
 * command mends it. */
enum status schema_check(struct db *db, struct error *error) MUST_CHECK;

/* Makes the partitions of the months around now and from first to last (when has_range), and moves
 * what lies in the default partitions into partitions of their months. *made is how many.
 * STATUS_RETRY when a reader or `threat set` holds what it needs for too long. */
enum status schema_maintain(struct db *db, bool has_range, month_t first, month_t last, int *made,
                            struct error *error) MUST_CHECK;

#endif
